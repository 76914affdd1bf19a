"""The reference holds every package and every public module."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs._extensions.reference import described, modules, packages

DOCS = Path(__file__).parents[3] / "docs"


def test_every_package_has_a_page_and_no_page_is_left_over():
    """One page a package, of the package's name."""
    pages = {path.stem for path in (DOCS / "reference").glob("*.rst")} - {"index"}
    assert pages == set(packages())


@pytest.mark.parametrize("package", list(packages()))
def test_a_page_names_its_package(package):
    """And leaves the rest to the docstrings."""
    text = (DOCS / "reference" / f"{package}.rst").read_text(encoding="utf-8")
    assert text == f"{package}\n{'=' * len(package)}\n\n.. package:: {package}\n"


def test_modules_that_are_private_are_left_out_and_what_they_export_is_not():
    """`Task` is defined in a private module, and documented where it is imported from."""
    assert "pruning.allocation._base" not in modules("pruning.allocation")
    text = described("pruning.allocation")
    assert ".. autoclass:: pruning.allocation.Task\n" in text
    assert ".. automodule:: pruning.allocation.curves\n" in text
