"""Numbers and lists in sentences."""

import pytest

from dispersion.report.words import count, listed, seconds


def test_counts_and_lists() -> None:
    """One is singular; the last name follows "and"."""
    assert [count(k, "layer") for k in (0, 1, 2000)] == ["0 layers", "1 layer", "2,000 layers"]
    assert [listed(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        *("", "a", "a and b", "a, b and c"),
    ]
    assert [listed("abcd"[:k], most=2) for k in (2, 3, 4)] == [
        "a and b",
        "a, b and c",
        "a, b and 2 others",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0 ms"), (0.0123, "12.3 ms"), (1.5, "1.5 s"), (123.456, "123 s"), (12345.6, "12,346 s")],
)
def test_durations(value: float, text: str) -> None:
    """Milliseconds below a second, thousands with a comma, never an exponent."""
    assert seconds(value) == text
