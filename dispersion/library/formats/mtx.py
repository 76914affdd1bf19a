"""Matrix Market files of NIST."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import shown
from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.source import Source, first_where

_BEGIN = "%%MatrixMarket"
_KINDS = ("array", "coordinate")
_FIELDS = ("real", "double", "integer")
_SYMMETRIES = ("general", "symmetric")

Matrix = NDArray[np.float64]


def _recognises(source: Source) -> str:
    begins = source.head.lower().startswith(_BEGIN.lower().encode())
    return f"it begins with {_BEGIN}" if begins else ""


@file_format("mtx", summary="a matrix of distances as Matrix Market", recognises=_recognises)
def mtx(source: Source) -> Content:
    """Read a matrix, as an array or by coordinates; of the latter, every pair must be there.

    The form is that of Boisvert, Pozo and Remington, "The Matrix Market exchange formats: initial
    design", NISTIR 5935, 1996.
    """
    words = source.lines[0].lower().split()[1:]
    known = [("matrix",), _KINDS, _FIELDS, _SYMMETRIES]
    if len(words) != 4 or not all(word in some for word, some in zip(words, known, strict=True)):
        raise source.fault(
            f"a matrix that is {' or '.join(_KINDS)}, {' or '.join(_FIELDS)}, and "
            f"{' or '.join(_SYMMETRIES)} is expected, got {shown(' '.join(words))}",
            1,
        )
    start = next((k for k, line in enumerate(source.lines, 1) if _is_size(line)), None)
    if start is None:
        raise source.fault("it says no size")
    size = [source.whole_number(text, start, "a size", 1) for text in source.lines[start - 1].split()]
    if len(size) != 2 + (words[1] == "coordinate") or size[0] != size[1]:
        raise source.fault("a square matrix is needed, got the size " + " ".join(map(str, size)), start)
    source.need(size[0])
    symmetric = words[3] == "symmetric"
    if words[1] == "array":
        return Content(_array(source, size[0], symmetric, start))
    return Content(_coordinates(source, size[0], size[2], symmetric, start))


def _is_size(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("%")


def _array(source: Source, n: int, symmetric: bool, start: int) -> Matrix:
    """Numbers column by column, from the diagonal down if it is symmetric."""
    numbers = source.numbers(start + 1, len(source.lines) + 1)
    due = n * (n + 1) // 2 if symmetric else n * n
    if len(numbers) != due:
        raise source.fault(f"{due:,} numbers are expected, got {len(numbers):,}")
    if not symmetric:
        return numbers.reshape(n, n).T
    half = np.zeros((n, n))
    half[np.triu_indices(n)] = numbers
    return half + np.triu(half, 1).T


def _coordinates(source: Source, n: int, count: int, symmetric: bool, start: int) -> Matrix:
    rows = source.rows(start + 1, width=3)
    if len(rows) != count:
        raise source.fault(f"it promises {count:,} entries and holds {len(rows):,}")
    ends = rows[:, :2]
    astray = first_where(((ends % 1 != 0) | (ends < 1) | (ends > n)).any(axis=1))
    if astray is not None:
        i, j = ends[astray]
        where = source.line_of(start + 1, astray)
        raise source.fault(f"an entry has a row and a column of 1..{n}, got {i:g} {j:g}", where)
    matrix = np.full((n, n), np.nan)
    np.fill_diagonal(matrix, 0.0)
    i, j = ends.astype(np.intp).T - 1
    matrix[i, j] = rows[:, 2]
    if symmetric:
        matrix[j, i] = rows[:, 2]
    missing = np.argwhere(np.isnan(matrix))
    if len(missing):
        i, j = missing[0] + 1
        raise source.fault(
            f"it has no distance for {len(missing):,} entries, the first of them {i} {j}; those that "
            "are not stored need not be 0"
        )
    return matrix
