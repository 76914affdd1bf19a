"""The notebooks of ``docs/coursework``, listed by what their first cells say."""

from __future__ import annotations

import json
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from docs._extensions.text import escaped

FOLDER = Path(__file__).parents[1] / "coursework"


def title(notebook: Path) -> str:
    """The first heading of a notebook, or its file name."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        for line in "".join(cell["source"]).splitlines():
            if cell["cell_type"] == "markdown" and line.startswith("# "):
                return line.removeprefix("# ").strip()
    return notebook.stem


class Notebooks(SphinxDirective):
    """``.. notebooks::``: a link to download each notebook."""

    def run(self) -> list[nodes.Node]:
        """A list in the order of file names."""
        found = sorted(FOLDER.glob("*.ipynb"))
        lines = [f"- :download:`{escaped(title(one))} </coursework/{one.name}>`" for one in found]
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the directive."""
    app.add_directive("notebooks", Notebooks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
