"""MDG: Duarte and Marti, European Journal of Operational Research 178(1), 2007, as in MDPLIB.

Set a has reals in [0, 10], n = 500, p = 50 and n = 2000, p = 200; b reals in [0, 1000], the same sizes;
c reals in [0, 1000], n = 3000, p = 300 to 600.  Distances are not rounded, which is our
reconstruction.
"""

from __future__ import annotations

import numpy as np

from dispersion.library.families import Array, distances


@distances("mdg-a", summary="reals uniform in [0, 10]; published with n = 500 and 2000")
def mdg_a(rng: np.random.Generator, pairs: int) -> Array:
    """Reals uniform in [0, 10]."""
    return 10.0 * rng.random(pairs)


@distances("mdg-b", summary="reals uniform in [0, 1000]; published with n = 500 and 2000")
def mdg_b(rng: np.random.Generator, pairs: int) -> Array:
    """Reals uniform in [0, 1000]."""
    return 1000.0 * rng.random(pairs)


@distances("mdg-c", summary="reals uniform in [0, 1000]; published with n = 3000")
def mdg_c(rng: np.random.Generator, pairs: int) -> Array:
    """Reals uniform in [0, 1000], as mdg-b; the published sets differ in size only."""
    return 1000.0 * rng.random(pairs)
