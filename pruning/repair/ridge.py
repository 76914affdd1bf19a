"""Ridge regression from samples in memory, for plain and for rectified targets."""

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
        for some in _parts(len(x)):
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

    Raises
    ------
    InputError
        Samples that are not finite, or a ridge so small that rounding leaves nothing to solve.
    """

    def __init__(
        self, x: Tensor, ridge: float, intercept: bool = True, *, overwrite: bool = False
    ) -> None:
        self._intercept = intercept
        self._mean = x.mean(0) if intercept else x.new_zeros(x.shape[1])
        self._x = x.sub_(self._mean) if overwrite else x - self._mean
        fine = self._factorise(_gram(self._x), ridge)
        if not fine and ridge >= torch.finfo(x.dtype).eps:  # what the products' rounding did
            fine = self._factorise(_gram(self._x.double()), ridge)
        if not fine:
            raise InputError(
                f"{x.shape[1]} columns cannot be fitted from {len(x)} rows with a ridge of {ridge!r};"
                " take a larger one."
            )

    def _factorise(self, gram: Tensor, ridge: float) -> bool:
        """Factorise the Gram matrix with the penalty by Cholesky; return whether that succeeded."""
        penalty = ridge * float(gram.diagonal().mean())
        self._penalty = penalty if penalty > 0 else 1.0  # columns that never change
        gram.diagonal().add_(self._penalty)
        if not gram.isfinite().all():
            raise InputError(
                "inputs that are not finite cannot be fitted; look for NaN in the network."
            )
        self._factor, failed = torch.linalg.cholesky_ex(gram)
        return not failed

    def fit(self, y: Tensor) -> Fit:
        """The least squares fit of targets y, shape (rows, outputs)."""
        mean = y.mean(0) if self._intercept else y.new_zeros(y.shape[1])
        weight = self._solved(self._x.T @ (y - mean)).to(y.dtype)
        return Fit(weight, mean - self._mean @ weight)

    def fit_rectified(self, y: Tensor, rounds: int, added: Tensor | float = 0.0) -> Fit:
        """Fit targets that go through a ReLU, which lets only their positive part through.

        Where y is positive the outputs should equal it; elsewhere it is enough that they are not
        positive.  That loss is convex; every round minimises the quadratic that touches it from above
        at the previous fit, so it never grows.  Few rounds are better: where there are more columns
        than samples, the last improvements fit noise.

        Parameters
        ----------
        y : Tensor, shape (rows, outputs)
            The targets.
        rounds : int
            Fits made, at least 1; the first is the plain one.
        added : Tensor, shape (rows, outputs), or 0
            Added to the outputs; their sum should be y.
        """
        fit = self.fit(y - added)
        if rounds > 1:
            goal = y.clamp(min=0) - added
            most = torch.zeros_like(y).masked_fill_(y > 0, torch.inf)  # below zero all is well
            for _ in range(rounds - 1):
                fit = self._improved(fit, goal, most)
        return fit

    def _improved(self, fit: Fit, goal: Tensor, most: Tensor) -> Fit:
        """Make another round: fit what is missing to the goal, but no more of it than allowed.

        The fit of a sum is the sum of the fits, and that of the outputs so far is known: the weights
        they were made with, less what the penalty takes from them.
        """
        cross = torch.zeros_like(fit.weight)
        missed = torch.zeros_like(fit.intercept)
        intercept = fit.intercept + self._mean @ fit.weight  # of the centred rows
        for some in _parts(len(self._x)):
            x = self._x[some]
            off = torch.addmm(goal[some], x, fit.weight, alpha=-1).sub_(intercept)
            off = torch.minimum(off, most[some], out=off)
            cross.addmm_(x.T, off)
            missed += off.sum(0)
        before = fit.weight.double()
        weight = (before + self._solved(cross - self._penalty * before)).to(goal.dtype)
        if self._intercept:
            intercept += missed / len(goal)
        return Fit(weight, intercept - self._mean @ weight)

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


def _parts(rows: int) -> Iterator[slice]:
    return (slice(start, start + _ROWS) for start in range(0, rows, _ROWS))


def _part(whole: Tensor | float, some: slice) -> Tensor | float:
    return whole[some] if isinstance(whole, Tensor) else whole
