"""Texts of strangers, shown and written."""

import dataclasses

import pytest

from dispersion.terminal.printable import (
    as_cell,
    duration,
    encodable,
    of_cell,
    printable,
    printable_row,
)

NAMES = ["", "a", "=1+1", "+1", "-1", "@sum", "\tx", "\rx", "'", "'=1", "''=1", "'a", "a=1", " =1", "é"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("caf\xe9 漢 'a' \"b\" \\", "caf\xe9 漢 'a' \"b\" \\"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nFAIL b\r\t", "a\\nFAIL b\\r\\t"),
        ("\x00\x07\x7f\x9b", "\\x00\\x07\\x7f\\x9b"),
        ("\u202eb\u2028", "\\u202eb\\u2028"),
        ("\udce9", "\\udce9"),
    ],
)
def test_what_is_not_seen_becomes_an_escape(text: str, shown: str) -> None:
    """Letters of all languages stay; commands to a terminal, ends of lines and stray bytes do not."""
    assert printable(text) == shown
    assert printable(shown) == shown
    assert shown.isprintable()


def test_stray_bytes_only() -> None:
    """What a file in UTF-8 can hold is left alone, be it seen or not."""
    assert encodable("\x1b\n é \udce9") == "\x1b\n é \\udce9"


@pytest.mark.parametrize("name", NAMES)
def test_cells_come_back(name: str) -> None:
    """No cell begins as a formula does, and each is again what it was."""
    cell = as_cell(name)
    assert cell[:1] not in tuple("=+-@\t\r")
    assert of_cell(cell) == name
    assert cell in (name, f"'{name}")


def test_numbers_are_no_formulas() -> None:
    """What is no text is left alone."""
    assert of_cell(-1.5) == -1.5
    assert of_cell(None) is None


def test_rows() -> None:
    """Every text of a row, and nothing else of it."""

    @dataclasses.dataclass(frozen=True)
    class Row:
        name: str
        value: float | None

    assert printable_row(Row("\x1b", None)) == Row("\\x1b", None)
    usual = Row("a", 1.0)
    assert printable_row(usual) is usual


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        *((0.4, "0 s"), (99.0, "99 s"), (99.7, "2 min"), (100.0, "2 min")),
        *((5900.0, "98 min"), (5999.0, "1.7 h"), (36000.0, "10.0 h")),
    ],
)
def test_durations(seconds: float, told: str) -> None:
    """Seconds up to a hundred, minutes up to a hundred, then hours."""
    assert duration(seconds) == told
