"""Ran: Resende, Marti, Gallego and Duarte, Computers & Operations Research 37(3), 2010.

The ranges are those that we find in the published files: 50 to 100 for n up to 250 and for n = 500
with p = 50; 1 to 200 for n = 500 with p = 150.
"""

from __future__ import annotations

import numpy as np

from dispersion.library.families import Array, distances


@distances("ran", summary="whole distances uniform in 50..100 (Resende et al. 2010)")
def ran(rng: np.random.Generator, pairs: int) -> Array:
    """Whole distances uniform in 50..100, which obey the triangle inequality; none is claimed."""
    return rng.integers(50, 100, size=pairs, endpoint=True).astype(np.float64)


@distances("ran-200", summary="whole distances uniform in 1..200 (Ran with n = 500, p = 150)")
def ran_200(rng: np.random.Generator, pairs: int) -> Array:
    """Whole distances uniform in 1..200."""
    return rng.integers(1, 200, size=pairs, endpoint=True).astype(np.float64)
