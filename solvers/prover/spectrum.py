"""An eigenvalue bound: strong where many points are far apart in many dimensions.

For the conflicts C of a threshold graph and any weights w and factor c, a selection S of points
without conflict has ``|S|^2 = 1_S' A 1_S <= |S| lambda_max(A)`` with ``A = J - c C * (w w')``, since A
is 1 wherever two points of S meet.  So ``|S| <= lambda_max(A)``: the theta function of Lovasz (IEEE
Transactions on Information Theory 25(1), 1979) restricted to one factor.  Here ``w_i = (degree_i +
1)^-0.35``, and c is searched for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.sparse import conflict_lists, conflict_product

_EXPONENT = -0.35
_LEAST, _MOST, _STEPS = 0.5, 80.0, 10  # of the factor c, searched on a logarithmic scale
_ITERATIONS = 40  # of the Lanczos method
_MARGIN = 1e-6  # of p: far above the rounding of a Cholesky factorisation

Matrix = NDArray[np.float64]


def refuted_by_spectrum(ranks: NDArray[np.int32], t: int, p: int) -> bool:
    """Whether eigenvalues prove that no p points are at pairwise rank >= t.

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n)
        Ranks of the distances, -1 on the diagonal.
    t, p : int
        Least rank of a selected pair; how many points.
    """
    conflicts = Conflicts(ranks, t)
    factor = _best_factor(conflicts)
    if conflicts.largest_eigenvalue(factor) >= p:
        return False
    return positive_definite(
        (1.0 - _MARGIN) * p * np.eye(len(ranks)) - 1.0 + factor * conflicts.matrix()
    )


class Conflicts:
    """The weighted conflicts of a threshold graph, as a linear map."""

    def __init__(self, ranks: NDArray[np.int32], t: int) -> None:
        self._starts, self._members = conflict_lists(ranks, t)
        degrees = np.diff(self._starts)
        weights = (degrees + 1.0) ** _EXPONENT
        self._weights = weights / np.sqrt((weights**2).mean())

    def matrix(self) -> Matrix:
        """The map as a matrix, shape (n, n)."""
        n = len(self._weights)
        dense = np.zeros((n, n))
        rows = np.repeat(np.arange(n), np.diff(self._starts))
        dense[rows, self._members] = self._weights[rows] * self._weights[self._members]
        return dense

    def largest_eigenvalue(self, factor: float) -> float:
        """Of J - factor * conflicts, from below: the Lanczos method with full re-orthogonalisation."""
        n = len(self._weights)
        steps = min(_ITERATIONS, n)
        basis = np.zeros((steps, n))
        basis[0] = 1.0 + 0.01 * np.cos(np.arange(n) ** 2)  # shares no symmetry with a graph
        basis[0] /= np.linalg.norm(basis[0])
        diagonal, beside = np.zeros(steps), np.zeros(steps)
        for k in range(steps):
            product = conflict_product(self._starts, self._members, self._weights, basis[k])
            image = basis[k].sum() - factor * product
            diagonal[k] = basis[k] @ image
            for _ in range(2):
                image -= basis[: k + 1].T @ (basis[: k + 1] @ image)
            beside[k] = np.linalg.norm(image)
            if k + 1 == steps or beside[k] < 1e-9:
                break
            basis[k + 1] = image / beside[k]
        off = beside[:k]
        tridiagonal = np.diag(diagonal[: k + 1]) + np.diag(off, 1) + np.diag(off, -1)
        return float(np.linalg.eigvalsh(tridiagonal)[-1])


def _best_factor(conflicts: Conflicts) -> float:
    """The factor of the smallest largest eigenvalue, by golden section: it is convex in the factor."""
    ratio = (np.sqrt(5.0) - 1.0) / 2.0
    low, high = np.log(_LEAST), np.log(_MOST)

    def value(x: float) -> float:
        return conflicts.largest_eigenvalue(float(np.exp(x)))

    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = value(left), value(right)
    for _ in range(_STEPS):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = value(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = value(right)
    return float(np.exp((low + high) / 2.0))


def positive_definite(matrix: Matrix) -> bool:
    """Whether a Cholesky factorisation of the lower triangle succeeds."""
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return True
