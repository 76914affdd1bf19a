"""A sum of squares of linear forms, with a cut for every square."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from solvers.sums.cuts import Vector, add_points, top
from solvers.sums.linear_algebra import Matrix

if TYPE_CHECKING:
    import highspy


class Squares:
    """The value ``constant + a'x - sum_k (w_k' x)^2`` with a cut for every square.

    maximise a'x + sum_k t_k subject to::

        sum_i x_i = p
        y_k = w_k' x
        t_k <= s^2 - 2 s y_k          every k and every value s of y_k that was met
        0 <= x <= 1, t <= 0

    Parameters
    ----------
    constant : float
        What a selection is worth beside the model.
    linear : ndarray, shape (n,)
        a.
    forms : ndarray, shape (n, k)
        The columns w_k.
    p : int
        How many to choose.
    scale : float
        What values are multiplied by in the model.
    """

    def __init__(self, constant: float, linear: Vector, forms: Matrix, p: int, scale: float) -> None:
        self._constant, self._linear = scale * constant, scale * linear
        self._forms, self._p, self.scale = np.sqrt(scale) * forms, p, scale
        self._at: list[tuple[int, float, int]] = []  # square, value, row

    def build(self, engine: highspy.Highs) -> None:
        """Add the columns x, y and t, and the rows that tie y to x."""
        n, k = self._forms.shape
        add_points(engine, self._linear, self._p)
        engine.addVars(k, np.full(k, -np.inf), np.full(k, np.inf))
        engine.addVars(k, np.full(k, -np.inf), np.zeros(k))
        engine.changeColsCost(k, np.arange(n + k, n + 2 * k, dtype=np.int32), np.ones(k))
        engine.changeObjectiveOffset(self._constant)
        points = np.arange(n, dtype=np.int32)
        for j, form in enumerate(self._forms.T):
            engine.addRow(0.0, 0.0, n + 1, np.append(points, n + j), np.append(form, -1.0))

    def cut(self, engine: highspy.Highs, x: Vector) -> None:
        """Add the tangent of every square at x."""
        n, k = self._forms.shape
        for j, s in enumerate(self._forms.T @ x):
            self._at.append((j, float(s), engine.getNumRow()))
            columns = np.array([n + k + j, n + j], dtype=np.int32)
            engine.addRow(-np.inf, float(s * s), 2, columns, np.array([1.0, 2.0 * s]))

    def proven(self, engine: highspy.Highs) -> float:
        """Any weights of the cuts of a square, with a sum of at most 1, prove a bound with t <= 0."""
        squares, values, rows = (np.array(column) for column in zip(*self._at, strict=True))
        weights = np.maximum(np.asarray(engine.getSolution().row_dual)[rows], 0.0)
        totals = np.bincount(squares, weights, minlength=self._forms.shape[1])
        weights = weights / np.maximum(totals, 1.0)[squares]
        height = float(weights @ values**2)
        slopes = np.bincount(squares, 2.0 * weights * values, minlength=self._forms.shape[1])
        best = top(self._linear - self._forms @ slopes, self._p)
        return (self._constant + height + best) / self.scale

    def start(self, selected: NDArray[np.intp]) -> Vector:
        """The columns at a selection."""
        x = np.zeros(len(self._forms))
        x[selected] = 1.0
        values = self._forms.T @ x
        return np.concatenate([x, values, -(values**2)])
