"""The bound of a concave reformulation at any node of a search, in the unit of the problem."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.run import Run
from solvers.sums.linear_algebra import CHOLESKY, EIGENVALUES, check_dense_time
from solvers.sums.negative_type import slack
from solvers.sums.reformulation import (
    LABEL,
    Quadratic,
    Vector,
    best_shift,
    excess_of,
    rounding_of,
    uniform_shift,
)
from solvers.sums.tolerances import floor_of, report_bound

_LARGEST = 700  # points for which the best diagonal is sought
_SLICE = 30_000_000  # steps of compiled code between two looks at the clock: some tenths of a second
_NOTABLE = 0.05  # of the gap: what a new bound must close to be reported

Signs = NDArray[np.int8]  #: of points: 1 in, -1 out, 0 free


class Relaxation:
    """One problem with a diagonal that makes it concave, and its bound at any node."""

    def __init__(self, run: Run, problem: Quadratic, shift: Vector, excess: float) -> None:
        self._run, self.problem, self.shift, self.excess = run, problem, shift, excess
        self.offset = problem.constant + slack(excess, problem.p) + rounding_of(problem, shift)
        self._gradient = np.empty(len(shift))
        self.curvature = np.maximum(2.0 * problem.matrix.mean(axis=1) - shift, 1e-300)

    def bound(self, fixed: Signs, x: Vector, floor: float, effort: int) -> float:
        """Bound the selections that respect `fixed`; moves `x`, and fixes points that cannot do better.

        Parameters
        ----------
        fixed : ndarray of int8, shape (n,)
            1 in, -1 out, 0 free.  Free points are fixed whose other side is bounded by `floor`.
        x : ndarray, shape (n,)
            Where to start; overwritten.
        floor : float
            A bound that is good enough.
        effort : int
            Steps a point.
        """
        from solvers.kernels.concave import fix

        problem, offset = self.problem, self.offset
        while True:
            bound = self.ascended(fixed, x, floor - offset, effort * len(x))
            done = bound + offset <= floor or (fixed != 0).all() or self._run.seconds_left() == 0.0
            if done or not fix(fixed, self._gradient, problem.p, bound, floor - offset):
                return float(bound + offset)

    def ascended(self, fixed: Signs, x: Vector, floor: float, steps: int) -> float:
        """The bound but for what is constant, after at most so many steps, fewer if time is up.

        `x` is moved, and `floor` is a bound that is good enough.
        """
        from solvers.kernels.concave import ascend

        problem = self.problem
        matrix, linear, p = problem.matrix, problem.linear, problem.p
        at_once = max(1, _SLICE // len(x))
        while True:
            _, bound, going = ascend(
                matrix, self.shift, linear, fixed, x, self._gradient, p, floor, min(steps, at_once)
            )
            steps -= at_once
            if not going or steps <= 0 or self._run.seconds_left() == 0.0:
                return float(bound)


class ScaledRun:
    """The bracket of a run, in the unit of its problem: distances there are multiplied by `unit`."""

    def __init__(self, run: Run, unit: float) -> None:
        self.run, self._unit = run, unit

    def floor(self) -> float:
        """The largest bound that closes it."""
        return floor_of(self.run) * self._unit

    def report_bound(self, bound: float) -> bool:
        """Report a bound; returns whether it closes the bracket."""
        return report_bound(self.run, bound / self._unit, LABEL)

    def worth_reporting(self, bound: float) -> bool:
        """Whether a bound closes a notable share of the gap."""
        run, least = self.run, self.run.objective or 0.0
        return run.bound is None or run.bound - bound / self._unit > _NOTABLE * (run.bound - least)


def relaxation_of(problem: Quadratic, bracket: ScaledRun) -> tuple[Relaxation, Vector]:
    """The relaxation with the best diagonal that there is time for, and a point to start from."""
    n, run = len(problem.linear), bracket.run
    x = np.full(n, problem.p / n)
    check_dense_time(run, n, EIGENVALUES + CHOLESKY)
    if n <= _LARGEST:
        shift, _, x = best_shift(problem, bracket.floor(), lambda: run.seconds_left() == 0.0)
    else:
        shift = np.full(n, uniform_shift(problem.matrix))
    excess = excess_of(problem.matrix, shift)
    margin = 1e-9 * float(max(np.abs(problem.matrix).max(), np.abs(shift).max()))
    while excess is None:  # rounding
        shift, margin = shift - margin, 2.0 * margin
        excess = excess_of(problem.matrix, shift)
    return Relaxation(run, problem, shift, excess), x.copy()
