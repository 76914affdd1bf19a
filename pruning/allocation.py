"""How many filters each layer keeps."""

from __future__ import annotations

import math

from dispersion.errors import InputError


def uniform(n: int, keep: float) -> int:
    """Return how many of `n` filters a layer keeps when every layer keeps the same share.

    Parameters
    ----------
    n : int
        Filters of the layer, at least 1.
    keep : float
        Share to keep, in (0, 1].

    Returns
    -------
    int
        ``n * keep`` rounded to the nearest, halves up; at least 2, because the dispersion of a
        selection is a distance between two of its members; at most `n`.

    Raises
    ------
    InputError
        `keep` is outside (0, 1], or `n` below 1.
    """
    if not 0 < keep <= 1:
        raise InputError(f"the share of filters to keep must lie in (0, 1], not {keep!r}")
    if n < 1:
        raise InputError(f"a layer has at least one filter, not {n!r}")
    return min(n, max(2, math.floor(n * keep + 0.5)))
