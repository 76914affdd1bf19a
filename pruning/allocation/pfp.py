"""PFP's own allocation: one relative error for all layers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from pruning.allocation import allocation
from pruning.batches import example_input
from pruning.budgets.problem import BudgetProblem
from pruning.budgets.ranking import by_threshold
from pruning.calibration import Calibration
from pruning.calibration.once import once
from pruning.measuring.quadratic import Counts
from pruning.saliency.sensitivity import (
    IMAGES,
    ROWS,
    draws_for,
    largest_error,
    probabilities,
    sensitivities,
    spread,
)
from pruning.tracing.hooks import run_until_seen


@allocation("pfp", summary="one relative error for the samples of all layers (Liebenwein et al. 2020)")
def one_error(
    problem: BudgetProblem,
    *,
    calibration: Calibration,
    images: int = IMAGES,
    rows: int = ROWS,
    constant: float = 3.0,
    delta: float = 1e-16,
) -> Counts:
    """Keep in every layer the channels that its error bound asks for, with one eps for the network.

    PFP's own allocation (Liebenwein, Baykal, Lang, Feldman and Rus, ICLR 2020, arXiv 1911.07412), after
    the authors' code: m(eps) draws of the channels keep the relative error of the layer that reads them
    within eps, and u(m) of them are expected to differ; eps follows from the budget.

    Parameters
    ----------
    problem : BudgetProblem
        The layers and the budget.
    calibration : Calibration
        Their network with images.
    images, rows : int
        As in the criterion `pruning.criteria.pfp.pfp`.
    constant, delta : float
        The authors' C and probability of failure.

    Raises
    ------
    InputError
        An argument is out of range.
    """
    how = {"images": images, "rows": rows, "constant": constant, "delta": delta}
    levels = [once(errors, layer.name, calibration, **how) for layer in problem.layers]
    return by_threshold(problem, levels)


def errors(
    layer: str,
    calibration: Calibration,
    *,
    images: int = IMAGES,
    rows: int = ROWS,
    constant: float = 3.0,
    delta: float = 1e-16,
) -> NDArray[np.float64]:
    """The largest eps at which a layer still keeps p channels, for every p.

    Parameters
    ----------
    layer : str
        Its name; see `one_error` for the rest.

    Returns
    -------
    ndarray of float64, shape (n,)
        For p = 1 (infinite) to n; never increasing, 0 where no eps asks for that many.  Of several
        layers that read the channels, the largest sensitivities and the most demanding bound count.
    """
    sensitivity = sensitivities(layer, calibration, images, rows)
    shapes = [_positions(calibration, consumer.name) for consumer in calibration.consumers(layer)]
    coefficient = max(
        spread(float(sensitivity.sum()), patches=patches, kernel=kernel, constant=constant, delta=delta)
        for patches, kernel in shapes
    )
    chance, alive = probabilities(sensitivity), int((sensitivity > 0.0).sum())
    levels = np.zeros(len(sensitivity))
    levels[0] = np.inf
    for p in range(2, alive + 1):
        levels[p - 1] = largest_error(coefficient, draws_for(chance, p))
    return levels


def _positions(calibration: Calibration, name: str) -> tuple[int, int]:
    """Count the output positions of a layer and those of its kernel; 1 and 1 if it is linear."""
    shapes: list[tuple[int, int]] = []

    def note(_: str, module: nn.Module, inputs: Tensor, outputs: Tensor) -> None:
        shapes.append((outputs[0, 0].numel(), module.get_parameter("weight")[0, 0].numel()))

    network = calibration.network
    run_until_seen(network.module, example_input(network), [name], note)
    return shapes[0]
