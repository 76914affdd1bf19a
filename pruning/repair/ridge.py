"""Ridge regression from samples in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from dispersion.errors import InputError

_ROWS = 2048  # taken at a time, so that what is made of them is still in the cache when it is read
_COLUMNS = 256  # of a Gram matrix made at a time: it is symmetric, and half of it is enough


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A linear map with intercept.

    Parameters
    ----------
    weight : Tensor of float32, shape (columns, outputs)
        The weights of the columns.
    intercept : Tensor of float32, shape (outputs,)
        Zeros where none was wanted.
    """

    weight: Tensor
    intercept: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        """The outputs for rows x of shape (rows, columns)."""
        return x @ self.weight + self.intercept

    def loss(self, x: Tensor, y: Tensor, rectified: bool = False, added: Tensor | float = 0.0) -> float:
        """The sum of squared errors for targets y, if `added` is added to the outputs.

        If `rectified`, errors are measured after a ReLU.
        """
        total = torch.zeros((), dtype=torch.float64, device=x.device)
        for some in parts(len(x)):
            outputs, wanted = self(x[some]) + _part(added, some), y[some]
            off = wanted - outputs
            if rectified:
                off = torch.where(wanted > 0, off, outputs.clamp(min=0))
            total += off.double().square().sum()
        return float(total)


class Ridge:
    """Ridge regression on given columns, for any targets.

    Parameters
    ----------
    x : Tensor, shape (rows, columns)
        The samples.
    ridge : float
        The penalty on squared weights, as a share of the columns' mean sum of squares.
    intercept : bool
        Whether there is one; it is not penalised.
    overwrite : bool
        Whether `x` may be changed, which saves a copy of it.

    Attributes
    ----------
    x : Tensor, shape (rows, columns)
        The samples, centred if there is an intercept.
    intercept : bool
        As given.
    penalties : Tensor of float64, shape (columns + 1, 1)
        On the squared weights and, last, on the intercept.

    Raises
    ------
    InputError
        Samples that are not finite, or a ridge so small that rounding leaves nothing to solve.
    """

    def __init__(
        self, x: Tensor, ridge: float, intercept: bool = True, *, overwrite: bool = False
    ) -> None:
        self.intercept = intercept
        self._mean = x.mean(0) if intercept else x.new_zeros(x.shape[1])
        self.x = x.sub_(self._mean) if overwrite else x - self._mean
        self.penalties = x.new_zeros((x.shape[1] + 1, 1), dtype=torch.float64)
        fine = self._factorise(_gram(self.x), ridge)
        if not fine and ridge >= torch.finfo(x.dtype).eps:  # what the products' rounding did
            fine = self._factorise(_gram(self.x.double()), ridge)
        if not fine:
            raise InputError(
                f"{x.shape[1]} columns cannot be fitted from {len(x)} rows with a ridge of {ridge!r};"
                " take a larger one."
            )

    def _factorise(self, gram: Tensor, ridge: float) -> bool:
        """Factorise the Gram matrix with the penalty by Cholesky; return whether that succeeded."""
        penalty = ridge * float(gram.diagonal().mean())
        self.penalties[:-1] = penalty if penalty > 0 else 1.0  # columns that never change
        gram.diagonal().add_(self.penalties[0])
        if not gram.isfinite().all():
            raise InputError(
                "inputs that are not finite cannot be fitted; look for NaN in the network."
            )
        self._factor, failed = torch.linalg.cholesky_ex(gram)
        return not failed

    def fit(self, y: Tensor) -> Fit:
        """The least squares fit of targets y, shape (rows, outputs)."""
        mean = y.mean(0) if self.intercept else y.new_zeros(y.shape[1])
        weight = self._solved(self.x.T @ (y - mean)).to(y.dtype)
        return Fit(weight, mean - self._mean @ weight)

    def solved(self, cross: Tensor) -> Tensor:
        """Solve the normal equations.

        Parameters
        ----------
        cross : Tensor of float64, shape (columns + 1, outputs)
            Products of the columns of `x` with targets and, last, the sums of the targets.

        Returns
        -------
        Tensor of float64, shape (columns + 1, outputs)
            Weights of the columns of `x` and, last, intercepts.
        """
        return torch.cat([self._solved(cross[:-1]), cross[-1:] / len(self.x)])

    def centred(self, fit: Fit) -> Tensor:
        """A fit as `solved` gives it, for the columns of `x`."""
        return torch.cat([fit.weight, (fit.intercept + self._mean @ fit.weight)[None]]).double()

    def uncentred(self, weights: Tensor) -> Fit:
        """The reverse of `centred`."""
        weight = weights[:-1].to(self.x.dtype)
        return Fit(weight, weights[-1].to(self.x.dtype) - self._mean @ weight)

    def _solved(self, cross: Tensor) -> Tensor:
        half = torch.linalg.solve_triangular(self._factor, cross.double(), upper=False)
        whole: Tensor = torch.linalg.solve_triangular(self._factor.T, half, upper=True)
        return whole


def _gram(x: Tensor) -> Tensor:
    """The products of all columns with one another; those above the diagonal are copied."""
    gram = x.new_empty(2 * (x.shape[1],), dtype=torch.float64)
    for start in range(0, x.shape[1], _COLUMNS):
        stop = min(start + _COLUMNS, x.shape[1])
        below = x[:, start:stop].T @ x[:, :stop]
        gram[start:stop, :stop] = below
        gram[:start, start:stop] = below[:, :start].T
    return gram


def parts(rows: int) -> Iterator[slice]:
    """Rows that are best taken together: what is made of them stays in the cache."""
    return (slice(start, start + _ROWS) for start in range(0, rows, _ROWS))


def _part(whole: Tensor | float, some: slice) -> Tensor | float:
    return whole[some] if isinstance(whole, Tensor) else whole
