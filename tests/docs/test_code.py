"""What the pages and the docstrings show is run.

The Python of a page, with and without prompts, is run from top to bottom in one namespace and an empty
folder.  Commands are run in that folder too, unless they install, build this site, need a trained
network, or are among the results, which took hours; the last two are read by the command's own parser.
"""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import os
import re
import shlex
import subprocess
import sys
import tomllib
import warnings
from pathlib import Path
from typing import Any

import pytest

from dispersion import MissingExtraError
from dispersion.compare.cli.command_line import parse

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    path
    for path in DOCS.rglob("*.rst")
    if not {"_build", "coursework"} & set(path.relative_to(DOCS).parts)
)
BLOCK = re.compile(r"^\.\. code-block:: (\w+)\n\n((?:   .*\n|\n)+)", re.MULTILINE)
TO_READ = ("bibtex", "text")  # not to be run
RESULTS = "results"  # the page
LONG = ("engines", "extend", "packing", "pruning", "start", "studies")  # pages whose code takes longer
OPTIONAL = {
    "scikit-learn": "sklearn",
    "spopt": "spopt",
    "rdkit": "rdkit",
    "qc-selector": "selector",
}  # what the code of a page needs, by the page
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for package in ("dispersion", "solvers", "pruning")
    for path in (ROOT / package).rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


def blocks(page: Path) -> list[tuple[str, str]]:
    """Language and text of every block of code of a page."""
    return [
        (language, re.sub(r"^   ", "", text, flags=re.MULTILINE).strip() + "\n")
        for language, text in BLOCK.findall(page.read_text(encoding="utf-8") + "\n")
    ]


def check_prompts(text: str, names: dict[str, Any], where: str) -> None:
    """Run a session; what it prints must be what is shown."""
    test = doctest.DocTestParser().get_doctest(text, names, where, where, 0)
    told: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=told.append, clear_globs=False)
    names.update(test.globs)
    assert not told, "".join(told)


def check_commands(text: str, page: str) -> None:
    """Run every command of a block, or let its own parser read it."""
    for line in text.splitlines():
        assert line.startswith("$ "), f"a command begins with $: {line!r}"
        words = shlex.split(line.removeprefix("$ "))
        if words[0] == "pip":
            check_extras(line)
        elif words[2].startswith("benchmarks."):
            assert importlib.util.find_spec(words[2])
        elif "--model" in words or page == RESULTS:
            assert words[:3] == ["python", "-m", "dispersion.compare"]
            parse(words[3:])
        elif words[:3] != ["python", "-m", "sphinx"]:  # that one is test_site.py's
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            done = subprocess.run(
                [sys.executable, *words[1:]],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr


def check_extras(line: str) -> None:
    """Every extra that is asked for must be one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for extra in re.findall(r"\.\[([\w,]+)\]", line):
        assert set(extra.split(",")) <= set(project["optional-dependencies"]), line


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=page.stem, marks=[pytest.mark.slow] if page.stem in LONG else [])
        for page in PAGES
        if blocks(page)
    ],
)
def test_the_code_of_a_page_runs(page, tmp_path, monkeypatch):
    """From top to bottom, in an empty folder; skipped where a package it is about is not installed."""
    monkeypatch.chdir(tmp_path)
    if package := OPTIONAL.get(page.stem):
        warnings.simplefilter("ignore")  # theirs
        pytest.importorskip(package)
    names: dict[str, Any] = {"__name__": "page"}
    for language, text in blocks(page):
        if language == "python":
            exec(compile(text, page.name, "exec"), names)
        elif language == "pycon":
            check_prompts(text, names, page.name)
        elif language == "console":
            check_commands(text, page.stem)
        else:
            assert language in TO_READ, f"{page.name}: what to do with {language}?"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_every_block_of_a_page_is_found(page):
    """No code stands on a page in a form that the test above would overlook."""
    text = page.read_text(encoding="utf-8")
    assert len(re.findall("code-block|sourcecode|literalinclude", text)) == len(blocks(page))
    assert not re.search(r"^(?!\.\. ).*::$", text, re.MULTILINE), "a literal block has no language"
    prompts = sum(shown.count(">>> ") for _, shown in blocks(page))
    assert text.count(">>> ") == prompts


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_docstrings_run(module, tmp_path, monkeypatch):
    """Every session in the docstrings of a module prints what is shown."""
    monkeypatch.chdir(tmp_path)
    try:
        found = doctest.DocTestFinder().find(importlib.import_module(module))
    except MissingExtraError as error:
        pytest.skip(str(error))
    tests = [test for test in found if test.examples]
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for test in tests:
        runner.run(test, out=told.append)
    assert tests
    assert not told, "".join(told)
