"""Turning what users give into arrays."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.arrays.foreign import unwrapped
from dispersion.errors import InputError


def real_array(values: ArrayLike, wanted: str) -> NDArray[np.float64]:
    """A float64 copy in C order, or an `InputError` that says that `wanted` was expected."""
    raw = as_array(values, wanted)
    try:
        return np.array(raw, dtype=np.float64, order="C")
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{wanted} is needed: {error}.") from error


def coordinates_of(values: ArrayLike | Sequence[Any]) -> NDArray[Any] | None:
    """What `as_array` makes of points; `None` of things that have no coordinates, such as sets."""
    try:
        return as_array(values, "coordinates")
    except InputError:
        return None


def as_array(values: ArrayLike, wanted: str) -> NDArray[Any]:
    """The values as an array of real numbers, of their own type and not copied where that is possible.

    Torch tensors come from any device; types of theirs that numpy does not know become float32, such as
    bfloat16.

    Raises
    ------
    InputError
        They are no array of real numbers: rows of different lengths, text, complex numbers, ...
    """
    try:
        raw = np.asarray(unwrapped(values, wanted))
    except (InputError, MemoryError):
        raise
    except Exception as error:  # whatever a foreign type raises
        fault = _fault(values) or f"{type(values).__name__} cannot be converted: {error}"
        raise InputError(f"{wanted} is needed, {fault.rstrip('.')}.") from error
    if raw.dtype.kind == "c":
        raise InputError(f"{wanted} is needed, got complex numbers.")
    if raw.dtype.kind == "O":
        _check_entries(raw, wanted)
    elif raw.dtype.kind not in "biuf":
        held = f", such as {raw.flat[0].item()!r}" if raw.size else ""
        raise InputError(f"{wanted} is needed, got entries of the type {raw.dtype}{held}.")
    return raw


def _fault(values: Any) -> str:
    """Which rows differ in length; "" if none do."""
    if not isinstance(values, (list, tuple)):
        return ""
    lengths = [len(row) if isinstance(row, Sized) and not isinstance(row, str) else 1 for row in values]
    other = next((k for k, length in enumerate(lengths) if length != lengths[0]), None)
    if other is None:
        return ""
    return (
        f"got rows of different lengths: row 0 has {lengths[0]} entries and row {other} has "
        f"{lengths[other]}"
    )


def _check_entries(raw: NDArray[Any], wanted: str) -> None:
    """`InputError` at the first entry of an array of objects that is no real number."""
    for index, entry in np.ndenumerate(raw):
        if not isinstance(entry, (Real, Decimal)):
            where = f"the entry {list(index)} is" if index else "got"
            kind = type(entry).__name__
            said = repr(entry) if isinstance(entry, (str, bytes)) else f"a value of type {kind}"
            raise InputError(f"{wanted} is needed, {where} {said}.")
