"""A lower bound on the error of any choice of blocks of columns, by a convex relaxation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_Matrix = NDArray[np.float64]

_STEPS = 40
_CLOSE = 1e-3  # of what is left: a bound as near as this to the relaxation's value is near enough
_ROUNDS, _FIRST = 12, 1 / 4  # how often, and at first by what share, blocks are split off
_RESERVE = 1e-3  # of what surely could be taken


def least_left(problems: Sequence[tuple[_Matrix, _Matrix]], whole: float, p: int, n: int) -> float:
    """Bound from below the sum of squares that any p of n blocks leave, the ridge's penalty included.

    Block j has a switch z_j, 0 or 1, that divides its part V_j' D_j V_j of the squares; between 0 and 1
    that stays convex, and by its slope any z gives a valid bound.  The D_j are split off the Gram
    matrix so that what remains is still positive semidefinite; large D_j give tight bounds.  The z that
    are tried come from minimising over the weights V and over z in turn.

    Perspective relaxation: Frangioni and Gentile, Mathematical Programming 106, 2006; of sparse ridge
    regression, with D_j the ridge alone: Bertsimas and Van Parys, Annals of Statistics 48, 2020.

    Parameters
    ----------
    problems : sequence of pairs of ndarray
        As in `pruning.saliency.forward.forward`.
    whole : float
        The sum of squares of all outputs.
    p, n : int
        How many blocks are chosen, and of how many.

    Returns
    -------
    float
        Valid but for rounding, at least 0; exact where p = n.
    """
    parts = [_Relaxation(gram, cross, n) for gram, cross in problems]
    z = np.full(n, p / n)
    bound = 0.0
    for _ in range(_STEPS):
        explained = [part.explained(z) for part in parts]
        value = whole - sum(one for one, _ in explained)
        slope = np.asarray(sum(one for _, one in explained))
        bound = max(bound, float(value + slope @ z - np.sort(slope)[n - p :].sum()))
        if value - bound <= _CLOSE * value:
            break
        z = _filled(z * np.sqrt(slope), p)
    return bound


class _Relaxation:
    """One regression with switches; its Gram matrix is a remainder plus the blocks split off."""

    def __init__(self, gram: _Matrix, cross: _Matrix, n: int) -> None:
        self.cross = cross
        self.blocks = _split_off(gram, n)
        self.dense = _spread(self.blocks)
        self.remainder = gram - self.dense

    def explained(self, z: _Matrix) -> tuple[float, _Matrix]:
        """How much the sum of squares falls at z, and how much more it falls per unit of each z_j."""
        n, k, _ = self.blocks.shape
        root = np.repeat(np.sqrt(z), k)[:, None]  # so that z = 0 needs no division
        inner = root * self.remainder * root.T + self.dense
        weights = root * np.linalg.solve(inner, root * self.cross)
        left = (self.cross - self.remainder @ weights).reshape(n, k, -1)
        slope = (left * np.linalg.solve(self.blocks, left)).sum(axis=(1, 2))
        return float((self.cross * weights).sum()), slope


def _split_off(gram: _Matrix, n: int) -> _Matrix:
    """Find blocks, shape (n, k, k), to split off the diagonal of a Gram matrix.

    What remains of it is still positive semidefinite.

    From block j alone the inverse of the inverse's diagonal block could be taken; from all blocks at
    once an n-th of that.  More is taken step by step, as much as a Cholesky factorisation admits.
    """
    k = len(gram) // n
    remainder = gram
    blocks = np.zeros((n, k, k))
    members = np.arange(n)
    step = _FIRST
    for turn in range(_ROUNDS):
        inverse = np.linalg.inv(remainder).reshape(n, k, n, k)[members, :, members, :]
        alone = np.linalg.inv(inverse)
        alone = (alone + alone.mT) / 2
        dense = _spread(alone)
        if turn == 0:
            reserve = _RESERVE / n * dense  # stays: the remainder is to be inverted
        while step > 1 / (8 * n) and not _definite(remainder - reserve - step * dense):
            step /= 2
        if step <= 1 / (8 * n):
            break
        remainder = remainder - step * dense
        blocks += step * alone
    return blocks


def _spread(blocks: _Matrix) -> _Matrix:
    """Build the matrix with these blocks on its diagonal."""
    n, k, _ = blocks.shape
    dense = np.zeros((n, k, n, k))
    dense[np.arange(n), :, np.arange(n), :] = blocks
    return dense.reshape(n * k, n * k)


def _definite(matrix: _Matrix) -> bool:
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        return False
    return True


def _filled(sizes: _Matrix, p: int) -> _Matrix:
    """The z from 0 to 1, of sum p at most, that minimises the sum of squared sizes over z."""
    largest = np.sort(sizes)[::-1]
    rest = np.cumsum(largest[::-1])[::-1][:p]  # of all but the 0, 1, ... largest, whose z are 1
    level = rest / (p - np.arange(p))
    unit = level[np.argmax(largest[:p] <= level)]
    return np.minimum(1.0, sizes / unit) if unit > 0 else (sizes > 0).astype(np.float64)
