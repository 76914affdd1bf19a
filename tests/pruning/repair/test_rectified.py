"""Fits that are blind below zero, against gradient descent."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from pruning.repair.rectified import fit_rectified
from pruning.repair.ridge import Fit, Ridge
from pruning.repair.rows import Rows
from tests.pruning.repair.random_samples import Floats, penalty, samples


def objective(
    fit: Fit, x: Tensor, y: Tensor, ridge: float, intercept: bool, added: Tensor | float = 0.0
) -> float:
    """What the rectified fit minimises."""
    squares = float(fit.weight.square().sum())
    return fit.loss(x, y, True, added) + penalty(x.numpy(), ridge, intercept) * squares


def descended(x: Floats, y: Floats, added: Floats, ridge: float, intercept: bool) -> Floats:
    """Minimise the same by plain gradient descent: weights with the intercept as the last row."""
    ones = np.hstack([x, np.ones((len(x), 1)) * intercept])
    penalties = np.full((ones.shape[1], 1), penalty(x, ridge, intercept))
    penalties[-1] = 0
    step = 0.5 / (np.linalg.norm(ones, 2) ** 2 + penalties[0, 0])
    weight = np.zeros((ones.shape[1], y.shape[1]))
    for _ in range(30_000):
        found = ones @ weight + added
        off = np.where(y > 0, found - y, np.maximum(found, 0))
        weight -= step * 2 * (ones.T @ off + penalties * weight)
    return weight


@pytest.mark.parametrize("intercept", [True, False])
def test_one_round_is_the_plain_fit(intercept: bool) -> None:
    """The first round of a rectified fit takes all targets as they are."""
    x, y = samples(30, 4, 3)
    ridge = Ridge(Rows(x, centred=intercept), 0.1)
    plain, rectified = ridge.fit(y), fit_rectified(ridge, y, 1)
    assert torch.equal(plain.weight, rectified.weight)
    assert torch.equal(plain.intercept, rectified.intercept)


@given(
    seed=st.integers(0, 2**16),
    rows=st.integers(2, 30),
    columns=st.integers(1, 8),
    ridge=st.sampled_from([1e-6, 1e-3, 0.1, 1.0]),
    intercept=st.booleans(),
    joined=st.booleans(),
)
def test_rounds_never_lose(
    seed: int, rows: int, columns: int, ridge: float, intercept: bool, joined: bool
) -> None:
    """Loss and penalty together are never larger after another round."""
    x, y = samples(rows, columns, 2, seed)
    added = samples(rows, 2, 2, seed + 1)[1] * joined
    system = Ridge(Rows(x, centred=intercept), ridge)
    found = [
        objective(fit_rectified(system, y, rounds, added), x, y, ridge, intercept, added)
        for rounds in range(1, 8)
    ]
    for before, after in pairwise(found):
        assert after <= before * (1 + 1e-9) + 1e-9


@pytest.mark.parametrize("joined", [True, False])
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize(("rows", "columns"), [(60, 4), (5, 7)])
def test_rounds_end_where_gradient_descent_does(
    rows: int, columns: int, intercept: bool, joined: bool
) -> None:
    """The loss is convex with one minimum, which an independent slow method finds too."""
    x, y = samples(rows, columns, 2)
    y[0] = 1  # where nothing is positive, every intercept that is low enough is a minimum
    added = samples(rows, 2, 2, seed=1)[1] / 3 * joined
    fit = fit_rectified(Ridge(Rows(x, centred=intercept), 0.05), y, 1_000, added)
    expected = descended(x.numpy(), y.numpy(), added.numpy(), 0.05, intercept)
    np.testing.assert_allclose(fit.weight, expected[:-1], atol=1e-6)
    np.testing.assert_allclose(fit.intercept, expected[-1] * intercept, atol=1e-6)


def test_a_best_step_is_worth_several_plain_refits() -> None:
    """Refitting to the targets and, below zero, to the outputs so far also gets there, slowly."""
    x, y = samples(400, 30, 5)
    ridge = Ridge(Rows(x), 0.01)
    slow = ridge.fit(y)
    for _ in range(4):
        slow = ridge.fit(torch.where(y > 0, y, slow(x).clamp(max=0)))
    fast = fit_rectified(ridge, y, 3)
    assert objective(fast, x, y, 0.01, True) < objective(slow, x, y, 0.01, True)


def test_targets_are_not_changed() -> None:
    """Nor what is added to the outputs."""
    x, y = samples(100, 5, 3)
    added = samples(100, 3, 3, seed=1)[1]
    kept = y.clone(), added.clone()
    fit_rectified(Ridge(Rows(x), 0.1), y, 4, added)
    assert torch.equal(y, kept[0])
    assert torch.equal(added, kept[1])


def test_single_floats_are_close_to_double_ones() -> None:
    """Fits of float32 are float32, and off by what their rounding explains."""
    x, y = samples(500, 8, 3)
    found = fit_rectified(Ridge(Rows(x.float()), 1e-2), y.float(), 3)
    precise = fit_rectified(Ridge(Rows(x), 1e-2), y, 3)
    assert found.weight.dtype == found.intercept.dtype == torch.float32
    torch.testing.assert_close(found.weight.double(), precise.weight, rtol=1e-3, atol=1e-3)


def test_nothing_left_to_win() -> None:
    """Targets that are met, columns that never change, and targets that a ReLU hides whole."""
    x, _ = samples(20, 3, 2)
    for still in (torch.zeros(20, 3), torch.full((20, 3), 2.0)):
        fit = fit_rectified(Ridge(Rows(still), 0.1), torch.ones(20, 2), 5)
        assert fit.weight.abs().max() == 0
        torch.testing.assert_close(fit.intercept, torch.ones(2))
    hidden = fit_rectified(Ridge(Rows(x), 0.1), torch.full((20, 2), -50.0, dtype=x.dtype), 5)
    assert hidden(x).max() <= 0


def test_what_a_relu_hides_is_no_matter() -> None:
    """Targets that are linear where they are positive are met there, whatever they are elsewhere."""
    x, _ = samples(400, 6, 3)
    x = x / x.std(0)
    weight, shift = torch.randn(6, 3, dtype=x.dtype), torch.zeros(3, dtype=x.dtype)
    linear = x @ weight + shift
    hidden = torch.where(linear > 0, linear, -3.0)
    ridge = Ridge(Rows(x), 1e-12)
    assert ridge.fit(hidden).loss(x, hidden, rectified=True) > 1
    fit = fit_rectified(ridge, hidden, 300)
    torch.testing.assert_close(fit(x).relu(), linear.relu(), rtol=0, atol=1e-5)
