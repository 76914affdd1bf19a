"""What is answered, as rows of tables; this is the only place where a row of a solve is made."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from dispersion.asked import in_words
from dispersion.library.known import NONE_PUBLISHED, Known, Published
from dispersion.random_baseline import RandomValues, random_values
from dispersion.solution import Solution
from dispersion.study.task import Question, Task
from solvers.lookup import parameters_of


@dataclass(frozen=True)
class SolveRow:
    """One line of ``solves.csv``: everything a reader needs to judge one solve.

    ``instance`` is the name of a layer or of a file; ``keep`` is absent where p was given,
    ``at_least`` where p points are asked for (else p is n), and
    ``published`` where no value of this instance and p was given, or the instance is restricted.
    ``key`` is that of the task (see `Task.key`); ``shared`` says that other solves ran on the same
    machine, and lengthened its times.
    ``engine`` is the engine from outside that solved its models, with its version, if there is one;
    ``parameters`` are those in the name of the solver, if there are any.  ``dimension`` is how many
    coordinates a point has, where the instance was made of points.  ``repeat`` tells equal solves
    apart, counted from 0.  ``labels`` are the names of the selected points, where they have names, as a
    list in JSON.
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
    engine: str | None
    at_least: float | None = None
    parameters: str | None = None
    dimension: int | None = None
    repeat: int = 0
    labels: str | None = None

    @property
    def question(self) -> Question:
        """What it has in common with the rows that it competes with."""
        asked = in_words(self.p, self.at_least)
        digest = self.instance_digest or f"{self.instance}, {asked}"  # else all would be one
        return Question(digest, self.keep, self.instance, self.p, self.at_least)


def published_of(question: Question, published: Published) -> Known | None:
    """The published value of a question; there are none of packings."""
    return published.get((question.instance, question.p)) if question.at_least is None else None


class SolveRows:
    """Makes rows of solves; the random baseline of an instance is computed once.

    Parameters
    ----------
    tasks : iterable of Task
        All of the study; the random selections of an instance are drawn with the seed of its first.
    published : mapping
        Published values, by the instance's name and p.
    """

    def __init__(self, tasks: Iterable[Task], published: Published = NONE_PUBLISHED) -> None:
        self._published = published
        self._seeds: dict[tuple[str, str], int] = {}
        self._random: dict[tuple[str, str], RandomValues] = {}
        for task in tasks:
            self._seeds.setdefault((task.instance.digest, task.objective_name), task.limits.seed)

    def row(self, task: Task, solution: Solution, shared: bool = False) -> SolveRow:
        """Join a task, its answer, and what random selections of its instance are worth."""
        instance, random = task.instance, self._random_of(task)
        labels = instance.labels_of(solution.selected)
        known = None if instance.restricted else published_of(task.question, self._published)
        return SolveRow(
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
            published=None if known is None else known.value,
            message=solution.message,
            instance_digest=solution.instance_digest,
            key=task.key,
            shared=shared,
            engine=solution.engine,
            at_least=instance.at_least,
            parameters=parameters_of(task.solver),
            dimension=instance.dimension,
            repeat=task.repeat,
            labels=None if labels is None else json.dumps(labels, ensure_ascii=False),
        )

    def _random_of(self, task: Task) -> RandomValues:
        name = task.instance.digest, task.objective_name
        if name not in self._random:
            seed = self._seeds.get(name, task.limits.seed)
            self._random[name] = random_values(task.instance, task.objective_name, seed=seed)
        return self._random[name]


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


class TraceKey(NamedTuple):
    """Which solve a trace belongs to."""

    instance: str
    p: int
    solver: str
    seed: int
    key: str = ""  #: of the solve: instances can be called alike; absent in early versions

    @classmethod
    def of(cls, row: SolveRow | TraceRow) -> TraceKey:
        """That of the row of a solve or of an improvement."""
        return cls(row.instance, row.p, row.solver, row.seed, row.key)


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

    @property
    def tested(self) -> bool:
        """Whether any of its accuracies is known."""
        return any(self.accuracy(name) is not None for name in RECOVERIES)

    def accuracy(self, recovery: str) -> float | None:
        """The one of its accuracies that followed a recovery."""
        found: float | None = getattr(self, f"accuracy_{recovery}")
        return found


@dataclass(frozen=True)
class AccuracyRow:
    """One line of ``accuracies.csv``: one network, tested once.

    ``recovery`` says what was done before: nothing ("raw"), or a registered recovery, such as "bn".
    Low and high are the ends of 95 % intervals (Wilson's) on ``images`` test images; top-5 is `None`
    among five classes or fewer.
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
"""The recoveries with a column in ``networks.csv``, and what tables and plots call them.

Any other that is registered in `pruning.repair.recoveries` has its rows in ``accuracies.csv``.
"""

COLUMNS = {
    row: [one.name for one in dataclasses.fields(row)]
    for row in (SolveRow, NetworkRow, AccuracyRow, TraceRow)
}


def recoveries_of(rows: Iterable[NetworkRow]) -> list[str]:
    """Those after which any network, other than the unpruned one, was tested."""
    pruned = [row for row in rows if row.method != "unpruned"]
    return [name for name in RECOVERIES if any(row.accuracy(name) is not None for row in pruned)]
