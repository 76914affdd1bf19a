"""Requests to keep filters, checked in full before anything is cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError, UnknownNameError
from pruning.tracing.graph import Coupling, Trace

Kept = Mapping[str, Sequence[int] | NDArray[np.integer[Any]]]
"""Name of a `FilterLayer` to the indices of the filters it keeps, in any order."""


def kept_indices(traced: Trace, kept: Kept) -> dict[str, NDArray[np.int64]]:
    """Check all requests.

    Parameters
    ----------
    traced : Trace
        The network's.
    kept : mapping of str to integers
        The request, by the name of a coupling's first convolution.

    Returns
    -------
    dict of str to ndarray of int64
        The indices in ascending order, without the layers that keep everything.

    Raises
    ------
    InputError
        A name is unknown, of a layer that cannot be pruned, or not the first of its coupling; or
        indices are empty, repeated, out of range, or neither a list nor an array of integers.
    """
    channels = {coupling.convolutions[0]: coupling.channels for coupling in traced.couplings}
    for name in kept:
        if name not in channels:
            _refuse_name(name, traced)
    checked = {name: _checked(name, channels[name], asked) for name, asked in kept.items()}
    return {name: keep for name, keep in checked.items() if keep.size < channels[name]}


def dropped(coupling: Coupling, keep: NDArray[np.int64]) -> list[int]:
    """Return the channels of a coupling that are not kept, as plain integers."""
    indices: list[int] = np.delete(np.arange(coupling.channels), keep).tolist()
    return indices


def _refuse_name(name: str, traced: Trace) -> None:
    for one in traced.left_out:
        if one.layer == name:
            raise InputError(f"layer {name!r} of {traced.network.name} {one.reason}")
    for coupling in traced.couplings:
        first = coupling.convolutions[0]
        if name in coupling.convolutions:
            raise InputError(f"layer {name!r} is tied to {first!r}; say what {first!r} keeps")
    raise UnknownNameError("layer", name, [coupling.convolutions[0] for coupling in traced.couplings])


def _checked(name: str, channels: int, asked: object) -> NDArray[np.int64]:
    if not isinstance(asked, (list, tuple, range, np.ndarray)):
        raise InputError(
            f"what layer {name!r} keeps must be a list or array of integers, not a"
            f" {type(asked).__name__}"
        )
    if len(asked) == 0:
        raise InputError(f"layer {name!r} must keep at least one of its {channels} filters")
    items = asked.ravel().tolist() if isinstance(asked, np.ndarray) else list(asked)
    for item in items:
        if isinstance(item, bool) or not isinstance(item, (int, np.integer)):
            raise InputError(f"layer {name!r} cannot keep filter {item!r}: integers are needed")
        if not 0 <= item < channels:
            raise InputError(f"layer {name!r} has filters 0 to {channels - 1}, not {item}")
    keep = np.unique(np.asarray(items, dtype=np.int64))
    if keep.size < len(items):
        raise InputError(f"layer {name!r} is to keep a filter twice: {items}")
    return keep
