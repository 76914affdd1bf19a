"""The points of an instance in the plane, and which of them are selected."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from dispersion.study.plotting.canvas import COLOURS, axes_of, finish, plain


def selection_in_plane(
    coordinates: NDArray[np.float64],
    share: float,
    selected: Iterable[int],
    title: str,
    ax: Axes | None = None,
) -> Axes:
    """Points in the plane, those selected as filled diamonds, the others as open circles.

    Parameters
    ----------
    coordinates : ndarray, shape (n, 2)
        Of `dispersion.study.analysis.embedding.embed`.
    share : float
        Of the variance that the plane shows, in [0, 1]; printed below.
    selected : iterable of int
        Indices of the selected points.
    title : str
        Who selected them.
    ax : Axes or None
        Where to draw.
    """
    ax = axes_of(ax)
    chosen = np.zeros(len(coordinates), dtype=np.bool_)
    chosen[list(selected)] = True
    dropped, kept = coordinates[~chosen].T, coordinates[chosen].T
    ax.plot(*dropped, "o", mfc="none", mec="grey", ms=5, label=f"dropped ({(~chosen).sum()})")
    ax.plot(*kept, "D", color=COLOURS[1], ms=5, label=f"selected ({chosen.sum()})")
    ax.set_aspect("equal", adjustable="datalim")
    ax.set_xticks([])
    ax.set_yticks([])
    finish(ax, plain(title), f"the plane shows {share:.0%} of the variance", "")
    ax.grid(visible=False)
    return ax
