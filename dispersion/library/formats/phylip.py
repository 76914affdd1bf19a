"""Distances of species, as programs of phylogenetics write them."""

from __future__ import annotations

import numpy as np

from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.source import Source, is_number


def _recognises(source: Source) -> str:
    lines = [line for line in source.head_lines if line.strip()][:3]
    rows = [line.split() for line in lines]
    if len(rows) < 3 or len(rows[0]) != 1 or not rows[0][0].isdecimal():
        return ""
    named = not is_number(rows[1][0]) and (not is_number(rows[2][0]) or lines[2][0].isspace())
    numbers = all(map(is_number, rows[1][-1:] if len(rows[1]) > 1 else rows[2][-1:]))
    return "it is n, and rows of a name and numbers" if named and numbers else ""


@file_format(
    "phylip",
    summary="n, then a name and its distances a line, all of them or those to the lines before",
    recognises=_recognises,
)
def phylip(source: Source) -> Content:
    """Read a matrix of distances of PHYLIP, square or its lower triangle.

    Names are followed by a blank or, as in strict files, take ten characters.  Rows may go on in lines
    that begin with a blank.  The form is that of Felsenstein's PHYLIP, "Distance matrix programs".
    """
    lines = [(k, line) for k, line in enumerate(source.lines, 1) if line.strip()]
    first, text = lines.pop(0)
    n = source.whole_number(text, first, "the number of species", 2)
    source.need(n)
    rows = _joined(lines)
    if len(rows) != n:
        raise source.fault(f"it promises {n:,} rows and holds {len(rows):,}")
    shortest = _count(rows[0][1])
    lower = shortest < 2  # with the diagonal or without; a whole row has n
    matrix, names = np.zeros((n, n)), []
    for i, (k, line) in enumerate(rows):
        wanted = i + shortest if lower else n
        name, numbers = _parted(source, k, line, wanted)
        matrix[i, : len(numbers)] = numbers
        names.append(name)
    return Content(matrix + np.tril(matrix, -1).T if lower else matrix, labels=tuple(names))


def _joined(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Rows with the numbers of the lines that they go on in."""
    rows: list[tuple[int, str]] = []
    for k, line in lines:
        if rows and line[:1].isspace() and is_number(line.split()[0]):
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {line}")
        else:
            rows.append((k, line))
    return rows


def _count(line: str) -> int:
    """How many numbers end a row."""
    cells = line.split()[1:]
    return next((k for k, cell in enumerate(reversed(cells)) if not is_number(cell)), len(cells))


def _parted(source: Source, line: int, text: str, count: int) -> tuple[str, list[float]]:
    """The name of a row, and its numbers."""
    cells = text.split()
    name, numbers = cells[: len(cells) - count], cells[len(cells) - count :]
    if not name and len(text) > 10:  # a strict name touches its first number
        name, numbers = [text[:10].strip()], text[10:].split()
    if len(numbers) != count or not name or not all(map(is_number, numbers)):
        raise source.fault(f"a name and {count} numbers are expected", line)
    return " ".join(name), [float(one) for one in numbers]
