"""Forward selection of blocks of columns by orthogonal least squares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_Matrix = NDArray[np.float64]


def forward(
    problems: Sequence[tuple[_Matrix, _Matrix]], p: int, n: int
) -> tuple[list[int], list[float]]:
    """Choose blocks one by one, each time the one that explains most of what is left.

    Parameters
    ----------
    problems : sequence of pairs of ndarray
        Regressions in which the same n blocks stand for the same channels: X^T X of shape
        (n * k, n * k), positive definite (a ridge included), and X^T Y of shape (n * k, m).  Block j
        is columns j k to (j + 1) k; k and m may differ between them.
    p, n : int
        How many blocks to choose, and of how many.

    Returns
    -------
    list of int, list of float
        The blocks in the order chosen, and by how much each lowers the sum of squares of them all.
    """
    parts = [_Regression(gram, cross, n, p) for gram, cross in problems]
    left = np.ones(n, dtype=bool)
    order: list[int] = []
    lowered: list[float] = []
    for _ in range(p):
        live = np.flatnonzero(left)
        gains = sum(part.gains(live) for part in parts)
        best = int(live[np.argmax(gains)])
        order.append(best)
        lowered.append(float(np.max(gains)))
        left[best] = False
        for part in parts:
            part.take(best)
    return order, lowered


class _Regression:
    """What is left of one regression after blocks were taken.

    A Cholesky factorisation by blocks whose pivots the caller chooses.  Only the rows of chosen blocks
    and the diagonal blocks of the n k by n k matrix are computed, in O(n k (p k)^2) operations.
    """

    def __init__(self, gram: _Matrix, cross: _Matrix, n: int, p: int) -> None:
        self.n, self.k = n, len(gram) // n
        self.gram = gram
        self.across = np.ascontiguousarray(cross.T)  # read row by row: twice as fast
        blocks = np.arange(n)
        self.diagonal = gram.reshape(n, self.k, n, self.k)[blocks, :, blocks, :].copy()
        rows = cross.reshape(n, self.k, -1)
        self.power = rows @ rows.transpose(0, 2, 1)  # of each block: what is left times its transpose
        self.factor = np.empty((p * self.k, len(gram)))
        self.shares = np.empty((p * self.k, cross.shape[1]))
        self.taken = 0

    def gains(self, live: NDArray[np.int64]) -> NDArray[np.float64]:
        """How much the sum of squares would fall with each of these blocks."""
        gains: NDArray[np.float64] = np.linalg.solve(self.diagonal[live], self.power[live]).trace(
            axis1=1, axis2=2
        )
        return gains

    def take(self, block: int) -> None:
        """Take a block: what it explains is removed from the rest."""
        n, k = self.n, self.k
        mine = slice(block * k, (block + 1) * k)
        done, shares = self.factor[: self.taken], self.shares[: self.taken]
        own = done[:, mine].T
        lower = np.linalg.cholesky(self.diagonal[block])
        share = np.linalg.solve(lower, self.across[:, mine].T - own @ shares)
        known = np.vstack([own, share @ shares.T]) @ done  # of both at once, as `done` is large
        new = np.linalg.solve(lower, self.gram[mine] - known[:k])
        left = share @ self.across - known[k:]
        self.factor[self.taken : self.taken + k] = new
        self.shares[self.taken : self.taken + k] = share
        self.taken += k
        turned = new.reshape(k, n, k).transpose(1, 2, 0)  # what `new` takes from each block
        crossed = left.reshape(k, n, k).transpose(1, 2, 0) @ turned.transpose(0, 2, 1)
        self.power -= crossed + crossed.transpose(0, 2, 1)
        self.power += turned @ (share @ share.T) @ turned.transpose(0, 2, 1)
        self.diagonal -= turned @ turned.transpose(0, 2, 1)
