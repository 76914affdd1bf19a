"""The ranks worth modelling: from what is reached at the start to what degrees allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.instance import Instance
from solvers.ranks.fair_start import fair_start
from solvers.ranks.start import degree_bound, farthest_points, longest_end, lowest_rank
from solvers.run import Run

Known = NDArray[np.intp] | None  #: a selection that is known, if any

_PIECE = 10_000  # rows


def in_pieces(rows: NDArray[np.intp]) -> Iterator[list[int]]:
    """The rows of an array as lists; millions at a time would take seconds that no clock interrupts."""
    for first in range(0, len(rows), _PIECE):
        yield from rows[first : first + _PIECE].tolist()


@dataclass(frozen=True, slots=True)
class Window:
    """The pairs of an instance that matter between the value at the start and the degree bound.

    Attributes
    ----------
    start : ndarray of int, shape (p,)
        The greedy selection, or a better one that is known.
    low, high : int
        Its rank; a rank that no selection exceeds.
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


def report_window(run: Run, look: Callable[[Instance, Known], Window] | None = None) -> Window:
    """The window of the run's instance (by default `window`), its two ends reported to the run."""
    pairs = (look or window)(run.instance, run.selected)
    run.report_incumbent(pairs.start)
    run.report_bound(float(run.instance.levels[pairs.high]), "degrees")
    return pairs


def everything(instance: Instance, known: Known = None) -> Window:
    """Every pair and every rank, for models that take only the selection to start from."""
    ranks = instance.ranks
    start, low = _start(instance, known)
    i, j = np.triu_indices(instance.n, k=1)
    return Window(
        start=start,
        low=low,
        high=len(instance.levels) - 1,
        below=np.empty((0, 2), dtype=np.intp),
        within=np.column_stack([i, j, ranks[i, j]]).astype(np.intp),
    )


def _start(instance: Instance, known: Known) -> tuple[NDArray[np.intp], int]:
    """The greedy selection, or the one that is known if that is better; and its rank."""
    ranks, p = instance.ranks, instance.p
    start = fair_start(instance) if instance.quota else farthest_points(ranks, longest_end(ranks), p)
    if known is not None and lowest_rank(ranks, known) > lowest_rank(ranks, start):
        start = known
    return start, lowest_rank(ranks, start)


def window(instance: Instance, known: Known = None) -> Window:
    """Sort the pairs of an instance into excluding, capping and irrelevant ones; O(n^2) time.

    `known` is a selection to start from if greedy does not find a better one.
    """
    ranks = instance.ranks
    start, low = _start(instance, known)
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
