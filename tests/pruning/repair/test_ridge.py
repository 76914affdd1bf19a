"""Ridge regression against normal equations."""

import numpy as np
import pytest
import torch

from dispersion.errors import InputError
from pruning.repair.ridge import Fit, Ridge
from pruning.repair.rows import _COLUMNS, _PART, Rows
from tests.pruning.repair.random_samples import penalty, samples


@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize(("rows", "columns"), [(50, 4), (6, 20), (1, 3)])
def test_ridge_is_an_extended_least_squares_problem(rows: int, columns: int, intercept: bool) -> None:
    """Least squares with a row for each penalty finds the same, from many rows and from few."""
    x, y = samples(rows, columns, 3)
    fit = Ridge(Rows(x, centred=intercept), 0.1).fit(y)
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
    fit = Ridge(Rows(x), 1e-12).fit(x @ weight + shift)
    torch.testing.assert_close(fit.weight, weight)
    torch.testing.assert_close(fit.intercept, shift)
    torch.testing.assert_close(fit(x), x @ weight + shift)


def test_constant_columns_get_no_weight() -> None:
    """What never changes is left to the intercept, even where no column changes."""
    x, y = samples(40, 3, 2)
    more = torch.cat([x[:, :1], torch.full_like(x[:, :1], 7), torch.zeros_like(x[:, :1])], dim=1)
    fit = Ridge(Rows(more), 0.1).fit(y)
    assert fit.weight[1:].abs().max() == 0
    assert fit.weight[0].abs().min() > 0
    still = Ridge(Rows(torch.full_like(x, 3)), 0.1).fit(y)
    assert still.weight.abs().max() == 0
    torch.testing.assert_close(still.intercept, y.mean(0))


def test_dead_columns_without_intercept() -> None:
    """Columns of zeros get no weight."""
    fit = Ridge(Rows(torch.zeros(5, 3), centred=False), 0.1).fit(torch.ones(5, 2))
    assert fit.weight.abs().max() == 0
    assert fit.intercept.abs().max() == 0


def test_single_floats_are_close_to_double_ones() -> None:
    """Fits of float32 are float32, and as good as their input."""
    x, y = samples(500, 8, 3)
    fit, precise = Ridge(Rows(x.float()), 1e-2).fit(y.float()), Ridge(Rows(x), 1e-2).fit(y)
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
@pytest.mark.parametrize("columns", [5, _COLUMNS, 2 * _COLUMNS + 3])
def test_wide_samples_give_what_normal_equations_do(columns: int, intercept: bool) -> None:
    """Products made a block of columns at a time are those made at once."""
    x, y = samples(2 * columns, columns, 2)
    shift = (x.mean(0), y.mean(0)) if intercept else (0.0, 0.0)
    a, b = (x - shift[0]).numpy(), (y - shift[1]).numpy()
    weight = np.linalg.solve(a.T @ a + penalty(x.numpy(), 0.1, intercept) * np.eye(columns), a.T @ b)
    np.testing.assert_allclose(
        Ridge(Rows(x, centred=intercept), 0.1).fit(y).weight, weight, rtol=1e-7, atol=1e-9
    )


def test_losses_of_many_rows_are_added_up() -> None:
    """Rows taken a part at a time, with what joins them."""
    x, y = samples(2 * _PART + 5, 4, 3)
    fit, added = Ridge(Rows(x), 0.1).fit(y), y.flip(0) / 3
    off = y - (fit(x) + added)
    assert fit.loss(x, y, added=added) == pytest.approx(float(off.square().sum()))
    let_through = torch.where(y > 0, off, (fit(x) + added).clamp(min=0))
    assert fit.loss(x, y, True, added) == pytest.approx(float(let_through.square().sum()))


def test_a_ridge_too_small_for_the_numbers_is_told() -> None:
    """Where more columns than rows and next to no ridge leave nothing to solve, it is said."""
    x = torch.rand(10, 200, generator=torch.Generator().manual_seed(0))
    with pytest.raises(InputError, match=r"200 columns.*10 rows.*ridge.*1e-09"):
        Ridge(Rows(x), 1e-9)


def test_rounding_alone_does_not_refuse_a_ridge() -> None:
    """Where single floats make products that no samples have, long ones are taken."""
    noise = torch.randn(60, 300, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    x = (noise[:, :1] + 0.1 * noise).float()
    centred, ridge = x - x.mean(0), 2e-7
    gram = (centred.T @ centred).double()
    assert torch.linalg.eigvalsh(gram)[0] < -ridge * gram.diagonal().mean()
    y = noise[:, :2].float()
    fit, precise = Ridge(Rows(x), ridge).fit(y), Ridge(Rows(x.double()), ridge).fit(y.double())
    torch.testing.assert_close(fit(x).double(), precise(x.double()), rtol=0, atol=1e-3)


def test_columns_that_are_not_finite_are_told() -> None:
    """One value that is no number is enough."""
    x = torch.rand(10, 3)
    x[4, 1] = float("nan")
    with pytest.raises(InputError, match="not finite"):
        Ridge(Rows(x), 0.1)
