"""One solve to be made."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from dispersion.asked import in_words
from dispersion.errors import InputError
from dispersion.instance import Instance
from dispersion.objectives import objectives
from dispersion.study.replications import Replications
from dispersion.version import __version__
from solvers.lookup import code_of, find
from solvers.run import Limits

LONGEST = 1e9  #: seconds, thirty years; clocks of the system take no more
KILLED = "killed: "  #: how the message of a solve begins that had to be ended from outside


@dataclass(frozen=True, slots=True)
class Question:
    """What several solvers were asked: answers to equal questions can be compared.

    Attributes
    ----------
    digest : str
        Of the instance with p or its distance: what is asked.  Names do not tell questions apart.
    keep : float or None
        The keep ratio p came from, if it did.
    instance, p, at_least
        What a person calls it; equal questions may be called by different names.
    """

    digest: str
    keep: float | None
    instance: str = field(compare=False)
    p: int = field(compare=False)
    at_least: float | None = field(default=None, compare=False)

    @property
    def asked(self) -> str:
        """As `Instance.asked`."""
        return in_words(self.p, self.at_least)

    def __str__(self) -> str:
        return f"{self.instance}, " + (self.asked if self.keep is None else f"keep {self.keep:g}")


@dataclass(frozen=True)
class Task:
    """One solve of one instance by one solver.

    Attributes
    ----------
    instance : Instance
        What to solve; its name is that of a layer or of a file.
    keep : float or None
        The keep ratio p came from, if it did.
    solver, objective_name : str
        Who solves it, and for what.
    limits : Limits
        What may be used.
    memory : float or None
        GiB that the process which solves it may occupy; `None` for no limit.
    repeat : int
        Which of several equal solves it is, counted from 0.

    Raises
    ------
    InputError
        The time limit is infinite, which no study can wait for, or the memory out of range.
    """

    instance: Instance
    keep: float | None
    solver: str
    objective_name: str
    limits: Limits
    memory: float | None = None
    repeat: int = 0

    def __post_init__(self) -> None:
        if not self.limits.seconds <= LONGEST:
            raise InputError(
                f"the time limit of a study must be at most {LONGEST:,.0f} seconds, "
                f"got {self.limits.seconds:g}."
            )
        if self.memory is not None and not 0 < self.memory < math.inf:
            raise InputError(f"memory must be a finite number of GiB above 0, got {self.memory:g}.")

    @property
    def question(self) -> Question:
        """What it has in common with the solves that it competes with."""
        one = self.instance
        return Question(one.digest, self.keep, one.name, one.p, one.at_least)

    @property
    def key(self) -> str:
        """Hash of all that decides the answer; tasks with equal keys need to be solved once.

        That is the content of the instance with what it asks and its metric, or what is declared of it,
        the solver, the objective, the limits with the seed, and the version of this package; names and
        keep ratios are not.  For a solver of the user's own its file counts too, and of several equal
        solves all but the first count theirs.
        """
        one, said = self.instance, self.instance.is_metric
        asked = {
            "version": __version__,
            "instance": one.digest,
            "metric": one.metric,
            **({} if said is None or one.metric else {"is_metric": said}),
            "objective": self.objective_name,
            "solver": self.solver,
            **({} if (code := code_of(self.solver, self.objective_name)) is None else {"code": code}),
            "memory": self.memory,
            **({"repeat": self.repeat} if self.repeat else {}),
            **dataclasses.asdict(self.limits),
        }
        return digest_of(asked)


def tasks_of(
    instance: Instance,
    solvers: Iterable[str],
    objective: str,
    limits: Limits,
    replications: Replications,
    memory: float | None = None,
    keep: float | None = None,
) -> list[Task]:
    """One instance for every solver.

    Parameters
    ----------
    instance, objective, limits, memory, keep
        As of a `Task`; the seed of the limits is replaced.
    solvers : iterable of str
        Their names.
    replications : Replications
        With which seeds each is run, and how many times with each.

    Raises
    ------
    InputError
        The instance asks for p points and the objective is packing, or the reverse.
    """
    objectives[objective].check(instance)
    return [
        Task(instance, keep, name, objective, replace(limits, seed=seed), memory, repeat)
        for name in solvers
        for seed in replications.seeds_of(find(name, objective))
        for repeat in range(replications.repeats)
    ]


def digest_of(content: Mapping[str, object]) -> str:
    """128 bits of the SHA-256 of `content` as canonical JSON, in hexadecimal."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
