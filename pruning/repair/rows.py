"""Samples in memory: one row each, whose columns may be zero in whole blocks.

A convolution that pads small maps sees many zeros: of maps of 2 x 2, only 4 of the 9 places of
a kernel of 3 x 3 are ever inside.  Rows are put into groups by the blocks that are zero, and what would
be multiplied with zero is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

_PART = 2048  # rows taken at a time, so that what is made of them is still in the cache when it is read
_COLUMNS = 256  # of a Gram matrix made at a time: it is symmetric, and half of it is enough
_BLOCKS = 62  # at most: bits of a number
_SMALL = 256  # rows that are not worth a group of their own
_WORTH = 0.8  # of all numbers: with more of them left, groups save nothing


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Rows with the columns in which any of them is other than zero: all of both, if these are None."""

    rows: Tensor | None
    columns: Tensor | None
    x: Tensor


class Rows:
    """Samples, as ridge regression needs them: seen from the mean of each column, if so wanted.

    Parameters
    ----------
    x : Tensor, shape (rows, columns)
        The samples.
    blocks : int
        How many blocks of equal width the columns have.
    centred : bool
        Whether all products are those of the columns less their means.
    overwrite : bool
        Whether `x` may be changed, which saves a copy of it.  Of rows in groups all that is not left
        out, 80 % of the numbers at most, is copied.

    Attributes
    ----------
    shape : tuple of int
        Rows and columns.
    centred : bool
        As given.
    mean : Tensor, shape (columns,)
        What the columns are seen from; zeros unless `centred`.
    """

    def __init__(
        self, x: Tensor, blocks: int = 1, *, centred: bool = True, overwrite: bool = False
    ) -> None:
        self.shape = x.shape
        self.centred = centred
        self.mean = x.mean(0) if centred else x.new_zeros(x.shape[1])
        self._grams: dict[torch.dtype, Tensor] = {}
        self._groups = _grouped(x, blocks)
        if self._groups[0].columns is None:  # zeros are of no use: the means can be taken away at once
            self._groups = [_Group(None, None, x.sub_(self.mean) if overwrite else x - self.mean)]
            self._away = torch.zeros_like(self.mean)
        else:
            self._away = self.mean

    def gram(self, dtype: torch.dtype) -> Tensor:
        """The products of all columns with one another, made once.

        Parameters
        ----------
        dtype : torch.dtype
            What they are computed in.

        Returns
        -------
        Tensor of float64, shape (columns, columns)
            Not to be changed.
        """
        if dtype not in self._grams:
            self._grams[dtype] = self._products(dtype)
        return self._grams[dtype]

    def _products(self, dtype: torch.dtype) -> Tensor:
        away = self._away.double()
        found = torch.outer(away, away).mul_(-self.shape[0])
        for group in self._groups:
            products = _gram(group.x.to(dtype))
            if group.columns is None:
                found += products
            else:
                found[group.columns[:, None], group.columns] += products
        return found

    def cross(self, y: Tensor) -> Tensor:
        """The products of the columns with targets, and the sums of the targets.

        Parameters
        ----------
        y : Tensor, shape (rows, outputs)
            The targets.

        Returns
        -------
        Tensor, shape (columns + 1, outputs)
            The last row holds the sums; zeros unless `centred`.
        """
        sums = y.sum(0)
        if self.centred:  # so the columns' means need not be taken away
            y = y - sums / len(y)
        found = y.new_zeros(self.shape[1], y.shape[1])
        for group in self._groups:
            products = _cross(group, y)
            if group.columns is None:
                found += products
            else:
                found[group.columns] += products
        return torch.cat([found, sums[None] * self.centred])

    def outputs(self, weights: Tensor, out: Tensor) -> Tensor:
        """Multiply the rows with weights.

        Parameters
        ----------
        weights : Tensor, shape (columns + 1, outputs)
            The last row is added.
        out : Tensor, shape (rows, outputs)
            Where the products go.

        Returns
        -------
        Tensor
            `out`.
        """
        weights = weights.to(out.dtype)
        shift = weights[-1] - self._away @ weights[:-1]
        for group in self._groups:
            weight = weights[:-1] if group.columns is None else weights[group.columns]
            for some in parts(len(group.x)):
                if group.rows is None:
                    torch.addmm(shift, group.x[some], weight, out=out[some])
                else:
                    out[group.rows[some]] = torch.addmm(shift, group.x[some], weight)
        return out


def parts(rows: int) -> Iterator[slice]:
    """Rows that are best taken together."""
    return (slice(start, start + _PART) for start in range(0, rows, _PART))


def _grouped(x: Tensor, blocks: int) -> list[_Group]:
    """Rows by the blocks that are zero; one group where that would save too little."""
    whole = [_Group(None, None, x)]
    if not 1 < blocks <= _BLOCKS:
        return whole
    apart = x.view(len(x), blocks, -1)
    bits = 2 ** torch.arange(blocks, device=x.device)
    kind = torch.where((apart.amax(2) != 0) | (apart.amin(2) != 0), bits, 0).sum(1)
    kinds, place, counts = torch.unique(kind, return_inverse=True, return_counts=True)
    kinds[counts < _SMALL] = bits.sum()
    kinds, again = torch.unique(kinds, return_inverse=True)
    place = again[place]
    seen = (kinds[:, None] & bits) != 0
    if float(seen.double().mean(1)[place].mean()) > _WORTH:
        return whole
    columns = torch.arange(x.shape[1], device=x.device).view(blocks, -1)
    found = []
    for k in range(len(kinds)):
        rows, of = (place == k).nonzero()[:, 0], seen[k].nonzero()[:, 0]
        taken = (rows[:, None] * blocks + of).flatten()
        inside = apart.flatten(0, 1).index_select(0, taken).view(len(rows), -1)
        found.append(_Group(rows, columns[of].flatten(), inside))
    return found


def _cross(group: _Group, y: Tensor) -> Tensor:
    found = y.new_zeros(group.x.shape[1], y.shape[1])
    for some in parts(len(group.x)):
        found.addmm_(group.x[some].T, y[some] if group.rows is None else y[group.rows[some]])
    return found


def _gram(x: Tensor) -> Tensor:
    """The products of all columns with one another; those above the diagonal are copied."""
    gram = x.new_empty(2 * (x.shape[1],), dtype=torch.float64)
    for start in range(0, x.shape[1], _COLUMNS):
        stop = min(start + _COLUMNS, x.shape[1])
        below = x[:, start:stop].T @ x[:, :stop]
        gram[start:stop, :stop] = below
        gram[:start, start:stop] = below[:, :start].T
    return gram
