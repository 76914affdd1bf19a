"""Ascent and tabu search over swaps of a chosen for another point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.quotas.quota import Swaps
from solvers.run import Run
from solvers.sums.fair_start import best_swap, insertion_allowed

_ASCENT_SLICE = 50  # swaps between two looks at the clock
_TABU_SLICE = 500_000  # steps of compiled code between two looks at the clock: some milliseconds
_VAIN = 30  # shakes in vain that end a search under quotas
_PATIENCE = 20  # moves a point in vain before the selection is shaken


def compile_swaps() -> None:
    """Compile the kernels of swaps."""
    import solvers.kernels.swap_tabu  # noqa: F401


def insertion(distances: NDArray[np.float64], p: int) -> NDArray[np.intp]:
    """From the two farthest points, p - 2 times add the point with the largest sum to those chosen.

    Parameters
    ----------
    distances : ndarray, shape (n, n)
        Symmetric, zero on the diagonal.
    p : int
        How many points, 2 <= p <= n.

    Returns
    -------
    ndarray of int, shape (p,)
        In the order in which they were chosen.  O(n p) time; ties go to the lowest index.
    """
    i, j = divmod(int(distances.argmax()), len(distances))
    chosen = [i, j] if i != j else [0, 1]  # all distances may be 0
    gain = distances[chosen[0]] + distances[chosen[1]]
    gain[chosen] = -np.inf
    for _ in range(p - 2):
        point = int(gain.argmax())
        chosen.append(point)
        gain += distances[point]
        gain[point] = -np.inf
    return np.array(chosen, dtype=np.intp)


def climb_from_greedy(run: Run) -> bool:
    """Climb from the greedy selection and report it; returns whether a local optimum was reached.

    Of a start that was given and the greedy selection, the better one is taken.
    """
    if run.instance.quota:
        return _climb_under_quotas(run)
    from solvers.kernels.swaps import local_optimum

    distances = run.instance.distances
    run.report_incumbent(insertion(distances, run.instance.p))
    assert run.selected is not None
    selected, done = run.selected, False
    while not done and run.seconds_left() > 0.0:
        selected, done = local_optimum(distances, selected, _ASCENT_SLICE)
        run.report_incumbent(selected)
    return done


def _climb_under_quotas(run: Run) -> bool:
    """The same by points and swaps with which the quotas are met."""
    run.report_incumbent(insertion_allowed(run.instance))
    assert run.selected is not None
    return _climbed(run, run.selected)


def _climbed(run: Run, selected: NDArray[np.intp]) -> bool:
    """Swap from a selection for as long as that gains, and report where it ends; whether it ended."""
    swaps = Swaps(run.instance.quota, run.instance.n)
    while run.seconds_left() > 0.0:
        better = best_swap(run.instance, selected, swaps)
        if better is None:
            break
        selected = better
    run.report_incumbent(selected)
    return run.seconds_left() > 0.0


def _search_under_quotas(run: Run) -> None:
    """Shake the incumbent by swaps that keep the quotas and climb again, until that is long in vain."""
    swaps, vain = Swaps(run.instance.quota, run.instance.n), 0
    while vain < _VAIN and run.selected is not None and run.seconds_left() > 0.0:
        before, selected = run.objective, run.selected
        for leaver in run.rng.permutation(selected)[: int(run.rng.integers(2, 2 + len(selected) // 2))]:
            enterers = np.flatnonzero(swaps.allowed(selected, int(leaver)))
            if len(enterers):
                selected = np.append(selected[selected != leaver], run.rng.choice(enterers))
        _climbed(run, selected)
        vain = 0 if run.objective != before else vain + 1


def shaken(
    selected: NDArray[np.intp], n: int, share: float, rng: np.random.Generator
) -> NDArray[np.intp]:
    """The selection with a share of its members, at least one, replaced by random outsiders."""
    p = len(selected)
    count = min(max(1, round(share * p)), n - p)
    stay = rng.permutation(selected)[count:]
    enter = rng.permutation(np.setdiff1d(np.arange(n), selected))[:count]
    return np.concatenate([stay, enter]).astype(np.intp)


def search_from_incumbent(run: Run, rounds: int) -> None:
    """Tabu search from the incumbent, until more than `rounds` shakes without improvement.

    It knows no quotas; with them swaps and shakes have to do.
    """
    from solvers.kernels.swap_tabu import SwapTabu

    instance = run.instance
    if instance.quota:
        _search_under_quotas(run)
        return
    n, p = instance.n, instance.p
    if n == p or run.selected is None:
        return
    best, value = run.selected, -np.inf
    search = SwapTabu(instance.distances, best, run.limits.seed)
    vain, moves = 0, max(1, min(_TABU_SLICE // n, _PATIENCE * n))
    while vain <= rounds and run.seconds_left() > 0.0:
        search.improve(moves)
        if search.value > value * (1.0 + 1e-12):
            best, value, vain = search.best, search.value, 0
            run.report_incumbent(best)
        elif search.stalled > _PATIENCE * n:
            vain += 1
            search.restart(shaken(best, n, float(run.rng.uniform(0.1, 0.5)), run.rng))
