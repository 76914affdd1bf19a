"""SOM: Silva, Ochi and Martins, Workshop on Experimental and Efficient Algorithms, 2004, as in MDPLIB.

Set a (Marti, Gallego and Duarte 2010) has n = 25 to 150, b n = 100 to 500; both hold whole distances
from 0 to 9.  With so few levels most optima are 0 or 1 unless p is small.
"""

from __future__ import annotations

import numpy as np

from dispersion.library.families import Array, distances


@distances("som", summary="whole distances uniform in 0..9 (Silva, Ochi and Martins 2004)")
def som(rng: np.random.Generator, pairs: int) -> Array:
    """Whole distances uniform in 0..9; that each is equally likely is our reconstruction."""
    return rng.integers(0, 9, size=pairs, endpoint=True).astype(np.float64)
