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

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import ContradictionError, InputError
from dispersion.parameters import defaults, keyword_arguments, writable
from dispersion.registry import Registry
from pruning.calibration import Calibration
from pruning.filters import FilterLayer
from pruning.parameters import NEEDS_IMAGES, checked, described, needs_images

Scores = NDArray[np.float64]
Indices = NDArray[np.int64]
Scoring = Callable[..., Scores]
Selecting = Callable[..., Indices]
Chance = Callable[[Mapping[str, Any]], bool]


def _never(arguments: Mapping[str, Any]) -> bool:
    return False


def always(arguments: Mapping[str, Any]) -> bool:
    """Say that the answer depends on the seed, whatever the arguments."""
    return True


@dataclass(frozen=True, slots=True)
class Criterion:
    """A registered criterion.

    Attributes
    ----------
    name, summary : str
        Its name, and one line for ``--help``.
    reconstruction : str
        Which part is our own because the paper's formula was not available; "" if none is.
    score : callable or None
        Maps ``(layer, **arguments)`` to one number per filter; the highest stay.
    select : callable or None
        Maps ``(layer, p, **arguments)`` to the indices of p filters, where these are not just the
        highest scores; if there is a score as well, both take the same arguments.
    chance : callable
        Maps all arguments to whether the answer depends on the seed.
    solver_too : bool
        Whether a solver of p-dispersion does the same, so that comparisons leave it to ``--solvers``.
    """

    name: str
    summary: str
    reconstruction: str = ""
    score: Scoring | None = None
    select: Selecting | None = None
    chance: Chance = _never
    solver_too: bool = False

    @property
    def described(self) -> str:
        """The summary, followed by which part is a reconstruction."""
        return described(self.summary, self.reconstruction)

    @property
    def arguments(self) -> dict[str, Any]:
        """Its parameters and their defaults; a `calibration` without a default is required."""
        return keyword_arguments(self._function)

    @property
    def writable(self) -> dict[str, tuple[type, ...]]:
        """The parameters that can be written as text, with their types."""
        return writable(self._function, hidden=("seed",))

    @property
    def defaults(self) -> str:
        """Those with their defaults, as ``[mode=map,beta=none]``; "" if there are none."""
        known = defaults(self._function, hidden=("seed",))
        return f"[{known}]" if known else ""

    @property
    def _function(self) -> Callable[..., Any]:
        function = self.score or self.select
        assert function is not None
        return function

    @property
    def needs_images(self) -> bool:
        """Whether it requires calibration images."""
        return needs_images(self.arguments)

    def draws(self, **arguments: Any) -> bool:
        """Whether another seed may give another answer with these arguments."""
        return self.chance({**self.arguments, **arguments})


criteria: Registry[Criterion] = Registry("criterion", "pruning.criteria")


def scoring(
    name: str,
    *,
    summary: str,
    reconstruction: str = "",
    chance: Chance = _never,
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
    chance: Chance = _never,
    solver_too: bool = False,
) -> Callable[[Selecting], Selecting]:
    """Register the decorated function, which selects filters, as the criterion `name`."""

    def register(select: Selecting) -> Selecting:
        about = name, summary, reconstruction
        criteria.add(name, Criterion(*about, select=select, chance=chance, solver_too=solver_too))
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
    info = criteria[criterion]
    if info.select is None:
        scored = scores(layer, criterion, seed=seed, calibration=calibration, **arguments)
        return best(scored, p)
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
        The filters with the highest scores are kept.

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
    return info.score(layer, **_checked(info, layer, seed, calibration, arguments))


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
