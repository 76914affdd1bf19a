"""A study ends with a page about itself."""

from collections.abc import Callable
from typing import Any

import pytest

from dispersion.compare import stages
from dispersion.compare.stages import EXIT_FAULT, EXIT_INPUT
from dispersion.study.reading import read_study

Run = Callable[..., Any]


@pytest.mark.usefixtures("_inline")
def test_a_network_has_its_filters_on_the_page(run: Run) -> None:
    """The layers are kept with the kernels of the very first, pruned or not; the page shows both."""
    done = run("--solvers", "clique")
    study = read_study(done.folder)
    assert study.layers is not None
    assert list(study.layers.embeddings) == ["layer1.0.conv1"]
    assert study.layers.first == "conv1"
    assert study.layers.kernels is not None
    assert study.layers.kernels.shape == (16, 3, 3, 3)
    text = (done.folder / "report.html").read_text(encoding="utf-8")
    assert text.count("<img ") == 16
    assert "layer1.0.conv1: selected by clique" in text


@pytest.mark.usefixtures("fakes")
def test_contradictions_are_recorded_and_shown_first(run: Run) -> None:
    """What the terminal calls FAIL stands in the record and at the head of the page."""
    done = run("--solvers", "clique", "broken")
    assert done.code == EXIT_FAULT
    [fault] = done.record["faults"]
    assert f"FAIL {fault}" in done.err
    text = (done.folder / "report.html").read_text(encoding="utf-8")
    assert text.index('<section id="contradictions"') < text.index('<section id="verdict"')


@pytest.mark.usefixtures("_inline")
def test_a_page_that_cannot_be_made_costs_no_result(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said, the exit code tells, and everything else is there and printed."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(stages, "write_report", fail)
    done = run("--solvers", "clique")
    assert done.code == EXIT_INPUT
    assert "error: no report.html: ZeroDivisionError: a bug\n" in done.err
    assert "report.html" not in done.files
    assert {"solves.csv", "layers.npz", "run.json"} <= set(done.files)
    assert "Every instance, every solver" in done.out
