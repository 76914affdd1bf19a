"""The ranks worth modelling: from what greedy reaches to what degrees allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.instance import Instance
from solvers.ranks.start import degree_bound, farthest_points
from solvers.run import Run

_PIECE = 10_000  # rows


def in_pieces(rows: NDArray[np.intp]) -> Iterator[list[int]]:
    """The rows of an array as lists; millions at a time would take seconds that no clock interrupts."""
    for first in range(0, len(rows), _PIECE):
        yield from rows[first : first + _PIECE].tolist()


@dataclass(frozen=True, slots=True)
class Window:
    """The pairs of an instance that matter between the greedy value and the degree bound.

    Attributes
    ----------
    start : ndarray of int, shape (p,)
        The greedy selection.
    low, high : int
        Rank of the greedy selection; a rank that no selection exceeds.
    below : ndarray of int, shape (k, 2)
        Pairs i < j of rank < low: they exclude each other.
    within : ndarray of int, shape (m, 3)
        Rows (i, j, rank) of the pairs i < j with low <= rank < high: choosing both caps the value.
    """

    start: NDArray[np.intp]
    low: int
    high: int
    below: NDArray[np.intp]
    within: NDArray[np.intp]


def report_window(run: Run, look: Callable[[Instance], Window] | None = None) -> Window:
    """The window of the run's instance (by default `window`), its two ends reported to the run."""
    pairs = (look or window)(run.instance)
    run.report_incumbent(pairs.start)
    run.report_bound(float(run.instance.levels[pairs.high]), "degrees")
    return pairs


def everything(instance: Instance) -> Window:
    """Every pair and every rank, for models that take only the greedy selection."""
    ranks = instance.ranks
    start, low = _greedy(instance)
    i, j = np.triu_indices(instance.n, k=1)
    return Window(
        start=start,
        low=low,
        high=len(instance.levels) - 1,
        below=np.empty((0, 2), dtype=np.intp),
        within=np.column_stack([i, j, ranks[i, j]]).astype(np.intp),
    )


def _greedy(instance: Instance) -> tuple[NDArray[np.intp], int]:
    """The farthest-point selection and its rank."""
    ranks, p = instance.ranks, instance.p
    start = farthest_points(ranks, int(ranks.argmax()) // instance.n, p)
    return start, int(ranks[np.ix_(start, start)][np.triu_indices(p, k=1)].min())


def window(instance: Instance) -> Window:
    """Sort the pairs of an instance into excluding, capping and irrelevant ones; O(n^2) time."""
    ranks = instance.ranks
    start, low = _greedy(instance)
    high = max(low, degree_bound(ranks, instance.p))
    i, j = np.triu_indices(instance.n, k=1)
    rank = ranks[i, j].astype(np.intp)
    inside = (rank >= low) & (rank < high)
    return Window(
        start=start,
        low=low,
        high=high,
        below=np.column_stack([i, j])[rank < low],
        within=np.column_stack([i, j, rank])[inside],
    )
