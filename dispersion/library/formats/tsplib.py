"""TSPLIB95 files: coordinates with the library's own rounded distances, or explicit matrices.

The rules are those of Reinelt, "TSPLIB 95" (1995), section 2, and of the TSPLIB FAQ for GEO.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.formats._keywords import Parts, parts_of, recognises
from dispersion.library.formats.geo import numbered_points
from dispersion.library.source import Source
from dispersion.metrics._degrees import check_degrees

Matrix = NDArray[np.float64]

_PI, _EARTH_RADIUS_KM = 3.141592, 6378.388  # TSPLIB's own figures


def _nint(x: Matrix) -> Matrix:
    """TSPLIB's rounding, ``(int) (x + 0.5)``."""
    rounded: Matrix = np.floor(x + 0.5)
    return rounded


def _differences(X: Matrix) -> list[Matrix]:
    return [np.abs(column[:, None] - column[None, :]) for column in X.T]


def _squares(X: Matrix) -> Matrix:
    """By differences, not by the Gram matrix, whose last digits could round the wrong way."""
    total = np.zeros((len(X), len(X)))
    for difference in _differences(X):
        total += difference * difference
    return total


def _att(X: Matrix) -> Matrix:
    exact = np.sqrt(_squares(X) / 10.0)
    rounded = _nint(exact)
    return rounded + (rounded < exact)


def _degrees(X: Matrix) -> Matrix:
    """Degrees of what is written as DDD.MM, degrees and minutes."""
    whole = np.trunc(X)
    decimal: Matrix = whole + 5.0 * (X - whole) / 3.0
    return decimal


def _geo(X: Matrix) -> Matrix:
    """Kilometres on the sphere; coordinates are latitude and longitude as DDD.MM."""
    degrees = _degrees(X)
    check_degrees(degrees, "GEO")
    latitude, longitude = (_PI * degrees / 180.0).T
    q1 = np.cos(longitude[:, None] - longitude[None, :])
    q2 = np.cos(latitude[:, None] - latitude[None, :])
    q3 = np.cos(latitude[:, None] + latitude[None, :])
    cosine = np.clip(0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3), -1.0, 1.0)
    kilometres: Matrix = np.floor(_EARTH_RADIUS_KM * np.arccos(cosine) + 1.0)
    return kilometres


def _manhattan(X: Matrix) -> Matrix:
    return _nint(sum(_differences(X), start=np.zeros((len(X), len(X)))))


def _maximum(X: Matrix) -> Matrix:
    widest: Matrix = np.max([_nint(difference) for difference in _differences(X)], axis=0)
    return widest


_COORDINATES: dict[str, tuple[int, Callable[[Matrix], Matrix]]] = {
    "EUC_2D": (2, lambda X: _nint(np.sqrt(_squares(X)))),
    "EUC_3D": (3, lambda X: _nint(np.sqrt(_squares(X)))),
    "CEIL_2D": (2, lambda X: np.ceil(np.sqrt(_squares(X)))),
    "MAN_2D": (2, _manhattan),
    "MAN_3D": (3, _manhattan),
    "MAX_2D": (2, _maximum),
    "MAX_3D": (3, _maximum),
    "ATT": (2, _att),
    "GEO": (2, _geo),
}

_EXACT = "EXACT_2D"

# where the numbers of an explicit matrix go: which triangle, row by row, and its offset; a triangle
# column by column is the other one row by row
_EXPLICIT = {
    "FULL_MATRIX": None,
    "UPPER_ROW": ("upper", 1),
    "LOWER_COL": ("upper", 1),
    "UPPER_DIAG_ROW": ("upper", 0),
    "LOWER_DIAG_COL": ("upper", 0),
    "LOWER_ROW": ("lower", 1),
    "UPPER_COL": ("lower", 1),
    "LOWER_DIAG_ROW": ("lower", 0),
    "UPPER_DIAG_COL": ("lower", 0),
}


def _explicit(source: Source, parts: Parts, n: int) -> Matrix:
    """The matrix of EDGE_WEIGHT_SECTION, whose numbers may be spread over lines in any way."""
    shape = _EXPLICIT[parts.choice("EDGE_WEIGHT_FORMAT", list(_EXPLICIT))]
    numbers = source.numbers(*parts.section("EDGE_WEIGHT_SECTION"))
    due = n * n if shape is None else n * (n - 1) // 2 + (n if shape[1] == 0 else 0)
    if len(numbers) != due:
        raise source.fault(f"EDGE_WEIGHT_SECTION must hold {due:,} numbers, got {len(numbers):,}")
    if shape is None:
        return numbers.reshape(n, n)
    triangle, offset = shape
    where = np.triu_indices(n, offset) if triangle == "upper" else np.tril_indices(n, -offset)
    half = np.zeros((n, n))
    half[where] = numbers
    return half + np.triu(half, 1).T + np.tril(half, -1).T


@file_format("tsplib", summary="TSPLIB95 coordinates or matrices", recognises=recognises)
def tsplib(source: Source) -> Content:
    """Read a symmetric TSPLIB95 instance; its distances are whole numbers, as TSPLIB defines them.

    Rounding to the nearest integer does not preserve the triangle inequality (1.4 + 1.4 >= 2.8 becomes
    1 + 1 < 3), so no metric is claimed for any type but EXACT_2D, the unrounded distances of CVRPLIB.
    TSPLIB knows no p.  Sections about anything else than distances are left alone.
    """
    parts = parts_of(source)
    n = source.whole_number(*parts.value("DIMENSION"), "DIMENSION", 2)
    source.need(n)
    kind = parts.choice("EDGE_WEIGHT_TYPE", [*_COORDINATES, _EXACT, "EXPLICIT"])
    if kind == "EXPLICIT":
        return _given(_explicit(source, parts, n), parts.values.get("TYPE", ("", 0))[0])
    where = parts.section("NODE_COORD_SECTION")
    if kind == _EXACT:
        return Content.of_points(numbered_points(source, n, 2, *where))
    dimensions, distances = _COORDINATES[kind]
    X = numbered_points(source, n, dimensions, *where)
    with np.errstate(over="ignore", invalid="ignore"):  # `Instance` refuses what is not finite
        matrix = distances(X)
    np.fill_diagonal(matrix, 0.0)  # GEO's rule says 1
    return Content(matrix, points=_degrees(X) if kind == "GEO" else X)


def _given(matrix: Matrix, kind: str) -> Content:
    """An explicit matrix; the diagonal of an asymmetric TSP is no distance but keeps tours off it."""
    own = matrix.diagonal().max()
    if not kind.upper().startswith("ATSP") or own == 0:
        return Content(matrix)
    np.fill_diagonal(matrix, 0.0)
    return Content(matrix, note=f"the diagonal, up to {own:g}, is taken as 0")
