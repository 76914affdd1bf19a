"""Keep measurements on calibration images, since several budgets ask for the same ones."""

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
    """Return ``measure(layer, calibration=calibration, **arguments)``, called once per calibration.

    Parameters
    ----------
    measure : callable
        To an array that nobody changes.
    layer : hashable
        A layer, or its name.
    calibration : Calibration or None
        Results are kept as long as it lives; without one, nothing is kept.
    **arguments
        All else that the answer depends on.
    """
    kept = {} if calibration is None else _KEPT.setdefault(calibration, {})
    key = (measure, layer, *sorted(arguments.items()))
    if key not in kept:
        kept[key] = measure(layer, calibration=calibration, **arguments)
    return kept[key]
