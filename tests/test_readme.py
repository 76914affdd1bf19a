"""What the README shows is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from solvers import solvers

ROOT = Path(__file__).parent.parent
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("code", BLOCKS, ids=range(len(BLOCKS)))
def test_every_python_block_runs(code):
    """The library example, and the example solver, which is forgotten afterwards."""
    before = set(solvers)
    try:
        exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    finally:
        for key in set(solvers) - before:
            del solvers._entries[key]


def test_there_are_examples_and_their_pictures_exist():
    """At least the library example and the solver example; no broken picture."""
    assert len(BLOCKS) >= 2
    text = (ROOT / "README.md").read_text()
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", text)
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).is_file(), picture
