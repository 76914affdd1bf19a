"""Tests of the swap kernels: against plain loops, and against what they promise."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import Instance
from solvers.kernels.swap_tabu import SwapTabu
from solvers.kernels.swaps import climb, local_optimum, members_first


def value_of(distances: np.ndarray, selected: np.ndarray) -> float:
    """The sum over the chosen pairs."""
    return float(distances[np.ix_(selected, selected)].sum() / 2)


def best_swap(distances: np.ndarray, selected: list[int]) -> tuple[float, list[int]]:
    """The value and the selection after the best of all swaps, by trying them."""
    outside = sorted(set(range(len(distances))) - set(selected))
    swaps = [sorted({*selected} - {u} | {v}) for u in selected for v in outside]
    return max((value_of(distances, np.array(each)), each) for each in swaps)


def matrix(seed: int, n: int = 14) -> np.ndarray:
    """Uniform distances, or those of points in the plane."""
    rng = np.random.default_rng(seed)
    if seed % 2:
        return np.array(Instance.from_points(rng.random((n, 2)), 2).distances)
    upper = np.triu(rng.random((n, n)), k=1)
    return upper + upper.T


@pytest.mark.parametrize("seed", range(20))
def test_a_swap_is_the_best_of_all(seed):
    """The constrained neighbourhood loses nothing."""
    distances = matrix(seed)
    start = np.random.default_rng(seed).choice(14, size=2 + seed % 9, replace=False)
    best, _ = best_swap(distances, start.tolist())
    order = members_first(14, start)
    made = climb(distances, order, len(start), float(distances.max()), 1)
    reached = value_of(distances, order[: len(start)])
    if made:
        assert reached == pytest.approx(best)
    else:
        assert reached >= best - 1e-12
    assert sorted(order.tolist()) == list(range(14))


@pytest.mark.parametrize("seed", range(10))
def test_a_local_optimum_is_one(seed):
    """No swap gains, and it is said that the search ended."""
    distances = matrix(seed)
    selected, done = local_optimum(distances, np.arange(5))
    assert done
    assert len(set(selected.tolist())) == 5
    assert value_of(distances, selected) >= best_swap(distances, selected.tolist())[0] - 1e-12


def test_slices_change_nothing():
    """One swap at a time ends where all at once end; so do the moves of a tabu search."""
    distances = matrix(0, n=40)
    at_once, _ = local_optimum(distances, np.arange(12))
    selected, done = np.arange(12), False
    while not done:
        selected, done = local_optimum(distances, selected, 1)
    assert selected.tolist() == at_once.tolist()
    whole, sliced = (SwapTabu(distances, np.arange(12), 5) for _ in range(2))
    whole.improve(300)
    for _ in range(30):
        sliced.improve(10)
    assert (whole.value, whole.best.tolist()) == (sliced.value, sliced.best.tolist())


def test_nothing_to_swap():
    """All points chosen: no move is possible, and none is made."""
    distances = matrix(1, n=6)
    selected, done = local_optimum(distances, np.arange(6))
    assert (selected.tolist(), done) == ([0, 1, 2, 3, 4, 5], True)
    search = SwapTabu(distances, np.arange(6), 0)
    search.improve(50)
    assert search.value == pytest.approx(distances.sum() / 2)
