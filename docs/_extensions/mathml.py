"""Formulas as MathML, written into the page by docutils: no script, no font, no network."""

from __future__ import annotations

import re

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

_BRACE = re.compile(r"<mo>([{}])</mo>")


def rendered(tex: str, block: bool = False) -> str:
    """A formula in LaTeX as a ``<math>`` element; `ExtensionError` if docutils cannot read it."""
    try:
        found = str(tex2mathml(tex, as_block=block))
    except MathError as error:
        raise ExtensionError(f"the formula {tex!r} cannot be rendered: {error}") from error
    if r"\left" in tex:
        return found
    return _BRACE.sub(r'<mo stretchy="false">\1</mo>', found)  # else {0, 1}^n gets one tall brace


def _inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(rendered(node.astext()))
    raise nodes.SkipNode


def _block(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.append(f'<div class="formula">{rendered(node.astext(), block=True)}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> ExtensionMetadata:
    """Offer ``html_math_renderer = "mathml"``."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
