"""What a solver that draws by chance comes to: the mean over its seeds, and their range."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from dispersion.study.analysis.profiles import by_question
from dispersion.study.rows import SolveRow

Value = Callable[[SolveRow], float | None]


@dataclass(frozen=True, slots=True)
class Spread:
    """A number of a solver: its mean over the seeds, and the lowest and highest of one seed."""

    mean: float
    low: float
    high: float

    def text(self, shown: Callable[[float], str]) -> str:
        """The mean, and where seeds differ the range in brackets."""
        low, high = shown(self.low), shown(self.high)
        return shown(self.mean) + (f" ({low} to {high})" if low != high else "")

    def short(self, shown: Callable[[float], str]) -> str:
        """The mean and half the range."""
        return f"{shown(self.mean)} ± {shown((self.high - self.low) / 2)}"


def total(rows: Sequence[SolveRow], value: Value) -> Spread | None:
    """The sum over the questions of one solver, each with its mean over the seeds.

    Parameters
    ----------
    rows : sequence of SolveRow
        Of one solver.
    value : callable
        Of one row; rows of which it is `None` are left out, and so is the result if all are.
    """
    return _spread(rows, value, sum)


def average(rows: Sequence[SolveRow], value: Value) -> Spread | None:
    """The mean over the questions of one solver, each with its mean over the seeds; see `total`."""
    return _spread(rows, value, fmean)


def counted(rows: Sequence[SolveRow], holds: Callable[[SolveRow], bool]) -> Spread:
    """On how many questions something holds; each seed has an equal part of a question."""
    return total(rows, lambda row: float(holds(row))) or Spread(0.0, 0.0, 0.0)


def as_count(value: float) -> str:
    """A number of questions: whole ones without decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def seeds_of(rows: Sequence[SolveRow]) -> list[int]:
    """The seeds of these rows, each once."""
    return list(dict.fromkeys(row.seed for row in rows))


def _spread(
    rows: Sequence[SolveRow], value: Value, gather: Callable[[list[float]], float]
) -> Spread | None:
    known = [(row, number) for row in rows if (number := value(row)) is not None]
    if not known:
        return None
    numbers = {id(row): number for row, number in known}

    def gathered(some: Sequence[SolveRow]) -> float:
        groups = by_question(some).values()
        return gather([fmean(numbers[id(row)] for row in group) for group in groups])

    kept = [row for row, _ in known]
    of_seeds = [gathered([row for row in kept if row.seed == seed]) for seed in seeds_of(kept)]
    return Spread(gathered(kept), min(of_seeds), max(of_seeds))
