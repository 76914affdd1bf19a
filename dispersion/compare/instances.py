"""Solvers on instance files and generated instances; neither networks nor torch are needed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from dispersion.compare.cli.options import InstanceOptions, Options
from dispersion.compare.session import CommandSession
from dispersion.compare.stages import finish, solve_and_check
from dispersion.errors import InputError
from dispersion.instance import Instance
from dispersion.library import (
    NONE_PUBLISHED,
    PREFIX,
    Published,
    for_instances,
    generate_from,
    read_instance,
    read_known,
)
from dispersion.quotas.clashes import clash
from dispersion.quotas.reading import parse_quotas, read_groups
from dispersion.study.task import Task

_LISTED = 5  # rows of published values that are named in a message


_ANY_P = 2  # where the distance decides how many points are chosen


def load(
    source: str, sizes: Sequence[int], subject: InstanceOptions, at_least: Sequence[float] = ()
) -> list[Instance]:
    """One file or description as an instance for every p in `sizes`; for its own p if there is none.

    Or, if there are distances, for every one of these.
    """
    first = _ANY_P if at_least else sizes[0] if sizes else None
    if source.startswith(PREFIX):
        one = generate_from(source, first)
    else:
        about = ("metric", "symmetric", "coordinates", "label", "nodes", "unreachable")
        how: dict[str, Any] = {name: getattr(subject, name) for name in about}
        one = read_instance(source, first, subject.input_format, **how)
    try:
        if at_least:
            asked = [one.with_at_least(distance) for distance in at_least]
        else:
            asked = [one, *(one.with_p(p) for p in sizes[1:])]
        fixed = [each.with_fixed(subject.required, subject.excluded) for each in asked]
        if subject.groups is None:
            return fixed
        groups, quota = read_groups(subject.groups), parse_quotas(subject.quota)
        return [each.with_quota(groups, quota) for each in fixed]
    except InputError as error:
        raise InputError(f"'{source}': {error}") from error


def load_all(
    subject: InstanceOptions, published: Published, at_least: Sequence[float] = ()
) -> list[Instance]:
    """Every instance with every p asked for; unless asked, with every p that has a published value.

    Or, if there are distances, with every one of these.  No two may have the same name and p or
    distance, since they could not be told apart.
    """
    if (subject.groups is None) != (not subject.quota):
        raise InputError(
            "--groups and --quota belong together: a file with the group of every point, and how many "
            "of which; give both."
        )
    instances: dict[tuple[str, str], Instance] = {}
    sizes: dict[str, list[int]] = {}
    for name, p in published:
        sizes.setdefault(name, []).append(p)
    for source in subject.sources:
        for one in load(source, subject.p or sizes.get(Path(source).name, ()), subject, at_least):
            if (one.name, one.asked) in instances:
                raise InputError(
                    f"two instances are called '{one.name}' with {one.asked}; rename one of them."
                )
            instances[one.name, one.asked] = one
    return list(instances.values())


def read_published(subject: InstanceOptions) -> Published:
    """The published values, under the names of the instance files where they are about one."""
    if subject.known is None:
        return NONE_PUBLISHED
    files = [Path(source).name for source in subject.sources if not source.startswith(PREFIX)]
    return for_instances(read_known(subject.known), files)


def _tell_published(
    session: CommandSession, path: Path, instances: Sequence[Instance], published: Published
) -> None:
    """How many instances have a published value, and which values are about none of them."""
    asked = {(one.name, one.p) for one in instances}
    session.say(f"{path} has values for {len(asked & published.keys())} of {len(instances)} instances")
    others = [f"{name} with p = {p}" for name, p in published if (name, p) not in asked]
    if others:
        level = logging.INFO if asked & published.keys() else logging.WARNING
        listed = ", ".join(others[:_LISTED]) + (", ..." if len(others) > _LISTED else "")
        session.say(f"{len(others)} of its rows are about none of them: {listed}", level)


def plan(instances: Sequence[Instance], options: Options) -> list[Task]:
    """Every instance for every solver."""
    return [task for instance in instances for task in options.tasks_of(instance)]


def compare_instances(session: CommandSession, subject: InstanceOptions, output: Console) -> int:
    """Files -> instances -> solutions -> report; the exit code."""
    with session.timed("read"):
        published = read_published(subject)
        instances = load_all(subject, published, session.options.at_least)
    if subject.known is not None:
        _tell_published(session, subject.known, instances, published)
    for note in dict.fromkeys(f"{one.name}: {one.note}" for one in instances if one.note):
        session.say(note)
    for one in instances:
        if reason := clash(one):
            session.say(f"{one.name}: {reason}", logging.WARNING)
    session.about["instances"] = [
        {
            "name": one.name,
            "n": one.n,
            **({"p": one.p} if one.at_least is None else {"at_least": one.at_least}),
            "metric": one.metric,
            **({"note": one.note} if one.note else {}),
            **({"labels": list(one.labels)} if one.labels else {}),
            "sha256": one.digest,
        }
        for one in instances
    ]
    answers = solve_and_check(session, plan(instances, session.options), published)
    return finish(session, answers.checked, [], output)
