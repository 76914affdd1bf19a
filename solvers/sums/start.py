"""Where the exact methods start: a good selection and a bound by row sums."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from solvers.run import Run, TimeUp
from solvers.sums.swaps import climb_from_greedy, search_from_incumbent
from solvers.sums.tolerances import report_bound

_SHAKES = 3  # in vain, that end the search


def largest_sums(distances: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Of each row, the sum of the `count` largest entries, shape (n,)."""
    ordered = np.sort(distances, axis=1)
    sums: NDArray[np.float64] = ordered[:, ordered.shape[1] - count :].sum(axis=1)
    return sums


def smallest_sums(distances: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Of each row, the sum of the `count` smallest entries beside that of the diagonal, shape (n,)."""
    ordered = np.sort(distances, axis=1)  # the diagonal is 0, so it comes first
    sums: NDArray[np.float64] = ordered[:, 1 : count + 1].sum(axis=1)
    return sums


def row_bound(distances: NDArray[np.float64], p: int) -> float:
    """Every chosen point adds at most half the sum of its p - 1 largest distances."""
    return float(np.sort(largest_sums(distances, p - 1))[-p:].sum() / 2.0)


@contextmanager
def start_at_least(run: Run) -> Iterator[None]:
    """If the block runs out of time, report what `report_start` finds, and why the solve ends."""
    try:
        yield
    except TimeUp:
        reason = run.message
        try:
            report_start(run)
        finally:
            run.message = run.message if run.proven() else reason or run.message
        raise


def report_start(run: Run) -> bool:
    """A short tabu search and the bound by row sums; returns whether a gap is left."""
    climb_from_greedy(run)
    bound = row_bound(run.instance.distances, run.instance.p)
    if not report_bound(
        run, bound, "row sums"
    ):  # where all tie, a search would take long and find nothing
        search_from_incumbent(run, _SHAKES)
        if not report_bound(run, bound, "row sums"):
            if run.seconds_left() == 0.0:
                run.message = "out of time after the start"
            run.check_time()
            return True
    run.message = "closed by the row sums"
    return False
