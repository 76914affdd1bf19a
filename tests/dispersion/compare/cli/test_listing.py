"""Tests of `dispersion.compare.cli.listing`: what there is to choose from, with one line each."""

from __future__ import annotations

import re

import pytest

from dispersion.compare import main
from dispersion.compare.cli.listing import LISTS, listed
from dispersion.errors import UnknownNameError
from dispersion.library import families, formats
from dispersion.metrics import metrics
from dispersion.objectives import objectives
from pruning import datasets, networks
from pruning.allocation import allocations
from pruning.criteria import criteria
from pruning.spaces import spaces
from solvers import list_solvers

REGISTRIES = {
    "objectives": objectives,
    "metrics": metrics,
    "criteria": criteria,
    "spaces": spaces,
    "allocations": allocations,
    "models": networks,
    "data": datasets,
    "formats": formats,
    "families": families,
}


@pytest.mark.parametrize("kind", REGISTRIES)
def test_every_name_has_a_line(kind: str) -> None:
    """Its name, and what it is, aligned."""
    lines = list(listed(kind))
    assert {line.split()[0] for line in lines} >= set(REGISTRIES[kind])
    assert all(len(line.split()) > 1 and "\n" not in line for line in lines)
    assert len({re.search(r"(?<=  )\S", line).start() for line in lines if len(line) > 30}) == 1


def test_solvers_say_their_objective_and_what_they_promise() -> None:
    """A star marks those that are compared only if named; the last line explains it."""
    *lines, remark = listed("solvers")
    for goal in objectives:
        for info in list_solvers(goal):
            name = info.name if info.by_default else f"{info.name} *"
            described = f"{goal}, {info.guarantee.value}: {info.summary}"
            [line] = [line for line in lines if line.startswith(f"{name} ") and described in line]
            assert (f"[{info.parameters}]" in line) == bool(info.parameters)
    assert remark == "\n* compared only if named, or with all"


def test_what_is_a_reconstruction_says_so() -> None:
    """With the arguments of a criterion, and their defaults."""
    text = "\n".join([*listed("criteria"), *listed("allocations")])
    for name in criteria:
        assert criteria[name].described in text
        assert criteria[name].defaults in text
    assert text.count("[reconstruction:") == sum(
        bool(registry[name].reconstruction) for registry in (criteria, allocations) for name in registry
    )


def test_recoveries_are_those_that_are_taken_in_their_order() -> None:
    """With their names in headings; the first does nothing."""
    lines = [line.split(maxsplit=1) for line in listed("recoveries")]
    assert [name for name, _ in lines] == ["raw", "bn", "ls", "ft"]
    assert lines[3] == ["ft", "fine-tuning"]


def test_a_list_is_printed_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    """And ends with success."""
    with pytest.raises(SystemExit) as left:
        main(["--list", "metrics"])
    assert left.value.code == 0
    assert capsys.readouterr().out.splitlines() == list(listed("metrics"))


def test_an_unknown_list_is_refused_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """Which names those that there are, or the nearest."""
    with pytest.raises(UnknownNameError):
        list(listed("solver"))
    assert main(["--list", "solver"]) == 2
    assert (
        capsys.readouterr().err == "error: unknown list 'solver'; did you mean solvers or recoveries?\n"
    )
    assert main(["--list", "xyz"]) == 2
    error = capsys.readouterr().err
    assert all(kind in error for kind in LISTS)
    assert error.count("\n") == 1
