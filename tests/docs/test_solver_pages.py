"""The pages of solvers say what each does and what it promises; tables name all solvers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs._extensions import registries
from docs._extensions.registries import TABLES, facts, listing, page_of
from pruning.allocation import allocations
from pruning.criteria import criteria
from solvers import Guarantee
from solvers.registration import registry as solvers

DOCS = Path(__file__).parents[2] / "docs"
SECTIONS = ["Formulation", "Source", "Guarantee", "When to use it"]


WRITTEN = [
    key for key in solvers if page_of(solvers[key]).is_relative_to(DOCS / "solvers" / key.split("/")[0])
]


@pytest.mark.parametrize("key", WRITTEN)
def test_a_page_written_by_hand_is_whole(key):
    """With facts from the registry, a formula, a source, the guarantee and when to use it."""
    text = page_of(solvers[key]).read_text(encoding="utf-8")
    objective, name = key.split("/")
    assert f".. solver-facts:: {objective} {name}\n" in text
    assert re.findall(r"^(.+)\n-+$", text, re.MULTILINE) == SECTIONS
    formulation, source = (text.split(f"\n{title}\n")[1] for title in SECTIONS[:2])
    assert ".. math::" in formulation.split("\nSource\n")[0]
    assert ":source:" in source or "None is needed" in source


def test_no_page_is_left_over():
    """Every page belongs to a solver that there is."""
    pages = {f"{path.parent.name}/{path.stem}" for path in (DOCS / "solvers").glob("max-*/*.rst")}
    assert pages == set(WRITTEN)
    assert len(pages) >= 28


def test_the_other_pages_are_generated(monkeypatch, tmp_path):
    """From registration and docstring; they go when the solver goes, or when a page is written."""
    monkeypatch.setattr(registries, "PAGES", tmp_path)
    monkeypatch.setattr(registries, "GENERATED", tmp_path / "generated")
    clique, random = (registries.find(name, "max-min") for name in ("clique", "random"))
    registries.write_pages([clique, random])
    assert {path.stem for path in tmp_path.rglob("*.rst")} == {"clique", "random"}
    text = page_of(clique).read_text()
    assert ".. solver-facts:: max-min clique" in text
    assert ".. autofunction:: solvers.maxmin.clique.clique" in text
    assert registries.docname(clique) == "/solvers/generated/max-min/clique"
    (tmp_path / "max-min").mkdir()
    (tmp_path / "max-min" / "clique.rst").write_text("by hand")
    registries.write_pages([clique])
    assert list(tmp_path.rglob("*.rst")) == [page_of(clique)]
    assert registries.docname(clique) == "/solvers/max-min/clique"


@pytest.mark.parametrize("key", WRITTEN)
def test_heuristics_promise_nothing_and_others_something(key):
    """The guarantee of a page begins as the solver's kind demands."""
    text = page_of(solvers[key]).read_text(encoding="utf-8")
    guarantee = text.split("\nGuarantee\n")[1].split("\nWhen to use it\n")[0].lstrip("-\n")
    begins = {
        Guarantee.EXACT: "Optimal",
        Guarantee.HEURISTIC: "None",
        Guarantee.APPROXIMATION: ("At least", "Under"),
    }
    assert guarantee.startswith(begins[solvers[key].guarantee])


def test_a_star_marks_what_is_compared_only_when_named():
    """And a line below the table explains it."""
    text = listing("max-min")
    assert ":doc:`compact </solvers/max-min/compact>` \\*\n" in text
    assert ":doc:`clique </solvers/max-min/clique>`\n" in text
    assert "with ``--solvers all``" in text


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
    assert ":Method: Glover 1975\n:Engine: HiGHS" in known
    assert ":Method: ours\n" in facts(solvers["max-min/clique"])
    assert ":Parameters: ``grasp:patience=100``\n" in facts(solvers["max-min/grasp"])
    assert "Resende et al. 2010" in listing("max-min")
    assert listing("max-min").index("clique") < listing("max-min").index("random")
    assert "snpfi" in TABLES["reconstructions"]()
    assert "**no**" in TABLES["metrics"]()
