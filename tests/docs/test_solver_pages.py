"""The pages of solvers say what each does and what it promises; tables name all solvers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs._extensions import registries
from docs._extensions.registries import TABLES, facts, listing
from pruning.allocation import allocations
from pruning.criteria import criteria
from solvers import Kind, solvers

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted((DOCS / "solvers").glob("*/*.rst"))
SECTIONS = ["Formulation", "Source", "Guarantee", "When to use it"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_page_is_whole(path):
    """With facts from the registry, a formula, a source, the guarantee and when to use it."""
    key = f"{path.parent.name}/{path.stem}"
    assert key in solvers, "no such solver"
    text = path.read_text(encoding="utf-8")
    objective, name = key.split("/")
    assert f".. solver-facts:: {objective} {name}\n" in text
    assert re.findall(r"^(.+)\n-+$", text, re.MULTILINE) == SECTIONS
    formulation, source = (text.split(f"\n{title}\n")[1] for title in SECTIONS[:2])
    assert ".. math::" in formulation.split("\nSource\n")[0]
    assert ":source:" in source or "None is needed" in source


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_heuristics_promise_nothing_and_others_something(path):
    """The guarantee of a page begins as the solver's kind demands."""
    text = path.read_text(encoding="utf-8")
    guarantee = text.split("\nGuarantee\n")[1].split("\nWhen to use it\n")[0].lstrip("-\n")
    begins = {Kind.EXACT: "Optimal", Kind.HEURISTIC: "None", Kind.APPROXIMATION: ("At least", "Under")}
    assert guarantee.startswith(begins[solvers[f"{path.parent.name}/{path.stem}"].kind])


def test_a_solver_without_a_page_is_listed_with_its_docstring(monkeypatch):
    """Nobody has to write a page; a star marks what is compared only when named."""
    text = listing("max-min")
    assert ":doc:`compact </solvers/max-min/compact>` \\*\n" in text
    assert ":doc:`clique </solvers/max-min/clique>`\n" in text
    assert "with ``--solvers all``" in text
    monkeypatch.setattr(registries, "DOCS", DOCS / "elsewhere")
    assert ":py:obj:`clique <solvers.maxmin.clique.clique>`\n" in listing("max-min")


def test_the_sources_of_criteria_and_allocations_name_what_there_is():
    """Every name in the sentences of sources is registered."""
    text = (DOCS / "pruning.rst").read_text(encoding="utf-8")
    sources = "".join(part.split("\n\n")[0] for part in text.split("Sources, by name:")[1:])
    named = set(re.findall(r"``([\w-]+)``", sources))
    assert len(named) > 10
    assert named <= {*criteria, *allocations}


def test_facts_and_tables_come_from_the_registries():
    """Names, promises and reconstructions are not written down twice."""
    known = facts(solvers["max-sum/glover"])
    assert "``python -m dispersion.compare --objective max-sum --solvers glover``" in known
    assert "only when named" in known
    assert "export_model" in known
    assert "export_model" not in facts(solvers["max-min/clique"])
    assert listing("max-min").index("clique") < listing("max-min").index("random")
    assert "snpfi" in TABLES["reconstructions"]()
    assert "**no**" in TABLES["metrics"]()
