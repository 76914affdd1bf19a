"""Maximises a concave quadratic over 0 <= x <= 1, sum x = p, in steps that move two entries.

The function is ``b'x + x'Dx / 2 + sum c_i (x_i^2 - x_i) / 2`` with D + Diag(c) negative semidefinite on
sum x = 0.  The steps are those of support vector machines (Platt's sequential minimal optimisation with
the second-order choice of Fan, Chen and Lin, Journal of Machine Learning Research 6, 2005): one box,
one equation, O(n) each.  Whatever point is reached, the tangent there bounds all selections.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled

Floats = NDArray[np.float64]
Signs = NDArray[np.int8]

_FREE, _IN, _OUT = 0, 1, -1
_SETTLED = 0.1  # of what the value exceeds the floor by: a better bound would not be below it
_FLAT = 1e-12  # of the largest distance: a curvature that is none


@compiled()
def _repair(fixed: Signs, x: Floats, p: int) -> int:
    """Make x feasible; returns how many free points are to be chosen, -1 if that cannot be."""
    wanted, free, total = p, 0, 0.0
    for i in range(len(x)):
        if fixed[i] == _FREE:
            x[i] = min(max(x[i], 0.0), 1.0)
            free += 1
            total += x[i]
        else:
            x[i] = 1.0 if fixed[i] == _IN else 0.0
            wanted -= 1 if fixed[i] == _IN else 0
    if wanted < 0 or wanted > free:
        return -1
    for i in range(len(x)):
        if fixed[i] != _FREE:
            continue
        if total > wanted:
            x[i] *= wanted / total
        elif total < wanted:
            x[i] = 1.0 - (1.0 - x[i]) * (free - wanted) / (free - total)
    return wanted


@compiled()
def _gradient(matrix: Floats, shift: Floats, linear: Floats, x: Floats, g: Floats) -> float:
    """Compute the gradient; returns the value."""
    for i in range(len(x)):
        g[i] = linear[i] + shift[i] * (x[i] - 0.5)
    for j in range(len(x)):
        weight = x[j]
        if weight != 0.0:
            row = matrix[j]
            for i in range(len(x)):
                g[i] += weight * row[i]
    value = 0.0
    for i in range(len(x)):
        value += x[i] * (g[i] + linear[i] - 0.5 * shift[i])
    return value / 2.0


@compiled()
def _thresholds(fixed: Signs, g: Floats, wanted: int) -> tuple[float, float, float]:
    """The least of the `wanted` largest free entries, the largest other, the sum of the former."""
    free = np.empty(len(g))
    m = 0
    for i in range(len(g)):
        if fixed[i] == _FREE:
            free[m] = g[i]
            m += 1
    ordered = np.sort(free[:m])
    last = ordered[m - wanted] if wanted > 0 else np.inf
    following = ordered[m - wanted - 1] if wanted < m else -np.inf
    return last, following, ordered[m - wanted :].sum()


@compiled()
def _step(
    matrix: Floats, shift: Floats, fixed: Signs, x: Floats, g: Floats, flat: float, least: float
) -> float:
    """Move weight from one entry to another; returns the gain, -inf if none could exceed `least`."""
    n, i, high = len(x), -1, -np.inf
    for k in range(n):
        if fixed[k] == _FREE and x[k] < 1.0 and g[k] > high:
            i, high = k, g[k]
    if i < 0:
        return -np.inf
    row, j, most = matrix[i], -1, least
    for k in range(n):
        if fixed[k] == _FREE and x[k] > 0.0 and g[k] < high:
            curvature = max(2.0 * row[k] - shift[i] - shift[k], flat)
            gain = (high - g[k]) * (high - g[k]) / curvature
            if gain > most:
                j, most = k, gain
    if j < 0:
        return -np.inf
    slope = high - g[j]
    curvature = 2.0 * row[j] - shift[i] - shift[j]
    step = min(slope / max(curvature, flat), min(1.0 - x[i], x[j]))
    x[i] = 1.0 if step == 1.0 - x[i] else x[i] + step
    x[j] = 0.0 if step == x[j] else x[j] - step
    other = matrix[j]
    for k in range(n):
        g[k] += step * (row[k] - other[k])
    g[i] += step * shift[i]
    g[j] -= step * shift[j]
    return step * slope - step * step * curvature / 2.0


@compiled()
def _inside(fixed: Signs, g: Floats, x: Floats) -> float:
    """The free part of g'x."""
    total = 0.0
    for i in range(len(x)):
        if fixed[i] == _FREE:
            total += g[i] * x[i]
    return total


