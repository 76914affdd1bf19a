"""Tests of `benchmarks.rows`: what is written is read again, whatever happened in between."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from benchmarks.rows import append_row, read_rows
from dispersion import InputError


@dataclass(frozen=True)
class Line:
    """A row of every type."""

    name: str
    n: int
    seconds: float
    gap: float | None


LINES = [
    Line("a, b", 3, 0.1, None),
    Line('"quoted"', -1, 1e-300, 1 / 3),
    Line("", 0, 2.0, 0.0),
]


def test_rows_survive_a_kill(tmp_path):
    """To the last bit; half a line is removed, and the file goes on behind it."""
    path = tmp_path / "new" / "rows.csv"
    assert read_rows(path, Line) == []
    for line in LINES:
        append_row(path, line)
    assert read_rows(path, Line) == LINES
    path.write_bytes(path.read_bytes()[:-3])
    assert read_rows(path, Line) == LINES[:-1]
    append_row(path, LINES[-1])
    assert read_rows(path, Line) == LINES


def test_a_header_cut_short_counts_as_nothing(tmp_path):
    """And is written anew."""
    path = tmp_path / "rows.csv"
    path.write_text("name,n")
    assert read_rows(path, Line) == []
    append_row(path, LINES[0])
    assert read_rows(path, Line) == LINES[:1]


@pytest.mark.parametrize("content", ["precious", "a,b\n1,2\n"])
def test_other_files_are_left_alone(content, tmp_path):
    """A file of something else is refused and not touched."""
    path = tmp_path / "mine.csv"
    path.write_text(content)
    with pytest.raises(InputError, match="name another file"):
        read_rows(path, Line)
    assert path.read_text() == content
