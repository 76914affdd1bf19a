"""Solvers on instance files and generated instances; neither networks nor torch are needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from dispersion.errors import InputError
from dispersion.instance import Instance
from dispersion.library import (
    NONE_PUBLISHED,
    PREFIX,
    Published,
    generate_from,
    read_instance,
    read_known,
)
from dispersion.study.options import InstanceOptions, Options
from dispersion.study.session import Session
from dispersion.study.stages import finish, solve_and_judge
from dispersion.study.tasks import Task


def load(source: str, sizes: Sequence[int]) -> list[Instance]:
    """One file or description as an instance for every p in `sizes`; for its own p if there is none."""
    first = sizes[0] if sizes else None
    one = generate_from(source, first) if source.startswith(PREFIX) else read_instance(source, first)
    try:
        return [one, *(one.with_p(p) for p in sizes[1:])]
    except InputError as error:
        raise InputError(f"'{source}': {error}") from error


def load_all(subject: InstanceOptions, published: Published) -> list[Instance]:
    """Every instance with every p asked for; unless asked, with every p that has a published value.

    No two may have the same name and p, since they could not be told apart.
    """
    instances: dict[tuple[str, int], Instance] = {}
    for source in subject.sources:
        sizes = subject.p or tuple(p for name, p in published if name == Path(source).name)
        for one in load(source, sizes):
            if (one.name, one.p) in instances:
                raise InputError(
                    f"two instances are called '{one.name}' with p = {one.p}; rename one of them."
                )
            instances[one.name, one.p] = one
    return list(instances.values())


def plan(instances: Sequence[Instance], options: Options) -> list[Task]:
    """Every instance for every solver."""
    return [
        Task(instance, None, name, options.objective, limits, options.memory)
        for instance in instances
        for name, limits in options.seeded()
    ]


def compare_instances(session: Session, subject: InstanceOptions, output: Console) -> int:
    """Files -> instances -> solutions -> report; the exit code."""
    with session.timed("read"):
        published = NONE_PUBLISHED if subject.known is None else read_known(subject.known)
        instances = load_all(subject, published)
    if subject.known is not None:
        found = sum((instance.name, instance.p) in published for instance in instances)
        session.say(f"{subject.known} has values for {found} of {len(instances)} instances")
    session.about["instances"] = [
        {"name": one.name, "n": one.n, "p": one.p, "metric": one.metric, "sha256": one.digest}
        for one in instances
    ]
    judgement, _ = solve_and_judge(session, plan(instances, session.options), published)
    return finish(session, judgement, [], output)
