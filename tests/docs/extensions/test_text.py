"""Plain text survives as reStructuredText."""

from __future__ import annotations

import pytest
from docutils.core import publish_parts
from hypothesis import given
from hypothesis import strategies as st

from docs._extensions.text import escaped, table


def test_marks_are_escaped_and_code_is_kept():
    """Stars, bars and underscores are themselves; backticks mean code."""
    assert escaped("a*b |c| d_") == r"a\*b \|c\| d\_"
    assert escaped("see `x_i` and ``y``") == "see ``x_i`` and ``y``"


@pytest.mark.parametrize(
    "text", ["arccos|cos|, the angle", "2**53 [mode=map,beta=none]", "*.txt or `x`"]
)
def test_helps_texts_are_valid(text):
    """docutils has nothing to say against them."""
    publish_parts(escaped(text), settings_overrides={"halt_level": 2, "report_level": 2})


@given(st.text(alphabet="ab *_|\\.", min_size=1, max_size=20).filter(lambda text: text.strip()))
def test_any_text_without_code_reads_as_itself(text):
    """What is shown is what was given, up to spaces."""
    shown = publish_parts("x" + escaped(text), settings_overrides={"halt_level": 2, "report_level": 5})
    assert "problematic" not in shown["whole"]
    for mark in "*_|":
        assert shown["whole"].count(mark) >= text.count(mark)


def test_tables():
    """Rows one below the other, cells in order."""
    assert "   * - a\n     - b\n   * - 1\n     - 2" in table(("a", "b"), [("1", "2")])
