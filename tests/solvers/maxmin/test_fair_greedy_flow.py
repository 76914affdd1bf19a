"""Fair-Greedy-Flow: its factor under a metric, and its bound under none."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from dispersion import Instance
from dispersion.errors import NotApplicableError
from solvers import solve
from solvers.maxmin.fair_greedy_flow import clusters


def asked(seed: int, metric: bool) -> Instance:
    """Nine points of up to three groups with quotas that can be met."""
    rng = np.random.default_rng(seed)
    groups = [*"aabb", *rng.choice([*"abc"], size=5).tolist()]
    quota = {"a": (1, 2), "b": (1, 3)} if seed % 2 else {"a": 2, "b": (0, 1), "c": (0, 4)}
    quota = {name: some for name, some in quota.items() if name in groups}
    if metric:
        return Instance.from_points(rng.random((9, 2)), 4, groups=groups, quota=quota)
    upper = np.triu(rng.integers(1, 30, size=(9, 9)).astype(float), k=1)
    return Instance(upper + upper.T, 4, groups=groups, quota=quota)


def optimum(instance: Instance) -> float | None:
    """Of all selections that meet the quotas; `None` if there are none."""
    values = [
        instance.distances[np.ix_(chosen, chosen)][np.triu_indices(4, k=1)].min()
        for chosen in itertools.combinations(range(instance.n), 4)
        if all(quota.met(np.array(chosen)) for quota in instance.quota)
    ]
    return max(values, default=None)


@pytest.mark.parametrize("metric", [True, False])
def test_bound_and_factor(metric: bool) -> None:
    """No bound is below the optimum; under a metric it is the factor times the value at most."""
    told = 0
    for seed in range(80):
        instance = asked(seed, metric)
        best = optimum(instance)
        if best is None:
            continue
        answer = solve(instance, "fair-greedy-flow")
        assert answer.objective is not None
        assert answer.bound is not None
        assert answer.objective <= best <= answer.bound, seed
        if metric:
            factor = len({*instance.quota}) + 2  # the groups, the points of none, and one
            assert answer.bound <= factor * answer.objective * (1.0 + 1e-6), seed
        told += answer.bound < instance.distances.max()
    assert told > 10


def test_clusters_by_hand() -> None:
    """Points on a line, two colours in turn, nearer than 1.5 to the next but for a gap."""
    places = np.array([0.0, 1.0, 2.0, 9.0, 10.0])
    distances = np.abs(np.subtract.outer(places, places))
    first, second = clusters(distances, np.array([0, 1, 0, 1, 1]), 1.5)
    assert first.members == {0: 0, 1: 1}
    assert first.around.tolist() == [0, 1, 2]  # 2 is near 1, and of a colour that is there
    assert (second.members, second.around.tolist()) == ({1: 3}, [3, 4])


def test_groups_that_share_points_are_refused() -> None:
    """With who takes them."""
    instance = Instance.from_points(
        np.eye(4), 2, groups={"a": [0, 1], "b": [1, 2]}, quota={"a": 1, "b": 1}
    )
    with pytest.raises(NotApplicableError, match="share no point; use 'greedy', or an exact solver"):
        solve(instance, "fair-greedy-flow")
