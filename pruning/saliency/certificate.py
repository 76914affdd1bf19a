"""How far a selection of channels is, at most, from the best selection of its size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pruning.calibration import Calibration
from pruning.filters import FilterLayer
from pruning.parameters import need
from pruning.saliency.bound import least_left
from pruning.saliency.exchange import explained
from pruning.saliency.regression import regressions, solvable


@dataclass(frozen=True, slots=True)
class Certificate:
    """How well a layer's consumers can be rebuilt from a selection, and from any selection of its size.

    Parameters
    ----------
    error : float
        What least squares on the selection leaves, its penalty included, as a share of the consumers'
        sum of squares: what `css` minimises.
    bound : float
        The least share that any selection of as many channels leaves; valid but for rounding.
    """

    error: float
    bound: float

    @property
    def gap(self) -> float:
        """The share of the error that a better selection could save at most, 0 to 1."""
        return max(0.0, self.error - self.bound) / self.error if self.error > 0 else 0.0


def certify(
    layer: FilterLayer, kept: Sequence[int], *, calibration: Calibration, ridge: float = 1e-2
) -> Certificate:
    """Bound how far a selection of channels, by any criterion, is from the best one.

    The best one is that with the smallest error for `css`.

    Selections are too many to try; a convex relaxation of the choice gives the bound (see
    `pruning.saliency.bound.least_left`).  It takes seconds up to 128 channels of 3 x 3, minutes for
    512.

    Parameters
    ----------
    layer : FilterLayer
        A layer of the calibrated network.
    kept : sequence of int
        The channels selected, distinct.
    calibration, ridge
        As in `pruning.criteria.css.css`.

    Raises
    ------
    InputError
        No channels, ones that the layer lacks, one twice, a ridge out of range or too small, or
        consumers whose outputs never vary.
    """
    n, chosen = len(layer.points), sorted({int(one) for one in kept})
    need(
        len(chosen) == len(kept) > 0 and chosen[0] >= 0 and chosen[-1] < n,
        f"channels of {layer.name} are kept by distinct numbers from 0 to {n - 1}, not {list(kept)}.",
    )
    parts = regressions(layer, calibration, ridge)
    whole = sum(one.whole for one in parts)
    need(whole > 0, f"the outputs of the consumers of {layer.name} never vary; use other images.")
    problems = [(one.gram, one.cross) for one in parts]
    with solvable(layer, ridge):
        left = whole - explained(problems, chosen, n)
        least = least_left(problems, whole, len(chosen), n)
    return Certificate(left / whole, least / whole)
