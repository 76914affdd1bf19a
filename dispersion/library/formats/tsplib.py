"""TSPLIB95 files: coordinates with the library's own rounded distances, or explicit matrices.

The rules are those of Reinelt, "TSPLIB 95" (1995), section 2, and of the TSPLIB FAQ for GEO.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.formats.geo import numbered_points
from dispersion.library.source import Source

Matrix = NDArray[np.float64]

_KEYWORD = re.compile(r"\s*([A-Z][A-Z0-9_]*)\s*(?::\s*(.*?))?\s*$")
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


def _geo(X: Matrix) -> Matrix:
    """Kilometres on the sphere; coordinates are latitude and longitude as DDD.MM."""
    degrees = np.trunc(X)
    latitude, longitude = (_PI * (degrees + 5.0 * (X - degrees) / 3.0) / 180.0).T
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


@dataclass(frozen=True)
class _Parts:
    """A file by its keywords: values with their lines, and first and last line of every section."""

    values: dict[str, tuple[str, int]] = field(default_factory=dict)
    sections: dict[str, tuple[int, int]] = field(default_factory=dict)


def _parts(source: Source) -> _Parts:
    """Take a file apart; a section's lines are those until the next keyword."""
    parts, section = _Parts(), None
    for k, line in enumerate(source.lines, 1):
        text = line.strip()
        if text and not text[0].isalpha():
            if section is None:
                raise source.fault(f"a keyword is expected, got {text[:40]!r}", k)
            parts.sections[section] = (parts.sections[section][0], k + 1)
        elif text:
            found = _KEYWORD.match(line)
            if found is None:
                raise source.fault(f"a keyword or numbers are expected, got {text[:40]!r}", k)
            keyword, value = found[1], found[2] or ""
            if keyword == "EOF":
                break
            section = keyword if keyword.endswith("_SECTION") else None
            if section is None:
                parts.values[keyword] = (value, k)
            else:
                parts.sections[section] = (k + 1, k + 1)
    return parts


def _choice(source: Source, parts: _Parts, keyword: str, known: list[str]) -> str:
    """The value of a keyword, which must be one of `known`."""
    if keyword not in parts.values:
        raise source.fault(f"it has no {keyword}")
    value, line = parts.values[keyword]
    if value not in known:
        raise source.fault(f"{keyword} {value!r} is not known; known: {', '.join(known)}", line)
    return value


def _section(source: Source, parts: _Parts, name: str) -> tuple[int, int]:
    """The first line of a section, and the line before which it ends."""
    if name not in parts.sections:
        raise source.fault(f"it has no {name}")
    return parts.sections[name]


def _explicit(source: Source, parts: _Parts, n: int) -> Matrix:
    """The matrix of EDGE_WEIGHT_SECTION, whose numbers may be spread over lines in any way."""
    shape = _EXPLICIT[_choice(source, parts, "EDGE_WEIGHT_FORMAT", list(_EXPLICIT))]
    numbers = source.numbers(*_section(source, parts, "EDGE_WEIGHT_SECTION"))
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


def _recognises(source: Source) -> bool:
    first = source.first_lines[0][1][0] if source.first_lines else ""
    return first.partition(":")[0] in ("NAME", "TYPE", "COMMENT", "DIMENSION", "EDGE_WEIGHT_TYPE")


@file_format("tsplib", summary="TSPLIB95 coordinates or matrices", recognises=_recognises)
def tsplib(source: Source) -> Content:
    """Read a symmetric TSPLIB95 instance; its distances are whole numbers, as TSPLIB defines them.

    Rounding to the nearest integer does not preserve the triangle inequality (1.4 + 1.4 >= 2.8 becomes
    1 + 1 < 3), so no metric is claimed for any type.  TSPLIB knows no p.
    """
    parts = _parts(source)
    if "DIMENSION" not in parts.values:
        raise source.fault("it has no DIMENSION")
    n = source.whole_number(*parts.values["DIMENSION"], "DIMENSION", 2)
    source.need(n)
    kind = _choice(source, parts, "EDGE_WEIGHT_TYPE", [*_COORDINATES, "EXPLICIT"])
    if kind == "EXPLICIT":
        return Content(_explicit(source, parts, n))
    dimensions, distances = _COORDINATES[kind]
    X = numbered_points(source, n, dimensions, *_section(source, parts, "NODE_COORD_SECTION"))
    matrix = distances(X)
    np.fill_diagonal(matrix, 0.0)  # GEO's rule says 1
    return Content(matrix)
