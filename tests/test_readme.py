"""What the README shows is run."""

from __future__ import annotations

import io
import os
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from dispersion.errors import UnavailableError
from dispersion.version import __version__
from solvers.registration import registry as solvers

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)


def untimed(text: str) -> str:
    """What is printed, without what differs from machine to machine."""
    return re.sub(r"[\d.]+ s\b", "- s", text)


@pytest.mark.parametrize("code", BLOCKS, ids=range(len(BLOCKS)))
def test_every_python_block_runs(code, tmp_path, monkeypatch):
    """And prints what is shown below it; a solver that it adds is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    before, printed = set(solvers), io.StringIO()
    try:
        with redirect_stdout(printed):
            exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    except UnavailableError as error:  # the trained network or its images
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    else:
        shown = re.match(r"\s*```text\n(.*?)```", TEXT.partition(code + "```")[2], re.DOTALL)
        assert shown is None or untimed(shown[1]) == untimed(printed.getvalue())
    finally:
        for key in set(solvers) - before:
            del solvers._entries[key]


def test_there_are_examples_and_their_pictures_exist():
    """The examples of one solve and of many; no broken picture, and no broken link."""
    assert len(BLOCKS) >= 2
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", TEXT)
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).is_file(), picture
    for target in re.findall(r"\]\((?!http)(.*?)\)", TEXT):
        assert (ROOT / target).is_file(), target


def test_the_readme_can_be_skimmed():
    """At most 180 lines of less than 120 characters, but for links of pictures."""
    lines = TEXT.splitlines()
    assert len(lines) <= 180
    assert not [line for line in lines if len(line) >= 120 and not line.startswith("![")]


def test_one_version_in_all_places():
    """The citation names the version of the package."""
    cited = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)
    assert cited
    assert cited[1] == __version__


def test_the_folders_that_contributors_are_sent_to_exist():
    """Each extension has its folder."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    folders = re.findall(r"`((?:dispersion|solvers|pruning|docs|benchmarks|tests)/[\w/]*)`", text)
    assert len(folders) > 12
    for folder in folders:
        assert (ROOT / folder).is_dir(), folder