_MATRIX = "Array(float64, 2, 'C', True)"


@compiled(
    f"Tuple((float64, float64, boolean))({_MATRIX}, float64[::1], float64[::1], int8[::1],"
    " float64[::1], float64[::1], int64, float64, int64)"
)
def ascend(
    matrix: Floats,
    shift: Floats,
    linear: Floats,
    fixed: Signs,
    x: Floats,
    g: Floats,
    p: int,
    floor: float,
    steps: int,
) -> tuple[float, float, bool]:
    """Climb until the bound is at most `floor`, or clearly will not be, or `steps` were made.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        D, symmetric, zero on the diagonal.
    shift, linear : ndarray, shape (n,)
        c and b.
    fixed : ndarray of int8, shape (n,)
        1 for points that are chosen, -1 for those that are not, 0 for free ones.
    x, g : ndarray, shape (n,)
        Where to start; overwritten with the point that was reached, and its gradient.
    p : int
        What the entries of x sum to.
    floor : float
        A bound that is good enough.
    steps : int
        How many steps to make at most.

    Returns
    -------
    value, bound : float
        At the point, and of all selections that respect `fixed`; both -infinity if there are none.
        Rounding is not in it: at most 5 n / 4 + 8 steps lie behind a gradient, and see `rounding_of`
        of `solvers.sums.reformulation`.
    left : bool
        Whether more steps could improve the bound, had there been more.
    """
    wanted = _repair(fixed, x, p)
    if wanted < 0:
        return -np.inf, -np.inf, False
    flat = _FLAT * np.abs(matrix).max() + 1e-300
    value = _gradient(matrix, shift, linear, x, g)
    pause = max(8, len(x) // 4)
    made, fresh, stuck = 0, 0, False
    while True:
        _, _, top = _thresholds(fixed, g, wanted)
        bound = value + top - _inside(fixed, g, x)
        settled = bound <= floor or bound - value <= _SETTLED * (value - floor)
        if settled or stuck or made >= steps:
            return value, bound, not (settled or stuck)
        for _ in range(pause):
            gain = _step(matrix, shift, fixed, x, g, flat, 1e-15 * abs(value))
            made += 1
            if gain == -np.inf:
                stuck = True
                break
            value += gain
        if made - fresh >= len(x):  # before rounding adds up
            _repair(fixed, x, p)
            value = _gradient(matrix, shift, linear, x, g)
            fresh = made


@compiled("int64(int8[::1], float64[::1], int64, float64, float64)")
def fix(fixed: Signs, g: Floats, p: int, bound: float, floor: float) -> int:
    """Fix the free points whose other side the tangent bounds by `floor`; returns how many.

    Of a point among the best by the gradient, leaving it out costs what it is ahead of the first
    that is not; of another, taking it in costs what it is behind the last that is.
    """
    wanted, count = p, 0
    for i in range(len(fixed)):
        wanted -= 1 if fixed[i] == _IN else 0
    last, following, _ = _thresholds(fixed, g, wanted)
    for i in range(len(fixed)):
        if fixed[i] != _FREE:
            continue
        if g[i] >= last and bound - (g[i] - following) <= floor:
            fixed[i] = _IN
            count += 1
        elif g[i] <= following and bound - (last - g[i]) <= floor:
            fixed[i] = _OUT
            count += 1
    return count
