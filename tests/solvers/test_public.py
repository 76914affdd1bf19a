"""The public names of `solvers`, exactly."""

from __future__ import annotations

import importlib
import sys

import pytest

import solvers
from dispersion import MissingExtraError

NAMES = [
    "Checked",
    "CoreSet",
    "Finding",
    "Guarantee",
    "Limits",
    "Recheck",
    "Run",
    "SolverInfo",
    "core_set",
    "export_model",
    "farthest_from_points",
    "list_solvers",
    "pack",
    "prepare",
    "recheck",
    "recheck_points",
    "solve",
    "solve_core_set",
    "solve_points",
    "solver",
]


def test_the_public_names():
    """A name that comes or goes is a change for users: the changelog tells it."""
    assert solvers.__all__ == NAMES
    for name in NAMES:
        assert hasattr(solvers, name)


def test_solvers_are_listed_by_objective_and_name():
    """All of them, or those of one objective; each says what is true of it."""
    every = solvers.list_solvers()
    assert every == [
        info for name in ("max-min", "max-sum", "packing") for info in solvers.list_solvers(name)
    ]
    keys = [(info.objective_name, info.name) for info in every]
    assert keys == sorted(keys)
    assert len(keys) == len(set(keys)) >= 28
    clique = next(info for info in every if info.name == "clique")
    assert repr(clique) == "SolverInfo('clique', 'max-min', exact)"


def test_what_an_engine_solves_names_it():
    """And has the code of the engine loaded before the clock starts."""
    for info in solvers.list_solvers():
        assert info.engine in (None, "HiGHS", "CP-SAT")
        assert info.engine is None or info.prepare is not None
        assert info.model is None or info.engine == "HiGHS"


def test_scikit_learn_is_optional(monkeypatch):
    """Where it is absent, the message says what to install, and nothing else needs it."""
    monkeypatch.delitem(sys.modules, "solvers.sklearn", raising=False)
    monkeypatch.setitem(sys.modules, "sklearn.base", None)
    with pytest.raises(MissingExtraError, match=r"scikit-learn cannot be imported .*\.\[sklearn\]"):
        importlib.import_module("solvers.sklearn")
