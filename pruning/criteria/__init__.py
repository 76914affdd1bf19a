"""Criteria: which filters of a layer to keep; one file per criterion.

A criterion either scores every filter, and the highest scores stay, or selects a set as a whole.
Where a paper's formula was not available to us the criterion is a *reconstruction*, and says so.

>>> import numpy as np
>>> from pruning import FilterLayer
>>> layer = FilterLayer("conv", ("conv",), np.array([[1.0, 1.0], [3.0, 4.0], [0.0, 2.0]]))
>>> keep(layer, 2, "l2").tolist()
[1, 2]
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dispersion.errors import ContradictionError, InputError
from dispersion.registry import Registry
from pruning.calibration import Calibration
from pruning.filters import FilterLayer
from pruning.parameters import NEEDS_IMAGES, checked
from pruning.saliency.criterion import (
    Chance,
    Criterion,
    Indices,
    Scores,
    Scoring,
    Selecting,
    always,
    never,
)

__all__ = [
    "Criterion",
    "Indices",
    "Scores",
    "always",
    "best",
    "criteria",
    "keep",
    "scores",
    "scoring",
    "selecting",
]

criteria: Registry[Criterion] = Registry("criterion", "pruning.criteria")


def scoring(
    name: str,
    *,
    summary: str,
    reconstruction: str = "",
    chance: Chance = never,
    solver_too: bool = False,
) -> Callable[[Scoring], Scoring]:
    """Register the decorated function, which scores filters, as the criterion `name`."""

    def register(score: Scoring) -> Scoring:
        about = name, summary, reconstruction
        criteria.add(name, Criterion(*about, score=score, chance=chance, solver_too=solver_too))
        return score

    return register


def selecting(
    name: str,
    *,
    summary: str,
    reconstruction: str = "",
    chance: Chance = never,
    solver_too: bool = False,
    heeds_fixed: bool = False,
) -> Callable[[Selecting], Selecting]:
    """Register the decorated function, which selects filters, as the criterion `name`."""

    def register(select: Selecting) -> Selecting:
        about = name, summary, reconstruction
        about_it = Criterion(
            *about, select=select, chance=chance, solver_too=solver_too, heeds_fixed=heeds_fixed
        )
        criteria.add(name, about_it)
        return select

    return register


def keep(
    layer: FilterLayer,
    p: int,
    criterion: str = "l1",
    *,
    seed: int = 0,
    calibration: Calibration | None = None,
    **arguments: Any,
) -> Indices:
    """Choose the filters of a layer that stay.

    Parameters
    ----------
    layer : FilterLayer
        The filters of a convolution, or of several tied ones.
    p : int
        How many to keep, 1 to n.
    criterion : str
        A registered criterion.
    seed : int
        Used by criteria that draw random numbers; the others ignore it.
    calibration : Calibration or None
        The layer's network with images, for criteria that look at more than weights.
    **arguments
        Passed to the criterion; see `Criterion.arguments`.

    Returns
    -------
    ndarray of int64, shape (p,)
        Ascending.  Among equal scores the first filter stays.

    Raises
    ------
    InputError
        `p` is out of range, weights are not finite, an argument is unknown or out of range, or the
        criterion needs images.
    UnknownNameError
        No criterion has this name.
    """
    n = len(layer.points)
    if not 1 <= p <= n:
        raise InputError(f"layer {layer.name} has {n} filters; it can keep 1 to {n} of them, not {p}.")
    least, most = len(layer.required), n - len(layer.excluded)
    if not least <= p <= most:
        raise InputError(
            f"of the {n} filters of layer {layer.name} {least} must stay and {n - most} must go, so it "
            f"cannot keep {p}; keep {max(least, 1)} to {most}."
        )
    info = criteria[criterion]
    if info.select is None:
        scored = scores(layer, criterion, seed=seed, calibration=calibration, **arguments)
        return best(scored, p)
    if (layer.required or layer.excluded) and not info.can_heed_fixed:
        raise InputError(
            f"{criterion} selects a set as a whole, and cannot be told which filters must stay or go."
        )
    chosen = info.select(layer, p, **_checked(info, layer, seed, calibration, arguments))
    distinct = np.unique(np.asarray(chosen, dtype=np.int64))
    if len(distinct) != p:
        raise ContradictionError(
            f"{criterion} kept {len(distinct)} filters of {layer.name}, not {p}; please report this."
        )
    return distinct


def best(scores: Scores, p: int) -> Indices:
    """The indices of the p highest scores, ascending; among equal scores the first."""
    order = np.argsort(-scores, kind="stable")
    return np.sort(order[:p]).astype(np.int64)


def scores(
    layer: FilterLayer,
    criterion: str = "l1",
    *,
    seed: int = 0,
    calibration: Calibration | None = None,
    **arguments: Any,
) -> Scores:
    """Score the filters of a layer.

    Parameters
    ----------
    layer, criterion, seed, calibration, **arguments
        As in `keep`.

    Returns
    -------
    ndarray of float64, shape (n,)
        The filters with the highest scores are kept: those that must stay score infinity, and those
        that must go -infinity.

    Raises
    ------
    InputError
        As in `keep`, or the criterion selects sets and scores nothing.
    UnknownNameError
        No criterion has this name.
    """
    info = criteria[criterion]
    if info.score is None:
        raise InputError(f"{criterion} selects a set of filters; it gives no scores.")
    scored = info.score(layer, **_checked(info, layer, seed, calibration, arguments))
    if not (layer.required or layer.excluded):
        return scored
    scored = np.array(scored, dtype=np.float64)
    scored[list(layer.required)], scored[list(layer.excluded)] = np.inf, -np.inf
    return scored


def _checked(
    info: Criterion,
    layer: FilterLayer,
    seed: int,
    calibration: Calibration | None,
    arguments: dict[str, Any],
) -> dict[str, Any]:
    """Complete the arguments by seed and images where they are parameters; refuse unknown ones."""
    if not np.isfinite(layer.points).all():
        row = int(np.argwhere(~np.isfinite(layer.points).all(axis=1))[0, 0])
        raise InputError(f"filter {row} of layer {layer.name} holds weights that are not finite.")
    if info.needs_images and calibration is None:
        raise InputError(NEEDS_IMAGES.format(info.name))
    offered = {"seed": seed, "calibration": calibration}
    return checked(info.name, info.arguments, arguments, offered)
