"""Ridge regression, plain and blind below zero, against normal equations and gradient descent."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from dispersion.errors import InputError
from pruning.repair.ridge import _COLUMNS, _ROWS, Fit, Ridge

Floats = NDArray[np.float64]


def samples(rows: int, columns: int, outputs: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Draw columns and targets that depend on them, on one another and on chance."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns)) @ rng.normal(size=(columns, columns)) + rng.normal(
        size=columns
    )
    y = x @ rng.normal(size=(columns, outputs)) + rng.normal(size=(rows, outputs)) - 1
    return torch.from_numpy(x), torch.from_numpy(y)


def penalty(x: Floats, ridge: float, intercept: bool) -> float:
    """Weigh the squared weights as `Ridge` says it does."""
    centred = x - x.mean(0) * intercept
    return float(ridge * (centred**2).sum(0).mean())


def objective(fit: Fit, x: Tensor, y: Tensor, ridge: float, intercept: bool) -> float:
    """What the rectified fit minimises."""
    squares = float(fit.weight.square().sum())
    return fit.loss(x, y, rectified=True) + penalty(x.numpy(), ridge, intercept) * squares


def descended(x: Floats, y: Floats, ridge: float, intercept: bool) -> Floats:
    """Minimise the same by plain gradient descent: weights with the intercept as the last row."""
    ones = np.hstack([x, np.ones((len(x), 1)) * intercept])
    penalties = np.full((ones.shape[1], 1), penalty(x, ridge, intercept))
    penalties[-1] = 0
    step = 0.5 / (np.linalg.norm(ones, 2) ** 2 + penalties[0, 0])
    weight = np.zeros((ones.shape[1], y.shape[1]))
    for _ in range(30_000):
        found = ones @ weight
        off = np.where(y > 0, found - y, np.maximum(found, 0))
        weight -= step * 2 * (ones.T @ off + penalties * weight)
    return weight


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize(("rows", "columns"), [(50, 4), (6, 20), (1, 3)])
def test_ridge_is_an_extended_least_squares_problem(rows: int, columns: int, intercept: bool) -> None:
    """Least squares with a row for each penalty finds the same, from many rows and from few."""
    x, y = samples(rows, columns, 3)
    fit = Ridge(x, 0.1, intercept).fit(y)
    root = np.sqrt(penalty(x.numpy(), 0.1, intercept) or 1.0)
    above = np.hstack([x, np.ones((rows, 1)) * intercept])
    below = np.hstack([root * np.eye(columns), np.zeros((columns, 1))])
    expected = np.linalg.lstsq(np.vstack([above, below]), np.vstack([y, np.zeros((columns, 3))]))[0]
    np.testing.assert_allclose(fit.weight, expected[:-1], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(fit.intercept, expected[-1], rtol=1e-9, atol=1e-12)


def test_a_small_ridge_recovers_a_linear_map() -> None:
    """Targets that are linear in the columns are met."""
    x, _ = samples(60, 5, 2)
    weight, shift = torch.randn(5, 2, dtype=x.dtype), torch.randn(2, dtype=x.dtype)
    fit = Ridge(x, 1e-12).fit(x @ weight + shift)
    torch.testing.assert_close(fit.weight, weight)
    torch.testing.assert_close(fit.intercept, shift)
    torch.testing.assert_close(fit(x), x @ weight + shift)


def test_constant_columns_get_no_weight() -> None:
    """What never changes is left to the intercept, even where no column changes."""
    x, y = samples(40, 3, 2)
    more = torch.cat([x[:, :1], torch.full_like(x[:, :1], 7), torch.zeros_like(x[:, :1])], dim=1)
    fit = Ridge(more, 0.1).fit(y)
    assert fit.weight[1:].abs().max() == 0
    assert fit.weight[0].abs().min() > 0
    still = Ridge(torch.full_like(x, 3), 0.1).fit(y)
    assert still.weight.abs().max() == 0
    torch.testing.assert_close(still.intercept, y.mean(0))


def test_dead_columns_without_intercept() -> None:
    """Columns of zeros get no weight."""
    fit = Ridge(torch.zeros(5, 3), 0.1, intercept=False).fit(torch.ones(5, 2))
    assert fit.weight.abs().max() == 0
    assert fit.intercept.abs().max() == 0


def test_single_floats_are_close_to_double_ones() -> None:
    """Fits of float32 are float32, and as good as their input."""
    x, y = samples(500, 8, 3)
    fit, precise = Ridge(x.float(), 1e-2).fit(y.float()), Ridge(x, 1e-2).fit(y)
    assert fit.weight.dtype == fit.intercept.dtype == torch.float32
    torch.testing.assert_close(fit.weight.double(), precise.weight, rtol=1e-4, atol=1e-4)


def test_loss_by_hand() -> None:
    """Above zero every difference counts, below only what is let through."""
    fit = Fit(torch.tensor([[1.0]]), torch.tensor([0.5]))
    x = torch.tensor([[0.5], [-2.0], [1.5], [-4.5]])
    y = torch.tensor([[3.0], [2.0], [-1.0], [-9.0]])
    assert fit(x).flatten().tolist() == [1.0, -1.5, 2.0, -4.0]
    assert fit.loss(x, y) == 2.0**2 + 3.5**2 + 3.0**2 + 5.0**2
    assert fit.loss(x, y, rectified=True) == 2.0**2 + 3.5**2 + 2.0**2


@pytest.mark.parametrize("intercept", [True, False])
def test_one_round_is_the_plain_fit(intercept: bool) -> None:
    """The first round of a rectified fit takes all targets as they are."""
    x, y = samples(30, 4, 3)
    ridge = Ridge(x, 0.1, intercept)
    plain, rectified = ridge.fit(y), ridge.fit_rectified(y, 1)
    assert torch.equal(plain.weight, rectified.weight)
    assert torch.equal(plain.intercept, rectified.intercept)


@given(
    seed=st.integers(0, 2**16),
    rows=st.integers(2, 30),
    columns=st.integers(1, 8),
    ridge=st.sampled_from([1e-6, 1e-3, 0.1, 1.0]),
    intercept=st.booleans(),
)
def test_rounds_never_lose(seed: int, rows: int, columns: int, ridge: float, intercept: bool) -> None:
    """Loss and penalty together are never larger after another round."""
    x, y = samples(rows, columns, 2, seed)
    system = Ridge(x, ridge, intercept)
    found = [
        objective(system.fit_rectified(y, rounds), x, y, ridge, intercept) for rounds in range(1, 8)
    ]
    for before, after in pairwise(found):
        assert after <= before * (1 + 1e-9) + 1e-9


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("joined", [True, False])
@pytest.mark.parametrize("overwrite", [True, False])
@pytest.mark.parametrize(("rows", "columns"), [(2 * _ROWS + 7, 3), (300, _COLUMNS + 9), (40, 5)])
def test_a_round_is_a_plain_fit_of_the_outputs_before(
    rows: int, columns: int, overwrite: bool, joined: bool, intercept: bool
) -> None:
    """Below zero every round takes the outputs so far, where they are negative, for the targets."""
    x, y = samples(rows, columns, 3)
    added = samples(rows, 3, 3, seed=1)[1] / 3 if joined else torch.zeros_like(y)
    plain = Ridge(x, 0.1, intercept)
    expected = plain.fit(y - added)
    for _ in range(3):
        outputs = (expected(x) + added).clamp(max=0)
        expected = plain.fit(torch.where(y > 0, y, outputs) - added)
    kept = y.clone(), added.clone()
    ridge = Ridge(x.clone(), 0.1, intercept, overwrite=overwrite)
    found = ridge.fit_rectified(y, 4, added if joined else 0.0)
    torch.testing.assert_close(found.weight, expected.weight, rtol=1e-8, atol=1e-10)
    torch.testing.assert_close(found.intercept, expected.intercept, rtol=1e-8, atol=1e-10)
    assert torch.equal(y, kept[0])
    assert torch.equal(added, kept[1])


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("columns", [5, _COLUMNS, 2 * _COLUMNS + 3])
def test_wide_samples_give_what_normal_equations_do(columns: int, intercept: bool) -> None:
    """Products made a block of columns at a time are those made at once."""
    x, y = samples(2 * columns, columns, 2)
    shift = (x.mean(0), y.mean(0)) if intercept else (0.0, 0.0)
    a, b = (x - shift[0]).numpy(), (y - shift[1]).numpy()
    weight = np.linalg.solve(a.T @ a + penalty(x.numpy(), 0.1, intercept) * np.eye(columns), a.T @ b)
    np.testing.assert_allclose(Ridge(x, 0.1, intercept).fit(y).weight, weight, rtol=1e-7, atol=1e-9)


def test_losses_of_many_rows_are_added_up() -> None:
    """Rows taken a part at a time, with what joins them."""
    x, y = samples(2 * _ROWS + 5, 4, 3)
    fit, added = Ridge(x, 0.1).fit(y), y.flip(0) / 3
    off = y - (fit(x) + added)
    assert fit.loss(x, y, added=added) == pytest.approx(float(off.square().sum()))
    let_through = torch.where(y > 0, off, (fit(x) + added).clamp(min=0))
    assert fit.loss(x, y, True, added) == pytest.approx(float(let_through.square().sum()))


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize(("rows", "columns"), [(60, 4), (5, 7)])
def test_many_rounds_end_where_gradient_descent_does(rows: int, columns: int, intercept: bool) -> None:
    """The loss is convex with one minimum, which an independent slow method finds too."""
    x, y = samples(rows, columns, 2)
    y[0] = 1  # where nothing is positive, every intercept that is low enough is a minimum
    fit = Ridge(x, 0.05, intercept).fit_rectified(y, 3_000)
    expected = descended(x.numpy(), y.numpy(), 0.05, intercept)
    np.testing.assert_allclose(fit.weight, expected[:-1], atol=1e-6)
    np.testing.assert_allclose(fit.intercept, expected[-1] * intercept, atol=1e-6)


def test_what_a_relu_hides_is_no_matter() -> None:
    """Targets that are linear where they are positive are met there, whatever they are elsewhere."""
    x, _ = samples(400, 6, 3)
    x = x / x.std(0)
    weight, shift = torch.randn(6, 3, dtype=x.dtype), torch.zeros(3, dtype=x.dtype)
    linear = x @ weight + shift
    hidden = torch.where(linear > 0, linear, -3.0)
    ridge = Ridge(x, 1e-12)
    assert ridge.fit(hidden).loss(x, hidden, rectified=True) > 1
    fit = ridge.fit_rectified(hidden, 5_000)
    torch.testing.assert_close(fit(x).relu(), linear.relu(), rtol=0, atol=1e-5)


def test_a_ridge_too_small_for_the_numbers_is_told() -> None:
    """Where more columns than rows and next to no ridge leave nothing to solve, it is said."""
    x = torch.rand(10, 200, generator=torch.Generator().manual_seed(0))
    with pytest.raises(InputError, match=r"200 columns.*10 rows.*ridge.*1e-09"):
        Ridge(x, 1e-9)


def test_rounding_alone_does_not_refuse_a_ridge() -> None:
    """Where single floats make products that no samples have, long ones are taken."""
    noise = torch.randn(60, 300, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    x = (noise[:, :1] + 0.1 * noise).float()
    centred, ridge = x - x.mean(0), 2e-7
    gram = (centred.T @ centred).double()
    assert torch.linalg.eigvalsh(gram)[0] < -ridge * gram.diagonal().mean()
    y = noise[:, :2].float()
    fit, precise = Ridge(x, ridge).fit(y), Ridge(x.double(), ridge).fit(y.double())
    torch.testing.assert_close(fit(x).double(), precise(x.double()), rtol=0, atol=1e-3)


def test_columns_that_are_not_finite_are_told() -> None:
    """One value that is no number is enough."""
    x = torch.rand(10, 3)
    x[4, 1] = float("nan")
    with pytest.raises(InputError, match="not finite"):
        Ridge(x, 0.1)
