"""``run_study``: many instances, many solvers, from Python."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import SupportsIndex

from rich.console import Console

from dispersion.errors import InputError, shown
from dispersion.instance import Instance
from dispersion.library.known import NONE_PUBLISHED, Published
from dispersion.study.answering import answer, begin
from dispersion.study.execution.resources import Resources
from dispersion.study.folder.store import Store
from dispersion.study.reading import read_study
from dispersion.study.replications import Replications
from dispersion.study.session import Session
from dispersion.study.study import Study
from dispersion.study.task import tasks_of
from solvers.lookup import usual
from solvers.run import Limits
from solvers.solving import check


def run_study(
    instances: Instance | Iterable[Instance],
    solvers: str | Iterable[str] | None = None,
    *,
    objective: str = "max-min",
    seeds: int | Iterable[int] = 1,
    engine_seeds: int | Iterable[int] = 1,
    repeats: int = 1,
    time_limit: float = 60.0,
    gap: float = 0.0,
    threads: int = 1,
    jobs: int = 1,
    memory: float | None = None,
    folder: Path | str | None = None,
    published: Published = NONE_PUBLISHED,
    retry_failures: bool = False,
    progress: bool = False,
) -> Study:
    """Solve every instance with every solver, check the answers against each other, and tell all.

    Each solve runs in a process of its own: a crash, a hang or a lack of memory costs one row.  With a
    `folder` every answer is written down as it comes, and the same call resumes where it stopped;
    seeds, solvers and instances can be added.  Ctrl-C ends the study and returns what is finished.

    Parameters
    ----------
    instances : Instance or iterable of Instance
        What to solve, each with its p.
    solvers : str or iterable of str or None
        Names, with parameters as the command line takes them; `None` for those compared by default.
    objective : str
        "max-min" or "max-sum".
    seeds : int or iterable of int
        For solvers that draw by chance: how many, counted from 0, or which.  Others get the first.
    engine_seeds : int or iterable of int
        For solvers whose engine takes a seed: how many, from the first of `seeds` on, or which.
    repeats : int
        How many times each solve is made with the same seed; tables show the one with the middle time.
    time_limit : float
        Seconds per solve, finite.
    gap : float
        At which a solve ends, as of `solvers.solve`; 0 asks for a proof.
    threads : int
        Threads per solve.
    jobs : int
        Solves at a time; with more than one, times are overestimated and marked as such.
    memory : float or None
        GiB per solve; `None` for no limit.
    folder : Path or str or None
        Where the study is kept, as the command keeps it; `None` keeps it in memory only.
    published : mapping
        Published values by name and p, as `dispersion.library.read_known` reads them.
    retry_failures : bool
        Whether solves that failed before are made again.
    progress : bool
        Whether progress is drawn on standard error.

    Returns
    -------
    Study
        Its `faults` are to be empty; ``outcome`` is "complete", "failed" or "interrupted".

    Raises
    ------
    InputError
        An argument is out of range, nothing is to be solved, or the folder holds another study.

    Examples
    --------
    >>> from dispersion import generate, run_study
    >>> instances = [generate("geo", n=20, p=5, seed=seed) for seed in (1, 2)]
    >>> study = run_study(instances, ["clique", "greedy"], time_limit=10)
    >>> study.frame("solves")[["solver", "status"]].value_counts().to_dict()
    {('clique', 'optimal'): 2, ('greedy', 'feasible'): 2}
    """
    names, resources = _names(solvers, objective), Resources(jobs)
    replications = _replications(seeds, engine_seeds, repeats)
    limits = Limits(time_limit, threads, replications.seeds[0], gap=gap)
    tasks = [
        task
        for instance in _instances(instances)
        for task in tasks_of(instance, names, objective, limits, replications, memory)
    ]
    with _folder(folder) as place, closing(Store(place)) as store:
        session = Session(
            store=store,
            console=Console(stderr=True, quiet=not progress),
            asked={
                "objective": objective,
                "solvers": names,
                "limits": asdict(limits),
                **asdict(replications),
                "memory": memory,
                "jobs": jobs,
            },
        )
        if folder is None:
            session.about["folder"] = None  # the one it was solved in is gone
        with session.concluded():
            answers = answer(session, begin(session, tasks), resources, published, retry_failures)
            session.keep(lambda: session.write_run(session.outcome(answers.checked), answers.checked))
        for fault in answers.checked.faults:
            session.say(f"FAIL {fault}", logging.ERROR)
        return read_study(place)


@contextmanager
def _folder(folder: Path | str | None) -> Iterator[Path]:
    """The folder that was named, or one that is removed at the end."""
    if folder is not None:
        yield Path(folder)
        return
    with tempfile.TemporaryDirectory(prefix="p-dispersion-") as scratch:
        yield Path(scratch) / "study"


def _instances(instances: Instance | Iterable[Instance]) -> list[Instance]:
    """The instances, one at least."""
    asked = [instances] if isinstance(instances, Instance) else list(instances)
    for one in asked:
        if not isinstance(one, Instance):
            raise InputError(f"a study takes instances, got {shown(one)}; see dispersion.Instance.")
    if not asked:
        raise InputError("there is no instance to solve; give one, or more.")
    return asked


def _names(solvers: str | Iterable[str] | None, objective: str) -> list[str]:
    """The names of the solvers, each once and known."""
    if solvers is None:
        return usual(objective)
    names = [solvers] if isinstance(solvers, str) else list(dict.fromkeys(solvers))
    for name in names:
        check(name, objective)
    if not names:
        raise InputError("no solver is named; name one, or leave solvers out for the usual ones.")
    return names


def _replications(
    seeds: int | Iterable[int], engine_seeds: int | Iterable[int], repeats: int
) -> Replications:
    """The seeds, each once and in range, and a number of repeats."""
    if not isinstance(repeats, SupportsIndex) or repeats.__index__() < 1:
        raise InputError(f"repeats must be a whole number of 1 or more, got {shown(repeats)}.")
    drawn = _seeds("seeds", seeds, 0)
    of_engines = _seeds("engine_seeds", engine_seeds, drawn[0])
    return Replications(drawn, of_engines, repeats.__index__())


def _seeds(name: str, seeds: int | Iterable[int], first: int) -> list[int]:
    """So many seeds from the first on, or those that are named, each once."""
    if isinstance(seeds, SupportsIndex):
        named: Iterable[int] = range(first, first + seeds.__index__())
    elif isinstance(seeds, Iterable):
        named = seeds
    else:
        raise InputError(f"{name} must be a whole number, or name some, got {shown(seeds)}.")
    found = [Limits(seed=seed).seed for seed in dict.fromkeys(named)]
    if not found:
        raise InputError(f"{name} must be at least 1, or name some, got {shown(seeds)}.")
    return found
