"""Exchange of chosen blocks of columns for better ones, one at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_Matrix = NDArray[np.float64]
_Problem = tuple[_Matrix, _Matrix]

_LEAST = 1e-6  # by what share a newcomer must do better than the member it replaces


def exchange(problems: Sequence[_Problem], chosen: Sequence[int], n: int, swaps: int) -> list[int]:
    """Swap chosen blocks for others while that lowers the sum of squares.

    Members are tried in rounds, starting with the one whose loss costs least.  Each leaves for the
    block that then explains most, if that is more than it explained itself.  Without a limit on swaps,
    the search ends where no single swap gains anything.

    Sequential replacement: Miller, "Subset Selection in Regression" (2nd edition, 2002), chapter 3.

    Parameters
    ----------
    problems : sequence of pairs of ndarray
        As in `pruning.saliency.forward.forward`.
    chosen : sequence of int
        Distinct blocks.
    n : int
        How many blocks there are.
    swaps : int
        The most swaps made; 0 changes nothing.

    Returns
    -------
    list of int
        As many blocks; never worse than those given.
    """
    members = list(chosen)
    outside = np.setdiff1d(np.arange(n), members)
    if not swaps or not len(outside):
        return members
    parts = [_Exchange(gram, cross, n, members) for gram, cross in problems]
    tried = np.zeros(len(members), dtype=bool)  # in this round
    stays = np.zeros(len(members), dtype=bool)  # tried since the last swap, in vain
    while swaps and not stays.all():
        if (tried | stays).all():
            tried[:] = False
        losses = np.asarray(sum(part.losses() for part in parts))
        slot = int(np.argmin(np.where(tried | stays, np.inf, losses)))
        gains = np.asarray(sum(part.gains(slot, outside) for part in parts))
        best = int(np.argmax(gains))
        tried[slot] = stays[slot] = True
        if gains[best] > (1 + _LEAST) * losses[slot]:
            for part in parts:
                part.swap(slot, int(outside[best]))
            members[slot], outside[best] = int(outside[best]), members[slot]
            swaps -= 1
            stays[:] = False
    better = explained(problems, members, n) > explained(problems, chosen, n)
    return members if better else list(chosen)


def explained(problems: Sequence[_Problem], chosen: Sequence[int], n: int) -> float:
    """How much these blocks lower the sum of squares of all regressions."""
    total = 0.0
    for gram, cross in problems:
        columns = _columns(chosen, len(gram) // n)
        inner = cross[columns]
        total += float((np.linalg.solve(gram[np.ix_(columns, columns)], inner) * inner).sum())
    return total


def _columns(blocks: Sequence[int], k: int) -> NDArray[np.int64]:
    return (np.asarray(blocks, dtype=np.int64)[:, None] * k + np.arange(k)).ravel()


class _Exchange:
    """One regression on chosen blocks: the inverse of their Gram matrix, and the unexplained rest.

    To remove a block is a step back of the elimination, to add one a step forward: either changes the
    inverse, the weights and the rest by k rows, in O(n k^2 (p k + m)) operations.
    """

    def __init__(self, gram: _Matrix, cross: _Matrix, n: int, chosen: Sequence[int]) -> None:
        k = len(gram) // n
        self.n, self.k, self.gram = n, k, gram
        columns = _columns(chosen, k)
        self.read = gram[columns]
        self.inverse = _solve(self.read[:, columns], np.eye(len(columns)))
        self.weights = self.inverse @ cross[columns]
        self.rest = cross.T - self.weights.T @ self.read
        fitted = (self.inverse @ self.read).T.reshape(n, k, -1) @ self.read.T.reshape(n, k, -1).mT
        blocks = np.arange(n)
        self.diagonal = gram.reshape(n, k, n, k)[blocks, :, blocks, :] - fitted
        rows = np.ascontiguousarray(self.rest.T).reshape(n, k, -1)
        self.power = rows @ rows.mT

    def losses(self) -> _Matrix:
        """How much the sum of squares would grow without each of the members."""
        rows = self.weights.reshape(-1, self.k, self.weights.shape[1])
        members = np.arange(len(rows))
        inverse = self.inverse.reshape(len(rows), self.k, len(rows), self.k)
        return _traces(inverse[members, :, members, :], rows @ rows.mT)

    def gains(self, slot: int, outside: NDArray[np.int64]) -> _Matrix:
        """How much the sum of squares would fall with each outsider, once this member has left."""
        mine = self._mine(slot)
        row = self.inverse[mine]
        share = _solve(row[:, mine], self.weights[mine])
        diagonal, power = self._after(row @ self.read, row[:, mine], share, 1)
        return _traces(diagonal[outside], power[outside])

    def swap(self, slot: int, block: int) -> None:
        """Put a block in the place of a member."""
        mine, its = self._mine(slot), self._mine(block)
        row = self.inverse[mine].copy()
        share = _solve(row[:, mine], self.weights[mine])
        self._step(row, row @ self.read, row[:, mine], share, 1)
        self.inverse[mine] = self.inverse[:, mine] = self.weights[mine] = 0.0  # not by rounding alone
        row = self.read[:, its].T @ self.inverse
        column = self.gram[its] - row @ self.read
        row[:, mine] = -np.eye(self.k)
        share = _solve(column[:, its], self.rest[:, its].T)
        self._step(row, column, column[:, its], share, -1)
        self.read[mine] = self.gram[its]

    def _step(self, row: _Matrix, column: _Matrix, pivot: _Matrix, share: _Matrix, sign: int) -> None:
        """Remove (sign 1) or add (-1) a block."""
        self.diagonal, self.power = self._after(column, pivot, share, sign)
        self.inverse -= sign * row.T @ _solve(pivot, row)
        self.weights -= row.T @ share
        self.rest += sign * share.T @ column

    def _after(
        self, column: _Matrix, pivot: _Matrix, share: _Matrix, sign: int
    ) -> tuple[_Matrix, _Matrix]:
        """What a step leaves of each block's Gram matrix, and the square of what it has to explain."""
        shape = self.k, self.n, self.k
        turned = column.reshape(shape).transpose(1, 2, 0)
        crossed = sign * (share @ self.rest).reshape(shape).transpose(1, 2, 0) @ turned.mT
        power = self.power + crossed + crossed.mT + turned @ (share @ share.T) @ turned.mT
        return self.diagonal + sign * turned @ _solve(pivot, np.eye(self.k)) @ turned.mT, power

    def _mine(self, place: int) -> slice:
        return slice(place * self.k, (place + 1) * self.k)


def _solve(left: _Matrix, right: _Matrix) -> _Matrix:
    return np.asarray(np.linalg.solve(left, right), dtype=np.float64)


def _traces(left: _Matrix, right: _Matrix) -> _Matrix:
    """The traces of each inverse of `left` times `right`."""
    return np.asarray(_solve(left, right).trace(axis1=1, axis2=2))
