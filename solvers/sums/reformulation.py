"""The diagonal that makes the continuous relaxation of a quadratic over selections tight.

On 0/1 vectors ``x_i^2 = x_i``, so for any c the sum of distances equals

    f_c(x) = b'x + x' D x / 2 + sum_i c_i (x_i^2 - x_i) / 2,

and at fractional points the larger c is, the smaller f_c.  As long as D + Diag(c) is negative
semidefinite on sum x = 0, f_c is concave and its maximum over 0 <= x <= 1, sum x = p is an upper bound:
the quadratic convex reformulation of Billionnet and Elloumi, Mathematical Programming 109, 2007.  The
best c is the dual of a semidefinite program.  A single number, less the largest eigenvalue, always
serves, also for matrices that are not of negative type, where it is negative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solvers.sums.linear_algebra import Matrix, mirror_of, on_plane
from solvers.sums.negative_type import excess_curvature, slack

Vector = NDArray[np.float64]

LABEL = "reformulation"  #: of the bounds that are proved by it

_START = 0.5  # where between the uniform shift and the mean eigenvalue the search begins
_SHRINK = 0.4  # of the barrier, after a step of more than the next share
_LONG = 0.6
_MOST_STEPS = 60
_NEAR = 0.95  # of the way to the border that a step may go
_ENOUGH = 1e-3  # of the gap: a barrier that small cannot hide a better bound


@dataclass(slots=True)
class Quadratic:
    """Maximise ``constant + b'x + x' D x / 2`` over the selections of p of n points.

    Attributes
    ----------
    points : ndarray of int, shape (n,)
        Which points of the instance these are.
    matrix, linear : ndarray, shape (n, n) and (n,)
        D and b.
    constant : float
        The value of the points already chosen.
    p : int
        Number of points to choose.
    taken : ndarray of int
        The points already chosen.
    """

    points: NDArray[np.intp]
    matrix: Matrix
    linear: Vector
    constant: float
    p: int
    taken: NDArray[np.intp]

    @classmethod
    def of(cls, distances: Matrix, p: int) -> Quadratic:
        """The whole problem."""
        n = len(distances)
        return cls(np.arange(n), distances, np.zeros(n), 0.0, p, np.empty(0, dtype=np.intp))

    def reduced(self, fixed: NDArray[np.int8]) -> Quadratic:
        """The problem left once points are in (1) or out (-1), shape (n,)."""
        free, chosen = np.flatnonzero(fixed == 0), np.flatnonzero(fixed == 1)
        among = self.matrix[np.ix_(chosen, chosen)]
        return Quadratic(
            points=self.points[free],
            matrix=np.ascontiguousarray(self.matrix[np.ix_(free, free)]),
            linear=self.linear[free] + self.matrix[np.ix_(free, chosen)].sum(axis=1),
            constant=self.constant + float(self.linear[chosen].sum() + among.sum() / 2.0),
            p=self.p - len(chosen),
            taken=np.concatenate([self.taken, self.points[chosen]]),
        )


def uniform_shift(matrix: Matrix) -> float:
    """The largest c for which D + c I is negative semidefinite on sum x = 0, up to rounding."""
    return -float(np.linalg.eigvalsh(on_plane(matrix))[-1])


def excess_of(matrix: Matrix, shift: Vector) -> float | None:
    """The proven excess curvature of D + Diag(c); `None` if it is not concave on the plane."""
    return excess_curvature(matrix + np.diag(shift))


def rounding_of(problem: Quadratic, shift: Vector) -> float:
    """An upper bound on what rounding takes from a bound of `solvers.kernels.concave.ascend`.

    Its gradient is a sum of n + 2 terms, changed by at most 5 n / 4 + 8 steps, each of which adds two
    entries and rounds x twice; so an entry is off by less than 12 (n + 8) roundings of its largest
    partial sum, and the tangent by that times the 2 p by which selections can differ, twice over for
    value and sums.
    """
    n = len(shift)
    largest = np.abs(problem.linear).max() + problem.p * problem.matrix.max() + np.abs(shift).max()
    return float(np.finfo(np.float64).eps * 32.0 * (n + 8) * (problem.p + 1) * largest)


class _Saddle:
    """Newton's method on the barrier function of min over c, max over x.

    ``f_c(x) + t sum log x_i (1 - x_i) - t log det M(c)``, where M(c) is -(D + Diag(c)) on the plane, is
    convex in c and concave in x; its saddle point goes to that of the bound with t.
    """

    def __init__(self, problem: Quadratic) -> None:
        self._problem = problem
        n = len(problem.linear)
        mirror = mirror_of(n)
        self._basis = np.ascontiguousarray((np.eye(n) - 2.0 * np.outer(mirror, mirror))[:, 1:])
        form = -on_plane(problem.matrix)
        values = np.linalg.eigvalsh(form)
        size = max(float(np.abs(values).max()), float(np.ptp(problem.linear))) or 1.0
        gap = _START * float(values.mean() - values[0]) + 1e-3 * size
        self.x = np.full(n, problem.p / n)
        self.shift = np.full(n, float(values[0]) - gap)
        weight = float(self.x[0] * (1.0 - self.x[0])) / 2.0
        self.barrier = weight / float(np.mean(1.0 / (values - values[0] + gap)))

    def factor(self, shift: Vector) -> Matrix | None:
        """The Cholesky factor of M(c), `None` if it is not positive definite."""
        try:
            lower = np.linalg.cholesky(-on_plane(self._problem.matrix + np.diag(shift)))
        except np.linalg.LinAlgError:
            return None
        return np.asarray(lower, dtype=np.float64)

    def step(self) -> bool:
        """Make a Newton step, and lower the barrier if it was long; returns whether it was possible."""
        factor = self.factor(self.shift)
        if factor is None:
            return False
        half = np.linalg.solve(factor, self._basis.T)
        direction = self._direction(half.T @ half)
        if direction is None:
            return False
        length = self._move(*direction)
        if length > _LONG:
            self.barrier *= _SHRINK
        return length > 0.0

    def _direction(self, inverse: Matrix) -> tuple[Vector, Vector] | None:
        """Of Newton's method; `inverse` is V M^-1 V', shape (n, n)."""
        x, c, t, n = self.x, self.shift, self.barrier, len(self.x)
        matrix, linear = self._problem.matrix, self._problem.linear
        of_x = linear + matrix @ x + c * (x - 0.5) + t * (1.0 / x - 1.0 / (1.0 - x))
        of_c = (x * x - x) / 2.0 + t * np.diagonal(inverse)
        mixed = x - 0.5
        try:
            solved = np.linalg.solve(t * inverse * inverse, np.column_stack([np.diag(mixed), of_c]))
            system = np.zeros((n + 1, n + 1))
            system[:n, :n] = matrix + np.diag(c - t * (1.0 / x**2 + 1.0 / (1.0 - x) ** 2))
            system[:n, :n] -= mixed[:, None] * solved[:, :n]
            system[:n, n] = system[n, :n] = 1.0
            right = np.append(-of_x + mixed * solved[:, n], 0.0)
            dx = np.linalg.solve(system, right)[:n]
        except np.linalg.LinAlgError:
            return None
        dc = -solved[:, n] - solved[:, :n] @ dx
        return (dx, dc) if np.isfinite(dx).all() and np.isfinite(dc).all() else None

    def _move(self, dx: Vector, dc: Vector) -> float:
        """Go as far as x stays inside and M(c) positive definite; returns the share of the step."""
        room = np.where(dx > 0, (1.0 - self.x) / np.maximum(dx, 1e-300), 1.0)
        room = np.where(dx < 0, self.x / np.maximum(-dx, 1e-300), room)
        length = min(1.0, _NEAR * float(room.min()))
        while length > 1e-4:
            if self.factor(self.shift + length / _NEAR * dc) is not None:
                self.x = self.x + length * dx
                self.shift = self.shift + length * dc
                return length
            length /= 2.0
        return 0.0


def tangent_bound(problem: Quadratic, shift: Vector, x: Vector) -> float:
    """The bound of the tangent of f_c at x, feasible or not, for any selection of p points."""
    matrix, linear = problem.matrix, problem.linear
    gradient = linear + matrix @ x + shift * (x - 0.5)
    value = x @ (gradient + linear - 0.5 * shift) / 2.0
    best = np.partition(gradient, len(x) - problem.p)[len(x) - problem.p :].sum()
    return problem.constant + float(value + best - gradient @ x)


def best_shift(
    problem: Quadratic, floor: float, stop: Callable[[], bool]
) -> tuple[Vector, float, Vector]:
    """A diagonal of a small bound, by an interior-point method; O(n^3) time a step.

    Parameters
    ----------
    problem : Quadratic
        With 0 < p < n.
    floor : float
        A bound that is small enough.
    stop : callable
        Asked before every step.

    Returns
    -------
    shift : ndarray, shape (n,)
        D + Diag(shift) is negative semidefinite on sum x = 0.
    bound : float
        Of all selections, but for rounding.
    x : ndarray, shape (n,)
        Where the tangent proves it.
    """
    search = _Saddle(problem)
    best = (search.shift, np.inf, search.x)
    for _ in range(_MOST_STEPS):
        bound = tangent_bound(problem, search.shift, search.x)
        if bound < best[1]:
            excess = excess_of(problem.matrix, search.shift)
            if excess is not None:
                best = (search.shift, bound + slack(excess, problem.p), search.x)
        hidden = 3.0 * len(search.x) * search.barrier
        if best[1] <= floor or hidden <= _ENOUGH * (best[1] - floor) or stop() or not search.step():
            break
    return best
