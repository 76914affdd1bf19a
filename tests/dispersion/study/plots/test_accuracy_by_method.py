"""At one keep ratio methods are dots with their intervals, the best on top."""

from collections.abc import Callable
from typing import Any

from matplotlib.axes import Axes

from dispersion.study.plots.accuracy_by_method import accuracy_by_method
from dispersion.study.rows import AccuracyRow

Png = Callable[[Axes], tuple[int, int]]


def row(method: str, top1: float, seed: int = 0, **changes: Any) -> AccuracyRow:
    """A tested network, with an interval of 0.1 both ways."""
    usual = {"model": "m", "keep": 0.5, "recovery": "bn", "images": 100}
    rest = {"top5": None, "top5_low": None, "top5_high": None}
    ends = {"top1_low": top1 - 0.125, "top1_high": top1 + 0.125}
    return AccuracyRow(method=method, seed=seed, top1=top1, **{**usual, **ends, **rest, **changes})


ROWS = [
    row("unpruned", 0.875, keep=1.0, recovery="raw"),
    row("worst", 0.25),
    row("seeded", 0.75, seed=0),
    row("seeded", 0.25, seed=1),
    row("best", 0.625),
    row("best", 0.125, keep=0.25),
    row("best", 0.5, recovery="ls"),
]


def test_dots_lie_sorted_with_their_intervals(png: Png) -> None:
    """One dot a network: two seeds lie beside each other on the line of their method."""
    ax = accuracy_by_method(ROWS, "bn")
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert names == ["worst", "seeded", "best"]
    assert ax.get_ylim()[0] < ax.get_ylim()[1]  # upwards
    dots = [line.get_xydata().tolist() for line in ax.lines]
    assert dots == [[[0.25, 0]], [[0.75, 0.875], [0.25, 1.125]], [[0.625, 2]]]
    spans = [path.vertices.tolist() for bars in ax.collections for path in bars.get_paths()]
    assert spans[0] == [[0.125, 0], [0.375, 0]]
    assert spans[1] == [[0.625, 0.875], [0.875, 0.875]]
    assert len(spans) == 4
    assert "unpruned: 0.875" in ax.get_xlabel()
    assert "keep 0.5: BN re-estimation" in ax.get_title()
    png(ax)


def test_the_last_recovery_of_the_first_keep_ratio_is_usual(png: Png) -> None:
    """Another is drawn if it is asked for; nothing at all is no error."""
    assert "keep 0.5: least squares" in accuracy_by_method(ROWS).get_title()
    ax = accuracy_by_method(ROWS, keep=0.25)
    assert [line.get_xydata().tolist() for line in ax.lines] == [[[0.125, 0]]]
    png(accuracy_by_method([]))
