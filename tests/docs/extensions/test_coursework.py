"""Notebooks are listed by their titles."""

from __future__ import annotations

import json

from docs._extensions.coursework import title


def test_the_first_heading_is_the_title(tmp_path):
    """Not a comment in code, not a smaller heading."""
    cells = [
        {"cell_type": "code", "source": ["# no title\n"]},
        {"cell_type": "markdown", "source": ["Some words\n", "# The *problem*\n", "## Part\n"]},
    ]
    notebook = tmp_path / "one.ipynb"
    notebook.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert title(notebook) == "The *problem*"


def test_without_a_heading_the_file_is_the_title(tmp_path):
    """Better than nothing."""
    notebook = tmp_path / "one.ipynb"
    notebook.write_text(json.dumps({"cells": []}), encoding="utf-8")
    assert title(notebook) == "one"
