"""Names that tell instances apart: different ones that are called alike get a number.

A question is known by the digest of its instance.  A name is only what a person reads, so two
instances may have the same one, as those that were given none do.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dispersion.instance import Instance
from dispersion.study.rows import SolveRow
from dispersion.study.task import Task

Labels = dict[tuple[str, str], str]  #: by name and content


def numbered(named: Iterable[tuple[str, object, str]]) -> Labels:
    """Labels of things that have a name, a place and a content, all of them in order.

    Within a place the first content of a name keeps it; the others are called "NAME (2)" and so on.
    Things of one name in different places need no number.
    """
    known = list(dict.fromkeys(named))
    taken = {(name, place) for name, place, _ in known}
    seen: set[tuple[str, object]] = set()
    labels: Labels = {}
    for name, place, content in known:
        if (name, content) in labels:
            continue
        label, k = name, 1
        while (label, place) in (seen if k == 1 else taken):
            k += 1
            label = f"{name} ({k})"
        seen.add((label, place))
        taken.add((label, place))
        labels[name, content] = label
    return labels


def instances_apart(instances: Sequence[Instance]) -> list[Instance]:
    """The same instances under names that tell different matrices apart, whatever they ask."""
    contents: dict[int, str] = {}
    for one in instances:
        if id(one.distances) not in contents:
            contents[id(one.distances)] = one.with_quota().with_at_least(0.0).digest  # whatever it asks
    keys = [(one.name, contents[id(one.distances)]) for one in instances]
    labels = numbered((name, None, content) for name, content in keys)
    return [
        one if labels[key] == one.name else _renamed(one, labels[key])
        for one, key in zip(instances, keys, strict=True)
    ]


def tasks_apart(tasks: Sequence[Task]) -> list[Task]:
    """The same tasks on instances whose names tell them apart."""
    distinct = list({id(task.instance): task.instance for task in tasks}.values())
    named = dict(zip(map(id, distinct), instances_apart(distinct), strict=True))
    return [
        task
        if named[id(task.instance)] is task.instance
        else replace(task, instance=named[id(task.instance)])
        for task in tasks
    ]


def rows_apart(rows: Sequence[SolveRow]) -> list[SolveRow]:
    """The same rows under names that, with n and what is asked, tell different instances apart."""
    labels = numbered((row.instance, (row.n, row.question.asked), row.question.digest) for row in rows)
    found = ((row, labels[row.instance, row.question.digest]) for row in rows)
    return [row if label == row.instance else replace(row, instance=label) for row, label in found]


def _renamed(instance: Instance, name: str) -> Instance:
    other = copy.copy(instance)
    object.__setattr__(other, "name", name)
    return other
