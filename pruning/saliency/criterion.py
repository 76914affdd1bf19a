"""What a registered criterion is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.parameters import defaults, keyword_arguments, writable
from pruning.parameters import described, needs_images

Scores = NDArray[np.float64]
Indices = NDArray[np.int64]
Scoring = Callable[..., Scores]
Selecting = Callable[..., Indices]
Chance = Callable[[Mapping[str, Any]], bool]


def never(arguments: Mapping[str, Any]) -> bool:
    """Say that the answer does not depend on the seed, whatever the arguments."""
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
    heeds_fixed : bool
        Whether `select` heeds the filters of a layer that must stay or go; scores always do.
    """

    name: str
    summary: str
    reconstruction: str = ""
    score: Scoring | None = None
    select: Selecting | None = None
    chance: Chance = never
    solver_too: bool = False
    heeds_fixed: bool = False

    @property
    def can_heed_fixed(self) -> bool:
        """Whether it can be told which filters must stay or go."""
        return self.select is None or self.heeds_fixed

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
        """The writable parameters with their defaults, as ``[mode=map,beta=none]``; "" if none."""
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
