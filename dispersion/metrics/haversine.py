"""Distances on the Earth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError
from dispersion.metrics import metric
from dispersion.metrics._blocks import by_blocks
from dispersion.metrics._degrees import check_degrees

EARTH_RADIUS_KM = 6371.0088  #: the mean radius of the ellipsoid of WGS 84, (2 a + b) / 3


def _check(X: NDArray[np.float64]) -> None:
    """Refuse what are no degrees of latitude and longitude."""
    if X.shape[1] != 2:
        raise InputError(
            "haversine takes points of 2 coordinates, latitude and longitude in degrees, got "
            f"{X.shape[1]}."
        )
    check_degrees(X, "haversine")


@metric("haversine", is_metric=True, summary="kilometres on the Earth, of latitude and longitude")
def haversine(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kilometres along the great circle, on a sphere with the Earth's mean radius.

    Points are latitude (-90 to 90) and longitude (-180 to 180, or 0 to 360) in degrees, in that order.
    The sphere is off by up to 0.6 per cent from the ellipsoid.

    With ``a = sin^2(dlat / 2) + cos(lat1) cos(lat2) sin^2(dlon / 2)`` the angle is ``2 arcsin sqrt(a)``
    (Sinnott, "Virtues of the haversine", Sky and Telescope 68(2), 1984), which loses digits where a is
    near 1; here it is ``2 arctan2(sqrt(a), sqrt(b))`` with b the a of one point and the other's
    antipode, which is ``1 - a``.
    """
    _check(X)
    latitude, longitude = np.radians(X).T
    angles = np.column_stack([latitude, longitude, np.cos(latitude)])
    return 2.0 * EARTH_RADIUS_KM * by_blocks(angles, _half_angles)


def _half_angles(rows: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    (lat1, lon1, cos1), (lat2, lon2, cos2) = rows.T[:, :, None], others.T[:, None, :]
    beside, around = cos1 * cos2, (lon1 - lon2) / 2.0
    near = np.sin((lat1 - lat2) / 2.0) ** 2 + beside * np.sin(around) ** 2
    far = np.sin((lat1 + lat2) / 2.0) ** 2 + beside * np.cos(around) ** 2
    half: NDArray[np.float64] = np.arctan2(np.sqrt(near), np.sqrt(far))
    return half
