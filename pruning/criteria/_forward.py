"""Forward selection of blocks of columns by orthogonal least squares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_Matrix = NDArray[np.float64]


def forward(gram: _Matrix, cross: _Matrix, k: int, p: int) -> tuple[list[int], list[float]]:
    """Choose blocks one by one, each time the one that explains most of what is left.

    Parameters
    ----------
    gram : ndarray, shape (n * k, n * k)
        X^T X, positive definite (a ridge included); block j is columns j k to (j + 1) k.
    cross : ndarray, shape (n * k, m)
        X^T Y.
    k, p : int
        Columns of a block, and how many blocks to choose.

    Returns
    -------
    list of int, list of float
        The blocks in the order chosen, and by how much each lowers the sum of squares.

    Notes
    -----
    A Cholesky factorisation by blocks that pivots on the greatest gain; of the n k by n k matrix only
    the rows of chosen blocks and the diagonal blocks are ever updated: O(n k (p k)^2) operations.
    Orthogonal least squares: Chen, Billings and Luo 1989.
    """
    d, m = cross.shape
    n = d // k
    rest = cross.copy()
    blocks = np.arange(n)
    diagonal = gram.reshape(n, k, n, k)[blocks, :, blocks, :].copy()
    factor = np.empty((p * k, d))
    power = np.einsum("jkm,jlm->jkl", rest.reshape(n, k, m), rest.reshape(n, k, m), optimize=True)
    left = np.ones(n, dtype=bool)
    order: list[int] = []
    gains: list[float] = []
    for step in range(p):
        live = np.flatnonzero(left)
        gain = np.linalg.solve(diagonal[live], power[live]).trace(axis1=1, axis2=2)
        best = int(live[gain.argmax()])
        order.append(best)
        gains.append(float(gain.max()))
        left[best] = False
        mine = slice(best * k, (best + 1) * k)
        done = factor[: step * k]
        lower = np.linalg.cholesky(diagonal[best])
        new = np.linalg.solve(lower, gram[mine] - done[:, mine].T @ done)
        factor[step * k : (step + 1) * k] = new
        share = np.linalg.solve(lower, rest[mine])
        turned = new.reshape(k, n, k).transpose(1, 2, 0)  # a block each: what `new` takes from it
        crossed = (rest @ share.T).reshape(n, k, k) @ turned.transpose(0, 2, 1)
        power -= crossed + crossed.transpose(0, 2, 1)
        power += turned @ (share @ share.T) @ turned.transpose(0, 2, 1)
        rest -= new.T @ share
        diagonal -= turned @ turned.transpose(0, 2, 1)
    return order, gains
