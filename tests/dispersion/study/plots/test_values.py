"""How far values are from the best known, instance by instance."""

from collections.abc import Callable

from matplotlib.axes import Axes

from dispersion.study.plots.values import values_by_instance
from dispersion.study.rows import SolveRow

SolveRows = Callable[..., SolveRow]
Png = Callable[[Axes], tuple[int, int]]


def cells(ax: Axes) -> dict[tuple[int, int], str]:
    """Text by column and line."""
    return {tuple(map(int, text.get_position())): text.get_text() for text in ax.texts}


def shades(ax: Axes) -> dict[tuple[int, int], str]:
    """The class of every cell that has a shade."""
    return {
        (round(bar.get_x() + bar.get_width() / 2), round(bar.get_y() + bar.get_height() / 2)): label
        for bars, label in zip(*ax.get_legend_handles_labels(), strict=True)
        for bar in bars
    }


def test_per_cent_below_the_best_known(solve_row: SolveRows, png: Png) -> None:
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
    lines = [tick.get_text() for tick in ax.get_yticklabels()]
    assert lines == ["r", "a", "mean of 100 random"]  # the mean of 62.5 and 0, that of 0 and nothing
    found = cells(ax)
    assert [found[k, 0] for k in range(4)] == ["62", "-", "-", "0"]
    assert [found[k, 1] for k in range(4)] == ["0", "-", "-", "-"]
    assert [found[k, 2] for k in range(4)] == ["75", "-", "-", "25"]
    assert shades(ax) == dict.fromkeys([(0, 0), (0, 2), (3, 2)], "10 to 100 %")
    labels = [tick.get_text() for tick in ax.get_xticklabels()]
    assert labels == ["x", "none", "zero", "y"]
    png(ax)


def test_shades_are_classes(solve_row: SolveRows) -> None:
    """A cell at the best has none; the best solver is the first line."""
    below = {"d": 0.5, "a": 0.0, "c": 0.005, "b": 0.0005, "e": 0.05}
    usual = {"random_mean": 0.0, "instance": "x"}
    rows = [solve_row(solver=name, objective=1 - gap, **usual) for name, gap in below.items()]
    ax = values_by_instance(rows)
    names = ["a", "b", "c", "e", "d"]
    assert [tick.get_text() for tick in ax.get_yticklabels()][:5] == names
    assert [shades(ax).get((0, k)) for k in range(5)] == [
        None,
        *("at most 0.1 %", "0.1 to 1 %", "1 to 10 %", "10 to 100 %"),
    ]
    assert [cells(ax)[0, k] for k in range(5)] == ["0", "<0.1", "0.5", "5.0", "50"]


def test_equal_names_are_told_apart_by_p(solve_row: SolveRows, png: Png) -> None:
    """An instance with several p has several columns; no rows are no error."""
    ax = values_by_instance([solve_row(p=4, keep=None), solve_row(p=8, keep=None)])
    labels = [tick.get_text() for tick in ax.get_xticklabels()]
    assert labels == ["features.0, p = 4", "features.0, p = 8"]
    png(values_by_instance([]))


def test_very_many_names_are_not_written(solve_row: SolveRows) -> None:
    """Hundreds of instances keep their columns; the axis says what they are."""
    rows = [solve_row(instance=f"i{k}") for k in range(81)]
    ax = values_by_instance([*rows, solve_row(instance="i5", solver="silent", objective=None)])
    assert "i7" not in [tick.get_text() for tick in ax.get_xticklabels()]
    assert "in the order of the table" in ax.get_xlabel()
    assert set(cells(ax).values()) == {"-"}  # what is missing is seen where numbers have no room
    assert len(cells(ax)) == 81
