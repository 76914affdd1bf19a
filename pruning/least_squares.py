"""Least squares from sums over samples, so that memory does not grow with the samples."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(slots=True, eq=False)
class Sums:
    """Sums over rows of [x, 1] and y, from which every ridge regression of y on x follows.

    Parameters
    ----------
    xx : Tensor of float64, shape (columns + 1, columns + 1)
        Of [x, 1] times its transpose.
    xy : Tensor of float64, shape (columns + 1, outputs)
        Of [x, 1] times y; no outputs where only x is of interest.
    yy : float
        Of the squares of y.
    """

    xx: Tensor
    xy: Tensor
    yy: float = 0.0

    @classmethod
    def zero(cls, columns: int, outputs: int = 0, device: torch.device | None = None) -> Sums:
        """Of no rows at all."""
        shapes = (columns + 1, columns + 1), (columns + 1, outputs)
        xx, xy = (torch.zeros(shape, dtype=torch.float64, device=device) for shape in shapes)
        return cls(xx, xy)

    def add(self, x: Tensor, y: Tensor | None = None) -> None:
        """Add rows: x of shape (rows, columns) and y of shape (rows, outputs)."""
        x = torch.cat([x, x.new_ones(len(x), 1)], dim=1)
        self.xx += x.T @ x
        if y is not None:
            self.xy += x.T @ y
            self.yy += float(y.double().square().sum())

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.xx + other.xx, self.xy + other.xy, self.yy + other.yy)

    @property
    def rows(self) -> float:
        """How many were added."""
        return float(self.xx[-1, -1])

    @property
    def covariance(self) -> Tensor:
        """Of x, centred, times the number of rows: shape (columns, columns)."""
        mean = self.xx[:-1, -1] / self.rows
        return self.xx[:-1, :-1] - self.rows * mean[:, None] * mean

    def fit(self, ridge: float, intercept: bool = True) -> Tensor:
        """The weights that minimise squared error plus penalty.

        Parameters
        ----------
        ridge : float
            The penalty on squared weights, as a share of the mean diagonal of the Gram matrix.
        intercept : bool
            Whether there is one; it is not penalised.

        Returns
        -------
        Tensor of float64, shape (columns + 1, outputs)
            The intercept, or zeros, last.
        """
        if not intercept:
            weight = _ridge_solve(self.xx[:-1, :-1], self.xy[:-1], ridge)
            return torch.cat([weight, torch.zeros_like(self.xy[-1:])])
        mean = self.xx[:-1, -1] / self.rows
        weight = _ridge_solve(self.covariance, self.xy[:-1] - mean[:, None] * self.xy[-1], ridge)
        return torch.cat([weight, (self.xy[-1] / self.rows - mean @ weight)[None]])

    def error(self, fitted: Tensor) -> float:
        """The sum of squares that a fit leaves."""
        return float((fitted * (self.xx @ fitted - 2 * self.xy)).sum()) + self.yy


def _ridge_solve(gram: Tensor, cross: Tensor, ridge: float) -> Tensor:
    penalty = ridge * float(gram.diagonal().mean())
    diagonal = torch.full_like(gram.diagonal(), penalty if penalty > 0 else 1.0)  # x never changes
    return torch.cholesky_solve(cross, torch.linalg.cholesky(gram + torch.diag(diagonal)))
