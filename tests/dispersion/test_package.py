"""Tests of the package borders: what is public, and which arrows exist."""

from __future__ import annotations

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
    listing = "import solvers; assert len(solvers.solvers_for()) >= 6"
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


def test_everything_public_exists():
    """`__all__` is sorted and holds what it names."""
    assert sorted(dispersion.__all__) == dispersion.__all__
    for name in dispersion.__all__:
        assert hasattr(dispersion, name)
