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


def test_private_modules_are_left_out():
    """Only what a user may import has a section of its own."""
    assert "dispersion.library.formats._keywords" not in modules("dispersion.library.formats")
    text = described("pruning.allocation")
    assert ".. automodule:: pruning.allocation.curves\n" in text
    assert ":py:obj:`Budget <pruning.budgets.budget.Budget>`" in described("pruning")
