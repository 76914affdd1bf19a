"""What a better objective value is worth: does it come with a better network?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from dispersion.objectives import objectives
from dispersion.random_baseline import normalised_value
from dispersion.study.rows import RECOVERIES, NetworkRow, SolveRow
from dispersion.study.task import Question

_RESAMPLES = 2000
_FEWEST = 4  # selections; fewer have no ranks worth correlating

Pairs = NDArray[np.float64]


@dataclass(frozen=True)
class Worth:
    """A rank correlation (Spearman's) between objective and accuracy.

    Attributes
    ----------
    keep : float
        Of the selections that were compared.
    recovery : str
        What was done before the test.
    count : int
        How many selections.
    correlation : float or None
        In [-1, 1]; `None` where all have equal values.
    low, high : float or None
        Ends of its 95 % interval, by 2,000 bootstrap samples of the selections (percentiles).
    """

    keep: float
    recovery: str
    count: int
    correlation: float | None
    low: float | None
    high: float | None


def best_known(rows: Sequence[SolveRow]) -> dict[Question, float]:
    """The best objective any solver found, by question."""
    best: dict[Question, float] = {}
    for row in rows:
        if row.objective is not None:
            best[row.question] = max(best.get(row.question, row.objective), row.objective)
    return best


def reaches(row: SolveRow, value: float) -> bool:
    """Whether a solve found as much as this, up to what rounding can explain."""
    rounding = objectives[row.objective_name].rounding
    return row.objective is not None and row.objective >= value - rounding * abs(value)


def accuracy_correlation(solves: Sequence[SolveRow], networks: Sequence[NetworkRow]) -> list[Worth]:
    """Correlate, at every keep ratio, how good solvers' selections are with how accurate networks are.

    A selection's value is the mean over the layers of its score, from random (0) to the
    best known value (1); criteria that solve nothing are left out.  Equal selections count once.
    """
    ways = _ways(solves)
    found = []
    for keep in dict.fromkeys(row.keep for row in networks):
        for recovery in RECOVERIES:
            pairs = {
                (ways[key], value)
                for row in networks
                if row.keep == keep
                and (key := (row.method, keep, row.seed)) in ways
                and (value := row.accuracy(recovery)) is not None
            }
            if len(pairs) >= _FEWEST:
                found.append(_worth(keep, recovery, np.array(sorted(pairs))))
    return found


def correlation_lines(solves: Sequence[SolveRow], networks: Sequence[NetworkRow]) -> list[str]:
    """The answer in words, one line a keep ratio and recovery."""
    lines = [
        f"keep {one.keep:g}, {RECOVERIES[one.recovery]}: "
        + (
            "undefined, all values are equal"
            if one.correlation is None
            else f"{one.correlation:+.2f}"
            + ("" if one.low is None else f", 95 % interval [{one.low:+.2f}, {one.high:+.2f}]")
        )
        + f", {one.count} selections"
        for one in accuracy_correlation(solves, networks)
    ]
    heading = "Does a better objective bring accuracy?  Rank correlation of score and accuracy:"
    return [heading, *lines] if lines else []


def _ways(solves: Sequence[SolveRow]) -> dict[tuple[str, float | None, int], float]:
    best = best_known(solves)
    ways: dict[tuple[str, float | None, int], list[float | None]] = {}
    for row in solves:
        if row.repeat:  # the first one prunes
            continue
        way = None
        if row.objective is not None:
            way = normalised_value(row.objective, row.random_mean, best[row.question])
        ways.setdefault((row.solver, row.keep, row.seed), []).append(way)
    known = {key: [way for way in found if way is not None] for key, found in ways.items()}
    return {key: fmean(found) for key, found in known.items() if found}


def _worth(keep: float, recovery: str, pairs: Pairs) -> Worth:
    rng = np.random.default_rng(0)
    again = [_spearman(pairs[rng.integers(len(pairs), size=len(pairs))]) for _ in range(_RESAMPLES)]
    known = [value for value in again if value is not None]
    low, high = np.percentile(known, [2.5, 97.5]) if known else (None, None)
    return Worth(
        keep,
        recovery,
        len(pairs),
        _spearman(pairs),
        None if low is None else float(low),
        None if high is None else float(high),
    )


def _spearman(pairs: Pairs) -> float | None:
    """The correlation of mid-ranks, or None if one side is constant."""
    ranks = np.stack([_ranks(pairs[:, 0]), _ranks(pairs[:, 1])])
    off = ranks - ranks.mean(axis=1, keepdims=True)
    norms = np.sqrt((off**2).sum(axis=1))
    return float(off[0] @ off[1] / norms.prod()) if norms.all() else None


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 0, equal values sharing the mean of theirs."""
    below = (values[None, :] < values[:, None]).sum(axis=1)
    equal = (values[None, :] == values[:, None]).sum(axis=1)
    return np.asarray(below + (equal - 1) / 2, dtype=np.float64)
