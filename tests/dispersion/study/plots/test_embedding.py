"""Selected points are told from dropped ones by shape and colour."""

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from dispersion.study.plots.embedding import selection_in_plane

Drawn = Callable[[Axes], dict[str, list[tuple[float, float]]]]
Png = Callable[[Axes], tuple[int, int]]


def test_every_point_is_drawn_once(drawn: Drawn, png: Png) -> None:
    """Selected ones as filled diamonds, dropped ones as open circles; the share is said."""
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [3.0, 3.0]])
    ax = selection_in_plane(points, 0.5, [3, 1], "clique")
    assert drawn(ax) == {"dropped (2)": [(0, 0), (0, 2)], "selected (2)": [(1, 0), (3, 3)]}
    dropped, selected = ax.lines
    assert (dropped.get_marker(), dropped.get_markerfacecolor()) == ("o", "none")
    assert selected.get_marker() == "D"
    assert "50%" in ax.get_xlabel()
    png(ax)


def test_all_or_nothing_selected(png: Png) -> None:
    """Neither an empty selection nor a full one is an error."""
    png(selection_in_plane(np.zeros((3, 2)), 1.0, [], "none"))
    png(selection_in_plane(np.zeros((3, 2)), 1.0, range(3), "all"))
