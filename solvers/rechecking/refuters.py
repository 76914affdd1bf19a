"""Why there are no p points that are pairwise apart: degrees, cores, colourings, eigenvalues.

`apart`, shape (n, n), is a symmetric matrix of truth values with an empty diagonal.  Each function
returns whether its argument succeeds; where it does not, nothing is known.  Plain numpy throughout:
nothing here is shared with the prover.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.rechecking.question import Clock, Pairs

_EXPONENTS = -0.35, 0.0, -0.7  # of weights
_NARROW = 1e-4  # an interval, relative to its end, in which a convex function hardly varies
_GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0


def by_degrees(apart: Pairs, p: int, clock: Clock) -> bool:
    """Fewer than p points are apart from p - 1 others."""
    partners = np.sort(apart.sum(axis=1))
    return bool(partners[-p] < p - 1)


def core(apart: Pairs, p: int) -> NDArray[np.intp]:
    """The points left after repeatedly dropping those apart from fewer than p - 1 of the others."""
    left = np.arange(len(apart))
    while True:
        enough = apart[np.ix_(left, left)].sum(axis=1) >= p - 1
        if enough.all():
            return left
        left = left[enough]


def by_core(apart: Pairs, p: int, clock: Clock) -> bool:
    """The (p-1)-core has fewer than p points (Seidman, Social Networks 5(3), 1983)."""
    return len(core(apart, p)) < p


def smallest_last(apart: Pairs) -> NDArray[np.intp]:
    """Points in the reverse of the order in which those with the fewest partners left are removed."""
    partners = apart.sum(axis=1)
    removed = np.zeros(len(apart), dtype=bool)
    order = []
    for _ in range(len(apart)):
        v = int(np.where(removed, len(apart), partners).argmin())
        order.append(v)
        removed[v] = True
        partners = partners - apart[v]
    return np.array(order[::-1], dtype=np.intp)


def _classes(apart: Pairs, order: NDArray[np.intp] | None, clock: Clock) -> NDArray[np.intp]:
    """A class for every point, none of which holds two that are apart; greedy, in this order.

    Without an order, next is a point that the most classes are closed to (DSATUR: Brelaz,
    Communications of the ACM 22(4), 1979).
    """
    n = len(apart)
    partners = apart.sum(axis=1)
    closed = np.zeros((n, n), dtype=bool)  # point, class
    of = np.full(n, -1, dtype=np.intp)
    for k in range(n):
        clock.check_time()
        urgency = np.where(of < 0, closed.sum(axis=1) * (n + 1) + partners, -1)
        v = int(urgency.argmax()) if order is None else int(order[k])
        of[v] = int(closed[v].argmin())
        closed[apart[v], of[v]] = True
    return of


def by_colouring(apart: Pairs, p: int, clock: Clock) -> bool:
    """Fewer than p classes of points that are not apart hold the whole core: p points do not fit."""
    left = core(apart, p)
    within = apart[np.ix_(left, left)]
    if len(left) < p:
        return True
    for order in (smallest_last(within), None):
        of = _classes(within, order, clock)
        legal = not (within & (of[:, None] == of[None, :])).any()
        if legal and of.max() + 1 < p:
            return True
    return False


def by_spectrum(apart: Pairs, p: int, clock: Clock) -> bool:
    """The largest eigenvalue of J - c W is below p for some c > 0, W >= 0 being 0 but on conflicts.

    J is all ones.  For the indicator vector x of p points without conflict x' (J - c W) x / x' x = p,
    so p is at most that eigenvalue (Lovasz, IEEE Transactions on Information Theory 25(1), 1979).
    Tried are W_ij = w_i w_j with weights w that fall with the number of conflicts, or do not.
    """
    left = core(apart, p)
    if len(left) < p:
        return True
    conflicts = ~apart
    np.fill_diagonal(conflicts, False)
    degrees = conflicts.sum(axis=1)
    for exponent in _EXPONENTS:
        w = (degrees + 1.0) ** exponent
        weighted = conflicts * np.outer(w, w) / (w**2).mean()
        if _least_eigenvalue_bound(weighted[np.ix_(left, left)], p, clock) < p:
            return True
    return False


def largest_eigenvalue(matrix: NDArray[np.float64]) -> float:
    """The largest eigenvalue of a symmetric matrix, rounded up.

    A symmetric eigenvalue solver errs by a modest multiple of eps times the norm; n times eps times
    the Frobenius norm is allowed for, which covers the rounding of the matrix too.
    """
    margin = len(matrix) * np.finfo(np.float64).eps * np.linalg.norm(matrix)
    return float(np.linalg.eigvalsh((matrix + matrix.T) / 2.0)[-1] + margin)


def _least_eigenvalue_bound(weighted: NDArray[np.float64], enough: float, clock: Clock) -> float:
    """The smallest bound over c, which is convex in it, by golden section; the first below `enough`."""
    n = len(weighted)

    def bound(c: float) -> float:
        clock.check_time()
        return largest_eigenvalue(1.0 - c * weighted)

    low, high = 0.0, float(n)
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = bound(left), bound(right)
    while min(at_left, at_right) >= enough and high - low > _NARROW * high:
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = bound(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = bound(right)
    return min(at_left, at_right)
