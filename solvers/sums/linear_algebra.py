"""Quadratic forms on the plane of selections, and time for what nothing can interrupt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.run import Run

#: operations, times n^3
CHOLESKY, EIGENVALUES, EIGENVECTORS = 1.0 / 3.0, 4.0 / 3.0, 6.0  # the last with a product to check
_RANK = 1e-13  # of the largest eigenvalue, times n: less is rounding
_RATE = 5e9  # operations a second: a third of what one core was seen to make

Matrix = NDArray[np.float64]


def check_dense_time(run: Run, n: int, operations: float) -> None:
    """Raise `TimeUp` unless there is time for a factorisation of n rows; the message says for which.

    LAPACK cannot be interrupted, so the time limit would be exceeded: at the assumed rate, a slow
    one, 2,000 rows take 2 s for their eigenvalues and 10 s for their eigenvectors.
    """
    what = {CHOLESKY: "a Cholesky factorisation", EIGENVALUES: "eigenvalues"}.get(operations)
    run.check_time(operations * float(n) ** 3 / _RATE, f"{what or 'eigenvectors'} of {n:,} rows")


def on_plane(matrix: Matrix) -> Matrix:
    """The quadratic form ``x' A x`` on the plane sum x = 0, in an orthonormal basis of it.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        Symmetric.

    Returns
    -------
    ndarray, shape (n - 1, n - 1)
        ``V' A V``, where the columns of V are those of a Householder reflection that takes (1, .., 1)
        to an axis, without the first; O(n^2) time.  Sums are pairwise, so their rounding does not
        grow with n: the form is off by less than 256 machine epsilons of the Frobenius norm.
    """
    n = len(matrix)
    mirror = mirror_of(n)
    product = mirror[-1] * np.ascontiguousarray(matrix).sum(axis=1)
    product += (mirror[0] - mirror[-1]) * matrix[:, 0]
    middle = float((mirror * product).sum())
    reflected = matrix - 2.0 * np.outer(mirror, product) - 2.0 * np.outer(product, mirror)
    reflected += 4.0 * middle * np.outer(mirror, mirror)
    form: Matrix = reflected[1:, 1:]
    return (form + form.T) / 2.0


def mirror_of(n: int) -> NDArray[np.float64]:
    """The unit vector u of the reflection I - 2 u u' of `on_plane`, shape (n,)."""
    mirror = np.full(n, 1.0 / np.sqrt(n))
    mirror[0] += 1.0
    unit: NDArray[np.float64] = mirror / np.linalg.norm(mirror)
    return unit


def size_of(matrix: Matrix) -> float:
    """The Frobenius norm, where squares of entries would overflow or vanish too."""
    largest = float(np.abs(matrix).max())
    return largest * float(np.linalg.norm(matrix / largest)) if largest > 0.0 else 0.0


def square_root(matrix: Matrix) -> tuple[Matrix, float]:
    """W of shape (n, k) with ``W W' = A`` up to rounding and what is negative, and a proven lack.

    ``x' A x >= |W' x|^2 - lack |x|^2`` for every x: the lack is the Frobenius norm of ``A - W W'``, and
    what computing that may add, k operations of rounding on the trace.  O(n^3) time.
    """
    values, vectors = np.linalg.eigh(matrix)
    kept = values > _RANK * len(matrix) * max(float(values[-1]), 0.0)
    root: Matrix = vectors[:, kept] * np.sqrt(values[kept])
    epsilon = float(np.finfo(np.float64).eps)
    rounding = epsilon * (root.shape[1] + 2) * float((root * root).sum())
    return root, size_of(matrix - root @ root.T) + rounding
