"""Tests of the package borders: what is public, and which arrows exist."""

from __future__ import annotations

import inspect
import subprocess
import sys

import dispersion


def _loaded_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*sorted({{m.partition('.')[0] for m in sys.modules}}))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_importing_solvers_loads_no_engine():
    """OR-tools, HiGHS, Pyomo, torch and numba wait until a solver asks for them."""
    engines = {"ortools", "highspy", "pyomo", "torch", "numba"}
    listing = "import solvers; assert len(solvers.list_solvers()) >= 6"
    assert not engines & _loaded_after(listing)


def test_the_core_needs_numpy_only():
    """`import dispersion` loads neither solvers nor pruning nor anything heavy."""
    heavy = {"solvers", "pruning", "torch", "pandas", "rich", "psutil"}
    assert not heavy & _loaded_after("import dispersion")
    names = "assert set(dispersion.library.formats) and set(dispersion.library.families)"
    assert not heavy & _loaded_after(f"import dispersion.library; {names}")


def test_studies_need_no_network():
    """Neither the rooms of a study nor the command itself load pruning or torch."""
    listing = (
        "from dispersion.compare import networks, stages; from dispersion.compare.cli import options"
    )
    assert not {"pruning", "torch"} & _loaded_after(listing)


PUBLIC = [
    "ContradictionError",
    "DamagedError",
    "DispersionError",
    "EngineError",
    "InputError",
    "Instance",
    "MissingExtraError",
    "NotApplicableError",
    "Refutation",
    "Solution",
    "Status",
    "Study",
    "TracePoint",
    "UnavailableError",
    "UnknownNameError",
    "__version__",
    "contradictions",
    "distances",
    "generate",
    "list_metrics",
    "list_objectives",
    "read_instance",
    "read_study",
    "recompute",
    "run_study",
]


def test_the_public_names():
    """A name that comes or goes is a change for users: the changelog tells it."""
    assert dispersion.__all__ == PUBLIC
    for name in PUBLIC:
        assert hasattr(dispersion, name)


def test_packages_are_not_hidden_by_what_is_in_them():
    """`import dispersion.metrics as m` is the package, whatever was imported before."""
    assert inspect.ismodule(dispersion.metrics)
    assert inspect.ismodule(dispersion.objectives)
    assert [one.name for one in dispersion.list_metrics()] == list(dispersion.metrics.metrics)
    assert [one.name for one in dispersion.list_objectives()] == ["max-min", "max-sum", "packing"]
