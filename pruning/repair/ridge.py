"""Ridge regression from samples in memory."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from dispersion.errors import InputError
from pruning.repair.rows import Rows, parts


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
    rows : Rows
        The samples.  There is an intercept if they are centred; it is not penalised.
    ridge : float
        The penalty on squared weights, as a share of the columns' mean sum of squares.

    Attributes
    ----------
    rows : Rows
        As given.
    penalties : Tensor of float64, shape (columns + 1, 1)
        On the squared weights and, last, on the intercept.

    Raises
    ------
    InputError
        Samples that are not finite, or a ridge so small that rounding leaves nothing to solve.
    """

    def __init__(self, rows: Rows, ridge: float) -> None:
        self.rows = rows
        count, columns = rows.shape
        self.penalties = rows.mean.new_zeros((columns + 1, 1), dtype=torch.float64)
        held = rows.mean.dtype
        fine = self._factorise(rows.gram(held), ridge)
        if not fine and ridge >= torch.finfo(held).eps:  # what the products' rounding did
            fine = self._factorise(rows.gram(torch.float64), ridge)
        if not fine:
            raise InputError(
                f"{columns} columns cannot be fitted from {count} rows with a ridge of {ridge!r};"
                " take a larger one."
            )

    def _factorise(self, gram: Tensor, ridge: float) -> bool:
        """Factorise the Gram matrix with the penalty by Cholesky; return whether that succeeded."""
        penalty = ridge * float(gram.diagonal().mean())
        self.penalties[:-1] = penalty if penalty > 0 else 1.0  # columns that never change
        gram = gram + torch.diag(self.penalties[:-1, 0])
        if not gram.isfinite().all():
            raise InputError(
                "inputs that are not finite cannot be fitted; look for NaN in the network."
            )
        self._factor, failed = torch.linalg.cholesky_ex(gram)
        return not failed

    def fit(self, y: Tensor) -> Fit:
        """The least squares fit of targets y, shape (rows, outputs)."""
        return self.uncentred(self.solved(self.rows.cross(y)))

    def solved(self, cross: Tensor) -> Tensor:
        """Solve the normal equations.

        Parameters
        ----------
        cross : Tensor, shape (columns + 1, outputs)
            As `Rows.cross` gives it.

        Returns
        -------
        Tensor of float64, shape (columns + 1, outputs)
            Weights of the columns as `rows` has them and, last, intercepts.
        """
        half = torch.linalg.solve_triangular(self._factor, cross[:-1].double(), upper=False)
        whole = torch.linalg.solve_triangular(self._factor.T, half, upper=True)
        return torch.cat([whole, cross[-1:].double() / self.rows.shape[0]])

    def uncentred(self, weights: Tensor) -> Fit:
        """The fit that has these weights and intercepts, given as by `solved`."""
        weight, intercept = weights[:-1].to(self.rows.mean.dtype), weights[-1].to(self.rows.mean.dtype)
        return Fit(weight, intercept - self.rows.mean @ weight)


def _part(whole: Tensor | float, some: slice) -> Tensor | float:
    return whole[some] if isinstance(whole, Tensor) else whole
