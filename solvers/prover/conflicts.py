"""The conflicts of a packing: greedy selections without any, and the connected parts of the graph."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Conflicts = NDArray[np.bool_]  #: shape (m, m): which points exclude each other; an empty diagonal


def fewest_conflicts(conflicts: Conflicts, start: NDArray[np.intp] | None = None) -> NDArray[np.intp]:
    """Take the point that is in conflict with the fewest points left, drop those, and so on.

    Parameters
    ----------
    conflicts : ndarray of bool, shape (m, m)
        Which points exclude each other.
    start : ndarray of int, optional
        Points without conflict that are taken first.

    Returns
    -------
    ndarray of int, shape (k,)
        In the order in which they were taken; none can be added.  O(m^2) time.
    """
    left = np.ones(len(conflicts), dtype=np.bool_)
    first = [] if start is None else start.tolist()
    chosen: list[int] = []
    degrees = conflicts.sum(axis=1)
    while left.any():
        taken = first[len(chosen)] if len(chosen) < len(first) else _lowest(degrees, left)
        dropped = left & conflicts[taken]
        chosen.append(taken)
        dropped[taken] = True
        left &= ~dropped
        degrees -= conflicts[dropped].sum(axis=0)
    return np.array(chosen, dtype=np.intp)


def _lowest(degrees: NDArray[np.intp], left: NDArray[np.bool_]) -> int:
    """The point left of the lowest degree, the first of equals."""
    points = np.flatnonzero(left)
    return int(points[degrees[points].argmin()])


def parts(conflicts: Conflicts) -> Iterator[NDArray[np.intp]]:
    """The connected parts of the graph: what is chosen of one does not matter to the others."""
    left = np.ones(len(conflicts), dtype=np.bool_)
    while left.any():
        part = np.zeros_like(left)
        reached = np.array([left.argmax()])
        while len(reached):
            part[reached] = True
            reached = np.flatnonzero(conflicts[reached].any(axis=0) & ~part)
        left &= ~part
        yield np.flatnonzero(part)
