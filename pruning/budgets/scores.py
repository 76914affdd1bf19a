"""Scores for allocations to compare: a criterion's, or the caller's."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError, UnknownNameError
from pruning.budgets.problem import BudgetProblem
from pruning.calibration import Calibration
from pruning.calibration.once import once
from pruning.criteria import Scores, criteria, scores
from pruning.variants import variant

ByLayer = Mapping[str, NDArray[np.float64]]


def layer_scores(
    problem: BudgetProblem,
    criterion: str,
    seed: int,
    calibration: Calibration | None,
    given: ByLayer | None = None,
) -> list[Scores]:
    """Score the filters of every layer: one array of n scores per layer.

    Raises
    ------
    InputError
        The criterion selects sets and scores nothing, or looks at images and there are none, or
        `given` does not fit the layers.
    """
    if given is not None:
        return by_layer(problem, given, "scores")
    asked = variant(criterion)
    if criteria[asked.criterion].score is None:
        able = ", ".join(name for name in criteria if criteria[name].score is not None)
        raise InputError(
            f"{asked.criterion} selects sets of filters and gives no scores to compare layers by; use"
            f" one of {able}, or another allocation."
        )
    how = {"criterion": asked.criterion, "seed": seed, **asked.arguments}
    return [once(scores, layer, calibration, **how) for layer in problem.layers]


def by_layer(problem: BudgetProblem, given: ByLayer, kind: str) -> list[NDArray[np.float64]]:
    """Put the caller's arrays into the order of the layers; each must hold n finite numbers."""
    known = [layer.name for layer in problem.layers]
    for name in given:
        if name not in known:
            raise UnknownNameError("layer", name, known)
    arrays = []
    for name, n in zip(known, problem.most.tolist(), strict=True):
        if name not in given:
            raise InputError(f"the {kind} lack layer {name!r}.")
        array = np.asarray(given[name], dtype=np.float64)
        if array.shape != (n,) or not np.isfinite(array).all():
            raise InputError(f"the {kind} of layer {name!r} must be {n} finite numbers.")
        arrays.append(array)
    return arrays
