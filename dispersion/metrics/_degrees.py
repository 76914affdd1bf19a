"""Latitude and longitude, in degrees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError


def check_degrees(X: NDArray[np.float64], rule: str) -> None:
    """Refuse points, shape (n, 2), beyond 90 degrees of latitude, or -180 to 360 of longitude.

    Raises
    ------
    InputError
        One is; the message names the `rule` for distances that takes latitude first.
    """
    for column, name, least, most in ((0, "latitude", -90, 90), (1, "longitude", -180, 360)):
        bad = (X[:, column] < least) | (X[:, column] > most)
        if bad.any():
            point = int(bad.argmax())
            raise InputError(
                f"point {point} has the {name} {X[point, column]:g}, which must lie between {least} "
                f"and {most} degrees; {rule} takes latitude first, then longitude."
            )
