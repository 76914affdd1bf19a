"""``--at-least``: the command on packings, of instances and of the layers of a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dispersion import InputError, generate, read_study, run_study
from dispersion.compare.cli.command_line import parse
from dispersion.compare.cli.config import as_toml
from dispersion.compare.stages import EXIT_FAULT, EXIT_INPUT
from dispersion.study.execution import solving
from solvers import pack

GEO = "generate:geo:n=30,seed=1"


@pytest.fixture
def study(run: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Run the command on packings, in one folder."""
    return lambda *arguments: run(
        *("--instance", *arguments, "--out", tmp_path / "out", "--jobs", "1"), plain=True
    )


def test_the_whole_command(study: Callable[..., Any]) -> None:
    """Every solver on every distance; a file says its own p, which does not matter."""
    np.savetxt("line.csv", np.abs(np.subtract.outer(np.arange(6.0), np.arange(6.0))), delimiter=",")
    asked = (GEO, "line.csv", "--at-least", "60", "2", "--export", "models")
    asked = (*asked, "--solvers", "clique", "greedy", "leader", "random", "--random-seeds", "1")
    with pytest.raises(InputError, match=r"none of the packing solvers .* has a model to write"):
        parse(["--instance", *asked])
    done = study(*(one for one in asked if one not in ("--export", "models")))
    assert done.code == 0, done.err
    assert "no contradictions: every bound holds against every answer\n" in done.err
    assert "at least" in done.out
    solves = done.table("solves")
    assert len(solves) == 16
    assert set(solves.objective_name) == {"packing"}
    line = solves[(solves.instance == "line.csv") & (solves.at_least == 2.0)]
    assert set(line.objective[line.status == "optimal"]) == {3.0}
    geo = generate("geo", n=30, p=2, seed=1)
    for least in (60.0, 2.0):
        known = solves[(solves.instance == geo.name) & (solves.at_least == least)]
        assert known.objective.max() == known.bound.min() == pack(geo, least).objective
    again = study(*(one for one in asked if one not in ("--export", "models")))
    assert "16 of 16 solves are in" in again.err


def test_models_are_written_by_distance(study: Callable[..., Any]) -> None:
    """Under names that tell distances apart."""
    done = study(GEO, "--at-least", "60", "2", "--solvers", "node-packing", "--export", "models")
    assert done.code == 0, done.err
    assert {path.name for path in Path("models").glob("*.lp")} == {
        f"geo-n-30-seed-1-apart{least}-node-packing.lp" for least in ("60.0", "2.0")
    }


def test_a_study_in_python(tmp_path: Path) -> None:
    """Distances of one instance are different questions under one name; they are read as written."""
    geo = generate("geo", n=30, p=2, seed=1)
    asked = [geo.with_at_least(60.0), geo.with_at_least(20.0)]
    study = run_study(asked, ["clique", "leader"], objective="packing", folder=tmp_path / "out")
    assert study.faults == []
    read = read_study(tmp_path / "out")
    assert [(row.instance, row.at_least) for row in read.solves] == [
        (geo.name, least) for least in (60.0, 20.0) for _ in range(2)
    ]
    assert [str(row.question) for row in read.solves[::2]] == [
        f"{geo.name}, at least {least} apart" for least in (60, 20)
    ]
    with pytest.raises(InputError, match="asks for p of them"):
        run_study(geo, "clique", objective="packing")
    with pytest.raises(InputError, match="wants p points"):
        run_study(asked, "clique")


def test_a_contradiction_fails(study: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver whose bound is below what another found: FAIL, and exit code 1."""
    true = solving.Solving.enter

    def lying(self: Any, k: int, solution: Any, shared: bool) -> None:
        if solution.solver == "greedy":
            fewer = solution.selected[:1]
            solution = replace(solution, selected=fewer, objective=1.0, bound=1.0, refutations=())
        true(self, k, solution, shared)

    monkeypatch.setattr(solving.Solving, "enter", lying)
    done = study(GEO, "--at-least", "20", "--solvers", "clique", "greedy")
    assert done.code == EXIT_FAULT
    assert (
        "FAIL geo, n = 30, seed = 1, at least 20 apart: greedy proved that nothing exceeds" in done.err
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--at-least", "-1"), "--at-least must be a finite distance of 0 or more, got -1.0"),
        (("--at-least", "nan"), "--at-least must be a finite distance of 0 or more, got nan"),
        (("--at-least", "inf"), "--at-least must be a finite distance of 0 or more, got inf"),
        (("--at-least", "far"), "--at-least"),
        (("--at-least", "1", "--p", "3"), "--p and --at-least exclude each other"),
        (("--at-least", "1", "--objective", "max-sum"), "asks for packing, not for max-sum"),
        (("--at-least", "1", "--objective", "max-min"), "asks for packing, not for max-min"),
        (("--objective", "packing"), "give --at-least D"),
        (("--at-least", "1", "--solvers", "kuby"), "unknown packing solver 'kuby'"),
    ],
)
def test_bad_input(study: Callable[..., Any], arguments: tuple[str, ...], words: str) -> None:
    """One sentence and exit code 2."""
    done = study(GEO, *arguments)
    assert done.code == EXIT_INPUT
    assert words in done.err
    assert len(done.err.strip().splitlines()) == 1


@pytest.mark.parametrize("option", ["--keep=0.5", "--budget=macs=0.5", "--methods=l1", "--recover=bn"])
def test_nothing_is_pruned(option: str) -> None:
    """So that options about how many filters stay, and what comes of it, have no meaning."""
    with pytest.raises(InputError, match="exclude each other"):
        parse(["--model", "resnet56", "--at-least", "1", option])


def test_the_config_asks_for_the_same(tmp_path: Path) -> None:
    """What is written down can be read, and gives way to p."""
    options = parse(["--instance", GEO, "--at-least", "3", "4"])
    assert (options.objective, options.at_least) == ("packing", (3.0, 4.0))
    path = tmp_path / "study.toml"
    path.write_text(as_toml(options.settings))
    assert parse(["--config", str(path)]) == options
    assert parse(["--config", str(path), "--at-least", "5"]).at_least == (5.0,)
    network = parse(["--model", "resnet56", "--at-least", "3"])
    path.write_text(as_toml(network.settings))
    assert "keep" not in network.settings
    assert parse(["--config", str(path)]) == network


def test_the_layers_of_a_network(run: Callable[..., Any], weights: Path, tmp_path: Path) -> None:
    """The distance holds for the filters of every layer; no image is needed, and nothing is pruned."""
    done = run(
        *("--model", "resnet8", "--weights", weights, "--layers", "layer[12].0.conv1"),
        *("--at-least", "0.9", "--solvers", "clique", "leader", "--out", tmp_path / "out"),
    )
    assert done.code == 0, done.err
    solves = done.table("solves")
    assert len(solves) == 4
    assert solves.keep.isna().all()
    assert (solves.objective <= solves.n).all()
    assert "networks.csv" not in done.files
