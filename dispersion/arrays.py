"""Turning what users give into arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.errors import InputError
from dispersion.foreign import unwrapped


def real_array(values: ArrayLike, wanted: str) -> NDArray[np.float64]:
    """A float64 copy in C order, or an `InputError` that says that `wanted` was expected."""
    try:
        raw = np.asarray(unwrapped(values, wanted))
        if np.iscomplexobj(raw):
            raise InputError(f"{wanted} is needed, got complex numbers.")
        return np.array(raw, dtype=np.float64, order="C")
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{wanted} is needed: {error}.") from error
