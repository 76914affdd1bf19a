"""Is it a matrix of distances?  Rounding is repaired and said; everything else is refused.

Libraries that compute distances from inner products (``torch.cdist``, scikit-learn, ``1 - corrcoef``)
leave rounding errors behind: a diagonal that is not quite 0, halves that differ in the last digits,
zeros slightly below 0.  With eps the rounding unit of the numbers given (2.2e-16 for float64, 1.2e-7
for float32) and D the largest distance, an error counts as rounding if it is at most ``64 eps D``, or
if that of its square is at most ``64 eps D^2``, since a root makes 1e-8 of 1e-16.  (64 eps counts as
1e-5 at most: half precision is no excuse for more.)  Whole numbers are not rounded, so of them nothing
is repaired.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.arrays.foreign import rounding_unit
from dispersion.arrays.memory import need
from dispersion.arrays.points import real_array
from dispersion.errors import InputError, UnknownNameError

Matrix = NDArray[np.float64]

_UNITS, _MOST = 64, 1e-5
_WHOLE = 2.0**53  # beyond, every float is a whole number
SYMMETRIC: dict[str, Callable[[Matrix, Matrix], Matrix]] = {
    "mean": lambda one, other: one / 2.0 + other / 2.0,
    "min": np.minimum,
    "max": np.maximum,
}  #: what can be made of two distances of one pair


def checked(distances: ArrayLike, symmetric: str | None = None) -> tuple[Matrix, str]:
    """Check and copy a matrix of distances.

    Parameters
    ----------
    distances : array_like, shape (n, n), or (n (n - 1) / 2,)
        What a user gave.
    symmetric : str, optional
        "mean", "min" or "max": what to take where the two distances of a pair differ.

    Returns
    -------
    ndarray of float64, shape (n, n)
        A read-only copy: finite, not negative, symmetric, 0 on the diagonal.
    str
        What had to be changed for that, and by how much at most; empty if nothing.

    Raises
    ------
    InputError
        It is no such matrix, even up to rounding; the message names an offending entry.
    """
    if symmetric is not None and symmetric not in SYMMETRIC:
        raise UnknownNameError("way to make a matrix symmetric", symmetric, SYMMETRIC)
    try:
        matrix = real_array(distances, "a numeric square matrix of distances")
    except MemoryError as error:
        raise InputError(
            f"a copy of the distances, shape {np.shape(distances)}, does not fit into memory."
        ) from error
    if matrix.ndim == 1:
        matrix = _of_vector(matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InputError(f"distances must be a square (n, n) matrix, got shape {matrix.shape}.")
    _refuse(matrix, ~np.isfinite(matrix), "is not finite; every distance must be a finite number")
    unit = rounding_unit(distances)
    changes = [_negative(matrix, unit), _diagonal(matrix, unit), _halves(matrix, unit, symmetric)]
    matrix += 0.0  # -0.0 becomes 0.0, so that equal matrices hash alike
    matrix.setflags(write=False)
    return matrix, "; ".join(filter(None, changes))


def of_pairs(pairs: Matrix, n: int) -> Matrix:
    """The (n, n) matrix whose rows right of the diagonal hold `pairs`, shape (n (n - 1) / 2,)."""
    matrix = np.zeros((n, n))
    matrix[np.triu_indices(n, k=1)] = pairs
    return matrix + matrix.T


def _of_vector(pairs: Matrix) -> Matrix:
    """The matrix of the distances of all pairs, in the order of scipy's ``pdist``."""
    n = (1 + math.isqrt(1 + 8 * len(pairs))) // 2
    if len(pairs) == 0 or n * (n - 1) // 2 != len(pairs):
        raise InputError(
            "distances must be a square (n, n) matrix, or a vector of n (n - 1) / 2 as pdist makes it, "
            f"got shape ({len(pairs)},); {n} points have {n * (n - 1) // 2:,} pairs."
        )
    need(n, "a matrix of these pairs")
    return of_pairs(pairs, n)


def room_of(unit: float) -> float:
    """The share of the largest distance, or of squares, that is rounding; `unit` is eps."""
    return min(_UNITS * unit, _MOST)


def _refuse(matrix: Matrix, bad: NDArray[np.bool_], fault: str) -> None:
    if bad.any():
        i, j = (int(index) for index in np.argwhere(bad)[0])
        raise InputError(f"distance [{i}, {j}] = {matrix[i, j]} {fault}.")


def _room(matrix: Matrix, unit: float) -> float:
    """The share of the largest distance that rounding can explain; 0 for whole numbers."""
    exact = len(matrix) == 0 or bool(np.abs(matrix).max() < _WHOLE and (matrix % 1.0 == 0.0).all())
    return 0.0 if exact else room_of(unit)


def _negative(matrix: Matrix, unit: float) -> str:
    """Make negative rounding errors 0."""
    negative = matrix < 0.0
    if not negative.any():
        return ""
    real = matrix < -_room(matrix, unit) * np.abs(matrix).max()
    _refuse(matrix, real, "is negative; distances must be >= 0")
    least = float(matrix[negative].min())
    matrix[negative] = 0.0
    return f"distances down to {least:.3g}, below 0 by rounding, are taken as 0"


def _diagonal(matrix: Matrix, unit: float) -> str:
    """Make the diagonal 0, if only rounding has kept it from that."""
    own = matrix.diagonal().copy()
    if not own.any():
        return ""
    largest = float(matrix.max())
    real = (own / largest) ** 2 > _room(matrix, unit)
    if real.any():
        i = int(own.argmax())
        hint = "; of similarities take 1 - S" if (own == 1.0).all() else ""
        raise InputError(
            f"distance [{i}, {i}] = {own[i]} is on the diagonal, which must be 0{hint}; if it means "
            "nothing, np.fill_diagonal(D, 0) first."
        )
    np.fill_diagonal(matrix, 0.0)
    return f"the diagonal, up to {own.max():.3g} by rounding, is taken as 0"


def _halves(matrix: Matrix, unit: float, symmetric: str | None) -> str:
    """Make the matrix symmetric, if it is up to rounding or the caller says how."""
    if (matrix == matrix.T).all():
        return ""
    largest, apart = float(matrix.max()), np.abs(matrix - matrix.T)
    squares = (apart / largest) * (matrix / largest + matrix.T / largest)
    real, most = squares > _room(matrix, unit), float(apart.max())
    if real.any() and symmetric is None:
        raise _asymmetric(matrix, np.where(real, apart, 0.0))
    chosen = symmetric or "mean"
    upper = np.triu(SYMMETRIC[chosen](matrix, matrix.T), k=1)
    matrix[:] = upper + upper.T
    kind = "of a pair" if real.any() else "of a pair, which differ by rounding,"
    return f"the {chosen} of the two distances {kind} is taken; they differed by up to {most:.3g}"


def _asymmetric(matrix: Matrix, apart: Matrix) -> InputError:
    i, j = sorted(int(index) for index in np.unravel_index(int(apart.argmax()), apart.shape))
    count = int(np.count_nonzero(np.triu(apart)))
    pairs = f"{count:,} pairs differ" if count > 1 else "one pair differs"
    return InputError(
        f"distances are not symmetric: [{i}, {j}] = {matrix[i, j]} but [{j}, {i}] = {matrix[j, i]}; "
        f"{pairs}, by up to {apart[i, j]:.6g}; say what to take, as in Instance.from_matrix(D, p, "
        'symmetric="mean"), "min" or "max" (--symmetric on the command line).'
    )
