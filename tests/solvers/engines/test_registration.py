"""Tests of the registry of engines: names, what is not here, and what carries their versions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispersion import Instance, NotApplicableError, UnknownNameError, run_study
from solvers import prepare, solve
from solvers.engines import registration
from solvers.engines.registration import (
    Ability,
    engine_of,
    list_engines,
    registry,
    takes_seed,
    with_version,
)
from solvers.lookup import find

LINE = Instance([[0, 1, 2], [1, 0, 1], [2, 1, 0]], 2, name="line")
PYOMO = {
    "max-min": ("compact", "kuby", "kuby-one-m", "node-packing"),
    "max-sum": ("glover", "glover-woolsey", "kuo-glover-dhir"),
}


@pytest.fixture
def without_scip(monkeypatch):
    """As if OR-tools were not installed."""
    list(registry)
    absent = replace(registry["scip"], version=lambda: None)
    monkeypatch.setattr(registry, "_entries", {**registry._entries, "scip": absent})


def test_labels_tell_engines_apart():
    """A bound is signed by one engine."""
    labels = [info.label for info in list_engines()]
    assert len(set(labels)) == len(labels) >= 9
    for info in list_engines():
        assert engine_of(f"{info.label} 1.2.3") == info.label
    assert engine_of("HiGHSpeed 1.2") is None


@pytest.mark.parametrize(
    ("objective", "name"), [(goal, name) for goal, names in PYOMO.items() for name in names]
)
def test_every_pyomo_model_takes_any_engine(objective, name):
    """As one of its parameters; it is then said to be that engine's."""
    assert find(name, objective).parameters.startswith("engine=highs,presolve=o")
    assert find(f"{name}:engine=scip", objective).engine == "SCIP"
    assert find(name, objective).engine == "HiGHS"
    with pytest.raises(UnknownNameError, match="unknown engine 'scipp'; did you mean scip"):
        solve(LINE, f"{name}:engine=scipp", objective=objective)


@pytest.mark.usefixtures("without_scip")
def test_an_engine_that_is_not_here_is_not_applicable():
    """The message says how to get it; a study skips its solves."""
    with pytest.raises(NotApplicableError, match="SCIP is not installed; get it by: pip"):
        solve(LINE, "kuby:engine=scip")
    with pytest.raises(NotApplicableError, match="SCIP is not installed"):
        prepare("compact:engine=scip")


def test_what_is_limited_is_told():
    """In words, for lists."""
    assert registry["highs"].abilities == ""
    assert registry["glpk"].abilities == "without a start, an incumbent trace, a seed, several threads"
    assert registry["gurobi"].abilities.startswith("without a licence of yours at most 2,000")
    assert Ability.SEED in registry["copt"].lacks


def test_rows_name_the_engine_with_its_version():
    """Next to the solver, whoever proved the bound."""
    study = run_study(LINE, ["kuby", "kuby:engine=scip", "clique"], time_limit=20.0)
    engines = study.frame("solves").set_index("solver").engine
    assert engines["kuby"] == with_version("HiGHS")
    assert engines["kuby:engine=scip"] == with_version("SCIP")
    assert engines.isna()["clique"]


@pytest.mark.parametrize("name", ["highs", "scip", "cbc", "glpk"])
def test_no_clock_counts_an_import(name, monkeypatch):
    """What an engine imports to read a model was imported by `load` before."""
    asked = []
    imported = registration.import_module
    monkeypatch.setattr(registration, "import_module", lambda one: asked.append(one) or imported(one))
    registry[name].load()
    needed = {"scip": {"highspy", "ortools.math_opt.python.mathopt"}, "highs": {"highspy"}}
    assert {*asked} == needed.get(name, set())


def test_who_takes_a_seed():
    """Engines do, unless they say otherwise; so does one that nobody registered."""
    takers = {info.label: takes_seed(info.label) for info in list_engines()}
    assert {label for label, takes in takers.items() if not takes} == {"COPT", "GLPK"}
    assert takes_seed("CP-SAT")
    assert takes_seed("one of yours")
