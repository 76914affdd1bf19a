"""Every notebook and every solution runs, says what it shows, and is stored without outputs."""

from __future__ import annotations

import ast
import importlib
import os
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from dispersion import Instance
from dispersion.errors import UnavailableError
from pruning import Network, filter_layers, load_network

ROOT = Path(__file__).parents[2]
COURSE = ROOT / "docs" / "coursework"
LESSONS = sorted(COURSE.glob("*.ipynb"))
SOLUTIONS = sorted((COURSE / "solutions").glob("*.ipynb"))
NOTEBOOKS = [*LESSONS, *SOLUTIONS]
OURS = ("dispersion", "solvers", "pruning")
PUBLIC = {  # modules without an `__all__` of their own that notebooks may read
    "dispersion.study.analysis.profiles",
    "dispersion.study.rows",
    "dispersion.random_baseline",
}

each_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}"
)


def cells(path: Path, kind: str) -> list[nbformat.NotebookNode]:
    """Its cells of a kind: code or markdown."""
    return [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == kind]


def text(path: Path) -> str:
    """All of its markdown."""
    return "\n\n".join(cell.source for cell in cells(path, "markdown"))


def test_there_are_five_lessons_with_solutions_and_the_readme_names_all():
    """Five of each, of the same names."""
    assert len(LESSONS) == 5
    assert [path.name for path in SOLUTIONS] == [path.name for path in LESSONS]
    readme = (COURSE / "README.md").read_text()
    for path in NOTEBOOKS:
        assert f"({path.relative_to(COURSE).as_posix()})" in readme, path.name


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_exercise_has_a_solution_or_says_that_it_has_none(lesson):
    """By their numbers."""
    solution = lesson.parent / "solutions" / lesson.name
    exercises = dict(re.findall(r"^\*\*(\d\.\d) [^*]+\*\*(.*)", text(lesson), flags=re.MULTILINE))
    solved = re.findall(r"^## (\d\.\d) ", text(solution), flags=re.MULTILINE)
    open_ones = [number for number, said in exercises.items() if "No solution is given" in said]
    assert len(exercises) >= 4
    assert sorted([*solved, *open_ones]) == sorted(exercises)


@each_notebook
def test_notebooks_are_stored_without_outputs(path):
    """Nothing that a run leaves behind."""
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags"}, cell.id
        if cell.cell_type == "code":
            assert cell.outputs == [], cell.id
            assert cell.execution_count is None, cell.id


@each_notebook
def test_notebooks_use_the_public_interface_only(path):
    """Names of ours come from a package's `__all__`, or are public names of a few modules."""
    for cell in cells(path, "code"):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Import):
                assert not any(alias.name.split(".")[0] in OURS for alias in node.names), cell.id
            if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] in OURS:
                module = importlib.import_module(str(node.module))
                offered = getattr(module, "__all__", dir(module) if module.__name__ in PUBLIC else [])
                for alias in node.names:
                    assert alias.name in offered, f"{cell.id}: {node.module}.{alias.name}"
                    assert not alias.name.startswith("_"), cell.id


@each_notebook
def test_what_notebooks_claim_is_asserted(path):
    """There are assertions, and nothing that would hide one that fails."""
    trees = [ast.parse(cell.source) for cell in cells(path, "code")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    assert sum(isinstance(node, ast.Assert) for node in nodes) >= 5
    assert not any(isinstance(node, ast.Try) for node in nodes)


@each_notebook
def test_figures_are_described_below(path):
    """After a cell that shows a figure, the next text says what is to be seen."""
    stored = nbformat.read(path, 4).cells
    for k, cell in enumerate(stored):
        if cell.cell_type == "code" and "\nshow(" in cell.source:
            below = next(later for later in stored[k:] if later.cell_type == "markdown")
            assert below.source.startswith("*The figure:*"), cell.id


def executed(path: Path, replacing: tuple[str, str] | None = None) -> nbformat.NotebookNode:
    """The notebook after a run in its own folder; a cell that fails is an error with its text."""
    notebook = nbformat.read(path, 4)
    if replacing is not None:
        found = [cell for cell in notebook.cells if cell.source == replacing[0]]
        assert len(found) == 1
        found[0].source = replacing[1]
    where = {"metadata": {"path": str(path.parent)}}
    return NotebookClient(notebook, timeout=180, resources=where).execute()


def trained(model: str) -> Network:
    """Its network; skips the test where it cannot be had, but not in CI."""
    try:
        return load_network(model)
    except UnavailableError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture
def kernel(monkeypatch, tmp_path):
    """Let kernels import this checkout, draw inline, and leave nothing in the user's folders."""
    monkeypatch.delenv("MPLBACKEND", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))


@pytest.mark.coursework
@each_notebook
def test_every_notebook_runs(path, kernel):
    """Top to bottom: no error, no complaint, and every figure it announces, with a description."""
    for cell in executed(path).cells:
        if cell.cell_type != "code":
            continue
        assert not [output for output in cell.outputs if output.get("name") == "stderr"], cell.id
        shown = [output.get("data", {}) for output in cell.outputs]
        assert not any("image/png" in data for data in shown), cell.id  # they would have no description
        described = [re.findall(r'<img alt="([^"]+)"', data.get("text/html", "")) for data in shown]
        alts = [alt for found in described for alt in found]
        assert len(alts) == cell.source.count("\nshow("), cell.id
        assert all(len(alt) > 60 for alt in alts), cell.id


@pytest.mark.coursework
@pytest.mark.real
def test_the_last_lesson_runs_with_the_trained_network(kernel):
    """With its switch on; the cells assert what they say."""
    trained("resnet56")
    notebook = executed(LESSONS[-1], replacing=("WITH_NETWORK = False", "WITH_NETWORK = True"))
    cut = next(cell for cell in notebook.cells if cell.id == "cut")
    assert "greedy: raw" in cut.outputs[0].text


@pytest.mark.real
@pytest.mark.parametrize("path", sorted((COURSE / "data").glob("*.npy")), ids=lambda path: path.stem)
def test_shipped_distances_are_those_of_the_trained_networks(path):
    """To the last bit that does not depend on the machine."""
    model, name = path.stem.split("-", 1)
    layer = next(layer for layer in filter_layers(trained(model)) if layer.name == name)
    again = Instance.from_points(layer.points, p=2).distances
    np.testing.assert_allclose(np.load(path), again, rtol=1e-12, atol=1e-12)
