"""What was worked out with calibration images is kept with them: several budgets ask for the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from pruning.calibration import Calibration

_Array = NDArray[np.float64]
_KEPT: WeakKeyDictionary[Calibration, dict[Hashable, _Array]] = WeakKeyDictionary()


def once(
    measure: Callable[..., _Array],
    layer: Hashable,
    calibration: Calibration | None,
    **arguments: Hashable,
) -> _Array:
    """Call ``measure(layer, calibration=calibration, **arguments)``, or remember what it returned.

    Parameters
    ----------
    measure : callable
        To an array that nobody changes.
    layer : hashable
        A layer, or its name.
    calibration : Calibration or None
        Nothing is remembered longer than it lives, and without one nothing is.
    **arguments
        All else that the answer depends on.
    """
    kept = {} if calibration is None else _KEPT.setdefault(calibration, {})
    key = (measure, layer, *sorted(arguments.items()))
    if key not in kept:
        kept[key] = measure(layer, calibration=calibration, **arguments)
    return kept[key]
