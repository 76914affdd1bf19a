"""The theta function, computed again."""

from __future__ import annotations

import numpy as np

from solvers.rechecking.question import Clock, Pairs
from solvers.rechecking.refuters import core, largest_eigenvalue

_PENALTY = 0.25  # times the number of points
_STEPS, _BETWEEN = 400, 10  # in all, and between two looks at the bound


def by_theta(apart: Pairs, p: int, clock: Clock) -> bool:
    """The largest eigenvalue of J + N - W is below p; N >= 0 but on conflicts, W is 0 but on conflicts.

    J is all ones.  For the indicator vector x of p points without conflict p = x' J x / x' x is at most
    x' (J + N - W) x / x' x, so at most that eigenvalue (Schrijver, IEEE Transactions on Information
    Theory 25(4), 1979).  N and W come from an alternating direction method on the semidefinite program
    (Wen, Goldfarb and Yin, Mathematical Programming Computation 2, 2010), in which y is the primal
    matrix over the penalty.
    """
    left = core(apart, p)
    if len(left) < p:
        return True
    free = apart[np.ix_(left, left)]
    m = len(left)
    own = np.eye(m, dtype=bool)
    y, slack = np.eye(m) * (m / 4.0), np.zeros((m, m))
    for step in range(1, _STEPS + 1):
        clock.check_time()
        goal = slack + y
        level = np.trace(goal) / m + 1.0 - 1.0 / _PENALTY
        bounded = np.where(free, np.minimum(goal, -1.0), goal)  # W - 1 on conflicts, else -1 - N
        bounded[own] = level - 1.0
        values, vectors = np.linalg.eigh(bounded - y)
        slack = (vectors * np.maximum(values, 0.0)) @ vectors.T
        y = slack - (bounded - y)
        if step % _BETWEEN == 0 and largest_eigenvalue(level * own - bounded) < p:
            return True
    return False
