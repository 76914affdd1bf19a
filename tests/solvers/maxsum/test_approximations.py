"""The factors that are proven, on random metric instances, and the bounds that come with them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispersion import Instance, Status
from solvers import solve
from solvers.maxsum.farthest_pairs import completed, pairs_in_turn
from solvers.maxsum.matching import heaviest_matching
from solvers.run import Limits, Run, TimeUp
from solvers.sums.scaling import scaled

FACTORS = {"farthest-pairs": 0.5, "matching": 0.5, "greedy": 0.5}


def shortest_paths(seed: int, n: int) -> np.ndarray:
    """A metric that is none of points: shortest paths under random lengths."""
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.random((n, n)) ** 3, k=1)
    D = upper + upper.T
    for k in range(n):
        D = np.minimum(D, D[:, [k]] + D[[k]])
    return D


@given(
    seed=st.integers(0, 2**31 - 1),
    n=st.integers(2, 9),
    share=st.floats(0.0, 1.0),
    kind=st.sampled_from(["paths", "points", "one or two"]),
)
@settings(deadline=None, max_examples=60)
def test_factors_hold_under_a_metric(brute_force, seed, n, share, kind):
    """Metrics of points, of paths, and those of 1 and 2, which are the worst for greedy methods."""
    rng = np.random.default_rng(seed)
    p = 2 + round(share * (n - 2))
    if kind == "paths":
        instance = Instance(shortest_paths(seed, n), p)
    elif kind == "points":
        instance = Instance.from_points(rng.normal(size=(n, 2)) ** 3, p)
    else:
        upper = np.triu(rng.integers(1, 3, (n, n)).astype(float), k=1)
        instance = Instance(upper + upper.T, p)
    optimum = brute_force(instance, "max-sum")
    for name, factor in FACTORS.items():
        solution = solve(instance, name, objective="max-sum")
        assert solution.objective >= factor * optimum * (1 - 1e-12)
        if solution.bound is not None:
            assert optimum * (1 - 1e-12) <= solution.bound
            assert solution.bound <= solution.objective / factor * (1 + 1e-9)


@given(seed=st.integers(0, 2**31 - 1), n=st.integers(3, 9), share=st.floats(0.0, 1.0))
@settings(deadline=None, max_examples=60)
def test_local_optima_of_negative_type_are_within_two_by_p_plus_one(brute_force, seed, n, share):
    """(p - 1) / (p + 1) of the optimum, and the bound says so."""
    p = 2 + round(share * (n - 2))
    instance = Instance.from_points(np.random.default_rng(seed).normal(size=(n, 2)) ** 3, p)
    optimum = brute_force(instance, "max-sum")
    solution = solve(instance, "local-search", objective="max-sum")
    assert solution.objective >= optimum * (p - 1) / (p + 1) * (1 - 1e-9)
    assert optimum * (1 - 1e-12) <= solution.bound
    assert solution.bound <= solution.objective * (p + 1) / (p - 1) * (1 + 1e-6)


def test_local_search_claims_nothing_without_negative_type(uniform):
    """Neither a bound nor a factor; the selection is that of `exchange`."""
    instance = uniform(0)
    solution = solve(instance, "local-search", objective="max-sum")
    assert solution.bound is None
    assert "not of negative type" in solution.message
    assert solution.objective == solve(instance, "exchange", objective="max-sum").objective


@pytest.mark.parametrize("seed", range(30))
def test_bounds_of_pairs_hold_for_any_matrix(seed, uniform, brute_force):
    """They need no triangle inequality."""
    instance = uniform(seed, n=9, p=2 + seed % 8)
    for name in ("farthest-pairs", "matching"):
        assert solve(instance, name, objective="max-sum").bound >= brute_force(instance, "max-sum")


def test_farthest_pairs_are_what_a_plain_loop_finds(uniform):
    """One after the other, the longest of what is left."""
    D = np.array(uniform(3, n=15).distances)
    left, expected = D.copy(), []
    for _ in range(7):
        i, j = divmod(int(left.argmax()), 15)
        expected.append({i, j})
        left[[i, j]] = left[:, [i, j]] = -1.0
    assert [set(pair) for pair in pairs_in_turn(D, 7)] == expected


def test_an_odd_point_is_the_best_one(uniform):
    """Added to the pairs, it gains as much as any."""
    D = np.array(uniform(4, n=9).distances)
    pairs = pairs_in_turn(D, 2)
    chosen = completed(D, pairs, 5)
    others = set(range(9)) - set(chosen[:4].tolist())
    assert D[chosen[4], chosen[:4]].sum() == max(D[v, chosen[:4]].sum() for v in others)


def test_pairs_stop_with_a_selection_and_no_claim(uniform, monkeypatch):
    """Asked before each pair; what is missing is added one by one."""
    D = np.array(uniform(3, n=15).distances)
    asked = iter([False, False, True])
    pairs = pairs_in_turn(D, 7, lambda: next(asked))
    assert pairs == pairs_in_turn(D, 2)
    assert len(set(completed(D, pairs, 9).tolist())) == 9
    monkeypatch.setattr(Run, "seconds_left", lambda _: 0.0)
    solution = solve(uniform(3, n=15), "farthest-pairs", objective="max-sum")
    assert solution.selected is not None
    assert solution.bound is None
    assert "no bound, and no factor" in solution.message


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_matching_is_the_heaviest(count, uniform):
    """Against all matchings of that many pairs."""
    instance = uniform(count, n=8, p=2)
    steps, _ = scaled(instance)
    pairs, weight = heaviest_matching(Run(instance, Limits(), "max-sum"), steps, count)
    assert len({point for pair in pairs for point in pair}) == 2 * count

    def best(free: tuple[int, ...], left: int) -> int:
        if left == 0:
            return 0
        if len(free) < 2 * left:
            return -(10**18)
        first, rest = free[0], free[1:]
        joined = (int(steps[first, v]) + best(tuple(w for w in rest if w != v), left - 1) for v in rest)
        return max(best(rest, left), *joined)

    assert weight == best(tuple(range(8)), count)


def test_the_matching_looks_at_the_clock(uniform):
    """networkx does not, so its graph does; what the pairs gave stands."""
    instance = uniform(0, n=120, p=60)
    run = Run(instance, Limits(seconds=0.05), "max-sum")
    with pytest.raises(TimeUp):
        heaviest_matching(run, scaled(instance)[0], 30)
    solution = solve(instance, "matching", objective="max-sum", time_limit=0.2)
    assert solution.status is Status.TIME_LIMIT
    assert solution.selected is not None
    assert solution.bound is not None
