"""Tests of `pruning.saliency.bound`: never above the optimum, which tiny cases can be searched for."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pruning.saliency.bound import _filled, _split_off, _spread, least_left
from pruning.saliency.exchange import explained


def problems_of(seed, n, ridge=0.1):
    """Two regressions on the same n channels, of different sizes, and the sum of their squares."""
    rng = np.random.default_rng(seed)
    found = []
    whole = 0.0
    for k, m in [(2, 3), (1, 4)]:
        x = rng.normal(size=(40, n * k)) @ rng.normal(size=(n * k, n * k))
        y = x @ rng.normal(size=(n * k, m)) + rng.normal(size=(40, m))
        found.append((x.T @ x / 40 + ridge * np.eye(n * k), x.T @ y / 40))
        whole += float((y**2).sum() / 40)
    return found, whole


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    n=st.integers(1, 7),
    ridge=st.sampled_from([1e-4, 0.1, 30.0]),
    data=st.data(),
)
def test_it_is_never_above_the_optimum(seed, n, ridge, data):
    """Over all sets of the size; and it is something."""
    p = data.draw(st.integers(1, n))
    problems, whole = problems_of(seed, n, ridge)
    optimum = whole - max(explained(problems, some, n) for some in combinations(range(n), p))
    assert 0 < least_left(problems, whole, p, n) <= optimum + 1e-9 * whole


@pytest.mark.parametrize("seed", range(4))
def test_it_is_exact_for_all_blocks(seed):
    """p = n leaves no choice."""
    problems, whole = problems_of(seed, 5)
    everything = whole - explained(problems, range(5), 5)
    assert least_left(problems, whole, 5, 5) == pytest.approx(everything)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_exact_for_orthogonal_columns(seed):
    """Where blocks do not interact the best p are those that explain most, and the bound says so."""
    rng = np.random.default_rng(seed)
    cross = rng.normal(size=(6, 2))
    gains = np.sort((cross**2).sum(axis=1) / 2.0)[::-1]
    whole = float(gains.sum() + 1)
    for p in range(1, 7):
        found = least_left([(2.0 * np.eye(6), cross)], whole, p, 6)
        assert found == pytest.approx(whole - gains[:p].sum(), rel=0.1)
        assert found <= whole - gains[:p].sum() + 1e-9


@pytest.mark.parametrize("seed", range(4))
def test_more_blocks_leave_less(seed):
    """The bound falls with p, within the accuracy it is computed to."""
    problems, whole = problems_of(seed, 8)
    bounds = [least_left(problems, whole, p, 8) for p in range(1, 9)]
    assert all(after <= before * 1.001 for before, after in pairwise(bounds))


def test_dead_blocks_change_nothing():
    """Neither columns of zeros nor outputs of zeros are an error."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(30, 5))
    x[:, 2] = 0.0
    y = x @ rng.normal(size=(5, 2))
    problem = (x.T @ x + np.eye(5), x.T @ y)
    whole = float((y**2).sum())
    optimum = whole - explained([problem], [0, 1, 3, 4], 5)
    assert least_left([problem], whole, 4, 5) == pytest.approx(optimum, rel=1e-2)
    assert least_left([(x.T @ x + np.eye(5), np.zeros((5, 2)))], 1.0, 2, 5) == 1.0


@pytest.mark.parametrize("seed", range(4))
def test_what_remains_is_positive_definite(seed):
    """And the blocks split off are, too; more than the ridge, which is what could always be taken."""
    gram, _ = problems_of(seed, 6)[0][0]
    blocks = _split_off(gram, 6)
    assert np.linalg.eigvalsh(gram - _spread(blocks)).min() > 0
    assert np.linalg.eigvalsh(blocks).min() > 0
    assert np.trace(_spread(blocks)) > 12 * np.linalg.eigvalsh(gram).min()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**31), n=st.integers(1, 8), data=st.data())
def test_switches_are_filled_best(seed, n, data):
    """No small move of weight between two of them is better."""
    p = data.draw(st.integers(1, n))
    sizes = np.random.default_rng(seed).exponential(size=n) ** 3 + 1e-9
    z = _filled(sizes, p)
    assert z.sum() == pytest.approx(p)
    assert 0 < z.min() <= z.max() <= 1
    slopes = (sizes / z) ** 2
    free = z < 1 - 1e-12
    if free.any():
        assert slopes[free] == pytest.approx(slopes[free].max())
        assert slopes.min() >= slopes[free].max() * (1 - 1e-9)
