"""One solve to be made, and the row it becomes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from dispersion.instance import Instance
from dispersion.solution import Solution
from dispersion.version import __version__
from dispersion.yardstick import RandomValues
from solvers.lookup import code_of
from solvers.run import Limits

KILLED = "killed: "  #: how the message of a solve begins that had to be ended from outside


@dataclass(frozen=True, slots=True)
class Question:
    """What several solvers were asked: answers to equal questions can be compared.

    Attributes
    ----------
    digest : str
        Of the instance, p included: what is asked.  Names do not tell questions apart.
    keep : float or None
        The keep ratio p came from, if it did.
    instance, p
        What a person calls it; equal questions may be called by different names.
    """

    digest: str
    keep: float | None
    instance: str = field(compare=False)
    p: int = field(compare=False)

    def __str__(self) -> str:
        return f"{self.instance}, " + (f"p = {self.p}" if self.keep is None else f"keep {self.keep:g}")


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
    """

    instance: Instance
    keep: float | None
    solver: str
    objective_name: str
    limits: Limits
    memory: float | None = None

    @property
    def question(self) -> Question:
        """What it has in common with the solves that it competes with."""
        one = self.instance
        return Question(one.digest, self.keep, one.name, one.p)

    @property
    def key(self) -> str:
        """Hash of all that decides the answer; tasks with equal keys need to be solved once.

        That is the content of the instance with p and metric, the solver, the objective, the limits
        with the seed, and the version of this package; names and keep ratios are not.  For a solver of
        the user's own its file counts too.
        """
        asked = {
            "version": __version__,
            "instance": self.instance.digest,
            "metric": self.instance.metric,
            "objective": self.objective_name,
            "solver": self.solver,
            **({} if (code := code_of(self.solver, self.objective_name)) is None else {"code": code}),
            "memory": self.memory,
            **dataclasses.asdict(self.limits),
        }
        return digest_of(asked)


def digest_of(content: Mapping[str, object]) -> str:
    """128 bits of the SHA-256 of `content` as canonical JSON, in hexadecimal."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class SolveRow:
    """One line of ``solves.csv``: everything a reader needs to judge one solve.

    ``instance`` is the name of a layer or of a file; ``keep`` is absent where p was given, and
    ``published`` where no value of this instance and p was given.  ``key`` is that of the task (see
    `Task.key`); ``shared`` says that other solves ran on the same machine, so that times are too long.
    """

    table: ClassVar[str] = "solves"

    instance: str
    n: int
    p: int
    keep: float | None
    metric: str | None
    objective_name: str
    solver: str
    objective: float | None
    bound: float | None
    gap: float | None
    status: str
    build_seconds: float
    solve_seconds: float
    seed: int
    threads: int
    time_limit: float
    random_mean: float
    random_best: float
    published: float | None
    message: str
    instance_digest: str
    key: str
    shared: bool

    @classmethod
    def of(
        cls,
        task: Task,
        solution: Solution,
        random: RandomValues,
        published: float | None = None,
        shared: bool = False,
    ) -> SolveRow:
        """Join a task, its solution, and the yardsticks of its instance."""
        instance = task.instance
        return cls(
            instance=instance.name,
            n=instance.n,
            p=instance.p,
            keep=task.keep,
            metric=instance.metric,
            objective_name=task.objective_name,
            solver=task.solver,
            objective=solution.objective,
            bound=solution.bound,
            gap=solution.gap,
            status=solution.status.value,
            build_seconds=solution.build_seconds,
            solve_seconds=solution.solve_seconds,
            seed=task.limits.seed,
            threads=task.limits.threads,
            time_limit=task.limits.seconds,
            random_mean=random.mean,
            random_best=random.best,
            published=published,
            message=solution.message,
            instance_digest=solution.instance_digest,
            key=task.key,
            shared=shared,
        )

    @property
    def question(self) -> Question:
        """What it has in common with the rows that it competes with."""
        digest = self.instance_digest or f"{self.instance}, p = {self.p}"  # else all would be one
        return Question(digest, self.keep, self.instance, self.p)


@dataclass(frozen=True)
class TraceRow:
    """One line of ``traces.csv``: one improvement of incumbent or bound during a solve.

    ``key`` is that of the solve (see `SolveRow`), and ``seconds`` are since its start.
    """

    table: ClassVar[str] = "traces"

    key: str
    instance: str
    n: int
    p: int
    solver: str
    seed: int
    seconds: float
    objective: float | None
    bound: float | None


@dataclass(frozen=True)
class NetworkRow:
    """One line of ``networks.csv``: what a selection did to the network.

    ``keep`` is the keep ratio, or the share of the budget.  Parameters, MACs (multiply-accumulates of
    one image; a FLOP count would be twice that) and bytes are counts; accuracies are top-1, as
    fractions of the test images: as cut, after batch-norm re-estimation (``bn``), after least squares
    (``ls``), after fine-tuning (``ft``); `None` without data or where that was not done.  ``speedup``
    is that of one image on the machine of the study.
    """

    table: ClassVar[str] = "networks"

    model: str
    method: str
    keep: float
    seed: int
    parameters: int
    macs: int
    weight_bytes: int
    accuracy_raw: float | None
    accuracy_bn: float | None
    accuracy_ls: float | None
    accuracy_ft: float | None
    speedup: float | None
    surgery_seconds: float | None
    evaluate_seconds: float | None

    def accuracy(self, recovery: str) -> float | None:
        """The one of its accuracies that followed a recovery."""
        found: float | None = getattr(self, f"accuracy_{recovery}")
        return found


@dataclass(frozen=True)
class AccuracyRow:
    """One line of ``accuracies.csv``: one network, tested once.

    ``recovery`` says what was done before: nothing ("raw"), "bn", "ls" or "ft".  Low and high are the
    ends of 95 % intervals (Wilson's) on ``images`` test images; top-5 is `None` among five classes or
    fewer.
    """

    table: ClassVar[str] = "accuracies"

    model: str
    method: str
    keep: float
    seed: int
    recovery: str
    images: int
    top1: float
    top1_low: float
    top1_high: float
    top5: float | None
    top5_low: float | None
    top5_high: float | None


RECOVERIES = {
    "raw": "as cut",
    "bn": "BN re-estimation",
    "ls": "least squares",
    "ft": "fine-tuning",
}
"""What is done to a pruned network before it is tested, and what tables and plots call it."""

COLUMNS = {
    row: [one.name for one in dataclasses.fields(row)]
    for row in (SolveRow, NetworkRow, AccuracyRow, TraceRow)
}
