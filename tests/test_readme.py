"""What the README shows is run."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from dispersion.errors import UnavailableError
from solvers.registration import registry as solvers

ROOT = Path(__file__).parent.parent
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("code", BLOCKS, ids=range(len(BLOCKS)))
def test_every_python_block_runs(code, tmp_path, monkeypatch):
    """The examples of use, and the example solver, which is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    before = set(solvers)
    try:
        exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    except UnavailableError as error:  # the trained network or its images
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    finally:
        for key in set(solvers) - before:
            del solvers._entries[key]


def test_there_are_examples_and_their_pictures_exist():
    """At least the examples of solving, pruning and a solver; no broken picture."""
    assert len(BLOCKS) >= 3
    text = (ROOT / "README.md").read_text()
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", text)
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).is_file(), picture
