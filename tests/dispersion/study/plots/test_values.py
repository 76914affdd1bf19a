"""Values instance by instance, as shares of the best known."""

from collections.abc import Callable

import pytest
from matplotlib.axes import Axes

from dispersion.study.plots.values import values_by_instance
from dispersion.study.rows import SolveRow

SolveRows = Callable[..., SolveRow]
Drawn = Callable[[Axes], dict[str, list[tuple[float, float]]]]
Png = Callable[[Axes], tuple[int, int]]


def test_shares_of_the_best_known(solve_row: SolveRows, drawn: Drawn, png: Png) -> None:
    """A column an instance, in order; seeds at their mean; without a best above 0 it is empty."""
    rows = [
        solve_row(instance="x", solver="a", objective=4.0, random_mean=1.0),
        solve_row(instance="x", solver="r", seed=0, objective=1.0),
        solve_row(instance="x", solver="r", seed=1, objective=2.0),
        solve_row(instance="none", solver="a", objective=None),
        solve_row(instance="zero", solver="a", objective=0.0),
        solve_row(instance="y", solver="r", objective=2.0, random_mean=1.5),
    ]
    ax = values_by_instance(rows)
    found = drawn(ax)
    assert found["a"] == [(0, 100)]
    assert found["r"] == [(0, 37.5), (3, 100)]
    assert found["mean of 100 random"] == [(0, pytest.approx(25)), (3, pytest.approx(75))]
    labels = [tick.get_text() for tick in ax.get_xticklabels()]
    assert labels == ["x", "none", "zero", "y"]
    png(ax)


def test_equal_names_are_told_apart_by_p(solve_row: SolveRows, png: Png) -> None:
    """An instance with several p has several columns; no rows are no error."""
    ax = values_by_instance([solve_row(p=4, keep=None), solve_row(p=8, keep=None)])
    labels = [tick.get_text() for tick in ax.get_xticklabels()]
    assert labels == ["features.0, p = 4", "features.0, p = 8"]
    png(values_by_instance([]))


def test_very_many_names_are_not_written(solve_row: SolveRows) -> None:
    """Hundreds of instances keep their columns; the axis says what they are."""
    ax = values_by_instance([solve_row(instance=f"i{k}") for k in range(81)])
    assert "i7" not in [tick.get_text() for tick in ax.get_xticklabels()]
    assert "in the order of the table" in ax.get_xlabel()
