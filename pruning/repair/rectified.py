"""Least squares for targets that go through a ReLU, which lets only their positive part through.

Where a target is positive the output should equal it; elsewhere it is enough that the output is not
positive.  That loss is convex.  From the plain fit on, every round goes down the gradient, scaled by
the Gram matrix of the plain fit (a step of 1 would be the next plain fit, to the targets and, below
zero, the outputs so far), as far as is best for each output.

Few rounds are better: where there are more columns than samples, the last improvements fit noise.
"""

from __future__ import annotations

import torch
from torch import Tensor

from pruning.repair.ridge import Fit, Ridge
from pruning.repair.rows import parts

_TRIES = 2  # lengths of a step
_TINY = 1e-300  # for divisions of zero


def fit_rectified(ridge: Ridge, y: Tensor, rounds: int, added: Tensor | float = 0.0) -> Fit:
    """Fit targets that go through a ReLU.

    Parameters
    ----------
    ridge : Ridge
        The columns, with the penalty on their weights.
    y : Tensor, shape (rows, outputs)
        The targets.
    rounds : int
        At least 1; the first is the plain fit, and none makes loss and penalty together larger.
    added : Tensor, shape (rows, outputs), or 0
        Added to the outputs; their sum should be y.

    Returns
    -------
    Fit
        Of the columns as they were given.

    References
    ----------
    Zhang et al., "Accelerating Very Deep Convolutional Networks for Classification and Detection"
    (2015), section 3.2, for the loss.
    """
    weights = ridge.solved(ridge.rows.cross(y - added))
    if rounds == 1:
        return ridge.uncentred(weights)
    errors = _Errors(ridge, y, added, weights)
    for _ in range(rounds - 1):
        downhill = errors.downhill(weights)
        course = ridge.solved(downhill)
        weights += errors.step(weights, course, _dot(downhill, course)) * course
    return ridge.uncentred(weights)


class _Errors:
    """What outputs miss to their targets, as the ReLU lets it through.

    Parameters
    ----------
    ridge, y, added
        As in `fit_rectified`.
    weights : Tensor of float64, shape (columns + 1, outputs)
        As `Ridge.solved` gives them.
    """

    def __init__(self, ridge: Ridge, y: Tensor, added: Tensor | float, weights: Tensor) -> None:
        self._ridge = ridge
        self._most = torch.zeros_like(y).masked_fill_(y > 0, torch.inf)  # below zero all is well
        self._change = ridge.rows.outputs(weights, torch.empty_like(y))  # the last one made
        self._missing = y.clamp(min=0).sub_(added).sub_(self._change)

    def downhill(self, weights: Tensor) -> Tensor:
        """Half the negative gradient of loss and penalty: shape (columns + 1, outputs)."""
        off = torch.minimum(self._missing, self._most, out=self._change)
        return self._ridge.rows.cross(off).double().sub_(self._ridge.penalties * weights)

    def step(self, weights: Tensor, course: Tensor, slope: Tensor) -> Tensor:
        """Follow a course, each output as far as is best for it.

        Along a course the loss is convex and made of pieces of parabolas.  Newton's method looks for
        its minimum, between places known to be before and behind it.  It begins where the steepest
        parabola, that of all rows, comes up again to the loss at the start; so something is won.

        Parameters
        ----------
        weights, course : Tensor of float64, shape (columns + 1, outputs)
            Where to start, and where to go.
        slope : Tensor of float64, shape (outputs,)
            Half of how steeply the loss falls there, at least 0.

        Returns
        -------
        Tensor of float64, shape (outputs,)
            The lengths.  The outputs are changed accordingly.
        """
        self._ridge.rows.outputs(course, self._change)
        pull, stiffness = (_dot(self._ridge.penalties * one, course) for one in (weights, course))
        low, high = torch.zeros_like(slope), torch.full_like(slope, torch.inf)
        best, least = low, high
        tried = 2 * slope / (self._steepest() + stiffness).clamp(min=_TINY)
        for _ in range(_TRIES):
            loss, falls, bend = self._along(tried)
            loss += tried * (2 * pull + tried * stiffness)
            falls -= pull + tried * stiffness
            best, least = torch.where(loss < least, tried, best), torch.minimum(loss, least)
            low, high = torch.where(falls > 0, tried, low), torch.where(falls > 0, high, tried)
            newton = tried + falls / (bend + stiffness).clamp(min=_TINY)
            tried = torch.where((low <= newton) & (newton <= high), newton, (low + high) / 2)
        self._missing.addcmul_(self._change, best.to(self._change.dtype), value=-1)
        return best

    def _steepest(self) -> Tensor:
        """How the loss would bend along the course if every row counted: shape (outputs,)."""
        bend = self._change.new_zeros(self._change.shape[1], dtype=torch.float64)
        for some in parts(len(self._change)):
            bend += self._change[some].square().sum(0)
        return bend

    def _along(self, length: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The loss so far along the course, half of how steeply it falls there, and how it bends."""
        loss, falls, bend = (torch.zeros_like(length) for _ in range(3))
        short = length.to(self._change.dtype)
        for some in parts(len(self._change)):
            change, most = self._change[some], self._most[some]
            missing = torch.addcmul(self._missing[some], change, short, value=-1)
            counted = missing < most
            missing = torch.minimum(missing, most, out=missing)
            loss += missing.square().sum(0)
            falls += missing.mul_(change).sum(0)
            bend += counted.mul(change).mul_(change).sum(0)
        return loss, falls, bend


def _dot(a: Tensor, b: Tensor) -> Tensor:
    """The inner products of columns."""
    return (a * b).sum(0)
