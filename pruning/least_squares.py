"""Linear fits from samples in memory: ridge regression, plain or blind below zero."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from dispersion.errors import InputError


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A linear map with intercept.

    Parameters
    ----------
    weight : Tensor of float32, shape (columns, outputs)
        Of the columns.
    intercept : Tensor of float32, shape (outputs,)
        Zeros where none was wanted.
    """

    weight: Tensor
    intercept: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        """The outputs for rows x of shape (rows, columns)."""
        return x @ self.weight + self.intercept

    def loss(self, x: Tensor, y: Tensor, rectified: bool = False, added: Tensor | float = 0.0) -> float:
        """The sum of squares it leaves of y, together with what is added to its outputs anyway.

        Where `rectified`, of what an activation lets through.
        """
        found = self(x) + added
        off = torch.where(y > 0, y - found, found.clamp(min=0)) if rectified else y - found
        return float(off.double().square().sum())


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

    Raises
    ------
    InputError
        Samples that are not finite, or a ridge so small that rounding leaves nothing to solve.
    """

    def __init__(self, x: Tensor, ridge: float, intercept: bool = True) -> None:
        self._intercept = intercept
        self._mean = x.mean(0) if intercept else x.new_zeros(x.shape[1])
        self._x = x - self._mean
        gram = (self._x.T @ self._x).double()
        penalty = ridge * float(gram.diagonal().mean())
        gram.diagonal().add_(penalty if penalty > 0 else 1.0)  # columns that never change
        if not gram.isfinite().all():
            raise InputError(
                "inputs that are not finite cannot be fitted; look for NaN in the network."
            )
        self._factor, failed = torch.linalg.cholesky_ex(gram)
        if failed:
            raise InputError(
                f"{x.shape[1]} columns cannot be fitted from {len(x)} rows with a ridge of {ridge!r};"
                " take a larger one."
            )

    def fit(self, y: Tensor) -> Fit:
        """The least squares fit of targets y, shape (rows, outputs)."""
        mean = y.mean(0) if self._intercept else y.new_zeros(y.shape[1])
        cross = (self._x.T @ (y - mean)).double()
        weight = torch.cholesky_solve(cross, self._factor).to(y.dtype)
        return Fit(weight, mean - self._mean @ weight)

    def fit_rectified(self, y: Tensor, rounds: int, added: Tensor | float = 0.0) -> Fit:
        """Fit targets of which an activation lets only the positive part through.

        Where y is positive the outputs should equal it; elsewhere it is enough that they are not
        positive.  That loss is convex; every round minimises the quadratic that touches it from above
        at the fit before, so it never grows.  Few rounds are the better ones: on samples that the
        columns outnumber, the last bit of fit is noise.

        Parameters
        ----------
        y : Tensor, shape (rows, outputs)
            The targets.
        rounds : int
            Fits made, at least 1; the first is the plain one.
        added : Tensor, shape (rows, outputs), or 0
            Joins the outputs on their way; it is their sum that should be y.
        """
        found = self.fit(y - added)
        for _ in range(rounds - 1):
            outputs = found(self._x + self._mean) + added
            found = self.fit(torch.where(y > 0, y, outputs.clamp(max=0)) - added)
        return found
