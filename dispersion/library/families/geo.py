"""Geo: Resende, Marti, Gallego and Duarte, Computers & Operations Research 37(3), 2010."""

from __future__ import annotations

import numpy as np

from dispersion.library.families import Array, points


@points(
    "geo", summary="uniform in [0, 100]^d, d from 2 to 21 (Resende et al. 2010)", coordinates=(2, 21)
)
def geo(rng: np.random.Generator, n: int, d: int) -> Array:
    """Coordinates uniform in [0, 100], their number d uniform from 2 to 21.

    The published files hold single-precision coordinates; so do these, which is our reconstruction.
    """
    return (100.0 * rng.random((n, d))).astype(np.float32).astype(np.float64)
