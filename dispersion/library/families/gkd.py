"""GKD: Glover, Kuo and Dhir, Journal of Information and Optimization Sciences 19(1), 1998.

As MDPLIB describes its sets: points with coordinates in 0..10, between 2 and 21 of them.  The three
sets differ in size: a has n = 10, 15, 30; b (Marti, Gallego and Duarte 2010) n = 25 to 150; c (Duarte
and Marti 2007) n = 500, p = 50.  Here n is given, so a and b draw alike.  Distances are not rounded,
which is our reconstruction.
"""

from __future__ import annotations

import numpy as np

from dispersion.library.families import Array, points


def _cube(rng: np.random.Generator, n: int, d: int) -> Array:
    return 10.0 * rng.random((n, d))


for _set, _sizes in (("a", "n = 10 to 30"), ("b", "n = 25 to 150"), ("c", "n = 500, p = 50")):
    points(
        f"gkd-{_set}",
        summary=f"uniform in [0, 10]^d, d from 2 to 21; published with {_sizes}",
        coordinates=(2, 21),
    )(_cube)
