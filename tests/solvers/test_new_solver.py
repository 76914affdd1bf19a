"""A new solver is one new file: it is found everywhere, and nothing else has to change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
ENUMERATION = '''
"""Try all selections."""

from itertools import combinations

from solvers import Guarantee, Run, solver


@solver(
    "enumeration",
    objective="max-min",
    guarantee=Guarantee.EXACT,
    summary="all selections, one after the other",
)
def enumeration(run: Run) -> None:
    """Try all selections; the best one is the optimum."""
    for selected in combinations(range(run.instance.n), run.instance.p):
        run.check_time()
        run.report_incumbent(selected)
    assert run.objective is not None
    run.report_bound(run.objective, by="enumeration")
'''


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the project with one more file."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in ("dispersion", "solvers", "pruning", "docs"):
        shutil.copytree(
            ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("_build", "coursework")
        )
    shutil.copytree(ROOT / "tests" / "solvers", tree / "tests" / "solvers")
    for name in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy2(ROOT / name, tree / name)
    (tree / "solvers" / "maxmin" / "enumeration.py").write_text(ENUMERATION)
    return tree


def python(tree: Path, *arguments: str) -> str:
    """What Python prints in that copy."""
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_is_listed_and_solves(tree):
    """By name, and to the optimum."""
    code = (
        "import json, solvers; from dispersion import Instance\n"
        "instance = Instance([[0, 1, 4], [1, 0, 3], [4, 3, 0]], 2)\n"
        "answer = solvers.solve(instance, 'enumeration')\n"
        "names = [info.name for info in solvers.list_solvers('max-min')]\n"
        "print(json.dumps([names, answer.status.value, answer.objective, answer.bound_by]))"
    )
    names, status, objective, by = json.loads(python(tree, "-c", code))
    assert "enumeration" in names
    assert (status, objective) == ("optimal", 4.0)
    assert by is None  # the longest distance needs no proof


def test_the_command_compares_it(tree):
    """It is in the help among the solvers that need not be named, and is run in worker processes."""
    instance = ("--instance", "generate:geo:n=9,p=3,seed=1", "--random-seeds", "1")
    named = ("--solvers", "enumeration", "random", "--jobs", "2", "--out", "out")
    python(tree, "-m", "dispersion.compare", *instance, *named)
    rows = pd.read_parquet(tree / "out" / "solves.parquet").set_index("solver")
    assert rows.status.to_dict() == {"enumeration": "optimal", "random": "feasible"}
    code = (
        "from dispersion.compare.cli.command_line import parse;"
        "print(*parse(['--model', 'vgg16']).solvers)"
    )
    assert "enumeration" in python(tree, "-c", code).split()


@pytest.mark.slow  # builds the site
def test_the_documentation_has_its_page(tree):
    """Generated from the registration and the docstring, linked from the table, without a warning."""
    for path in (tree / "docs").glob("*.rst"):  # of the other pages only the links are needed
        if path.stem not in ("index", "references", "guarantees"):
            path.unlink()
    shutil.rmtree(tree / "docs" / "reference")
    (tree / "docs" / "index.rst").write_text(
        "Solvers\n=======\n\n.. toctree::\n\n   solvers/index\n   references\n   guarantees\n"
    )
    python(tree, "-m", "sphinx", "-q", "docs", "site")
    table = (tree / "site" / "solvers" / "index.html").read_text("utf-8")
    assert 'href="generated/max-min/enumeration.html"' in table
    page = (tree / "site" / "solvers" / "generated" / "max-min" / "enumeration.html").read_text("utf-8")
    assert "All selections, one after the other" in page
    assert "Try all selections; the best one is the optimum." in page
    generated = tree / "docs/solvers/generated/max-min"  # of others somebody has written the page
    assert [path.name for path in generated.glob("*.rst")] == ["enumeration.rst"]


def test_the_tables_of_agreement_hold_it(tree):
    """Brute force, the theorems and the other solvers are compared with it."""
    told = python(
        tree,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/solvers/test_agreement.py",
    )
    assert "test_exact_solvers_equal_brute_force[enumeration]" in told
