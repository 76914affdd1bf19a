"""Formulas become MathML, or the build fails."""

from __future__ import annotations

import pytest
from sphinx.errors import ExtensionError

from docs._extensions.mathml import rendered


def test_a_formula_is_written_out():
    """As an element of its own, in a line or as a block."""
    assert rendered(r"\sum_i x_i = p").startswith("<math")
    assert 'display="block"' in rendered("x", block=True)


def test_braces_of_sets_are_small():
    """They do not grow with an exponent, unless they are told to."""
    assert '<mo stretchy="false">{</mo>' in rendered(r"\{0, 1\}^n")
    assert "<mo>{</mo>" in rendered(r"\left\{ \sum_i x_i \right\}")


@pytest.mark.parametrize("tex", [r"\unheard{x}", r"\frac12", r"45°"])
def test_a_formula_that_cannot_be_read_is_an_error(tex):
    """It is quoted in the message."""
    with pytest.raises(ExtensionError, match="cannot be rendered"):
        rendered(tex)
