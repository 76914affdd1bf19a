"""A quadratic form in the counts of filters that layers keep."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Quadratic:
    """A quadratic form in the counts of filters: x' M x with x = (1, p_1, ..., p_L).

    Parameters
    ----------
    matrix : ndarray of int64, shape (L + 1, L + 1)
        M, upper triangular, no entry negative; see `folded`.
    """

    matrix: Counts

    def __call__(self, counts: Counts) -> int:
        """The value, exactly; `counts` has shape (L,)."""
        x = np.concatenate(([1], counts))
        return int(x @ self.matrix @ x)

    def among(self, free: NDArray[np.intp], counts: Counts) -> Quadratic:
        """The form in the counts of the layers `free` alone; the others keep `counts`, shape (L,)."""
        into = np.zeros((len(self.matrix), len(free) + 1), dtype=np.int64)
        into[:, 0] = np.concatenate(([1], counts))
        into[free + 1, 0] = 0
        into[free + 1, np.arange(len(free)) + 1] = 1
        return Quadratic(folded(into.T @ self.matrix @ into))


def folded(matrix: Counts) -> Counts:
    """The upper triangular matrix of the same quadratic form."""
    upper: Counts = np.triu(matrix) + np.tril(matrix, -1).T
    return upper
