"""The command looks at proofs again, and keeps them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispersion import generate
from dispersion.compare import rechecks as proofs
from dispersion.compare.stages import EXIT_FAULT, EXIT_INTERRUPTED
from solvers import solve
from solvers.engines.common import HIGHS
from solvers.engines.registration import with_version
from solvers.rechecking.check import ARGUMENTS

NAME = "geo, n = 40, seed = 1"
CLIQUE = "clique, p 8, seed 0"
KUBY = "kuby, p 8, seed 0"


@pytest.fixture
def study(run: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Run the command on one generated instance."""
    usual = ("--instance", "generate:geo:n=40,p=8,seed=1", "--out", tmp_path / "out", "--jobs", "1")
    return lambda *arguments: run(*usual, *arguments, plain=True)


def kept(done: Any, name: str) -> Any:
    return json.loads((done.folder / f"{name}.json").read_text())


@pytest.mark.usefixtures("_inline")
def test_refutations_are_kept(study: Callable[..., Any]) -> None:
    """By method and instance as the selections are, with whose proofs they are; not of heuristics."""
    done = study("--solvers", "clique", "kuby", "tabu")
    assert done.code == 0
    solution = solve(generate("geo", 40, 8, seed=1), "clique")
    steps = [{"value": one.value, "by": one.by, "nodes": one.nodes} for one in solution.refutations]
    proof = {"objective": solution.objective, "bound": solution.bound, "refutations": steps}
    assert len(steps) > 1
    found = kept(done, "refutations")
    assert set(found) == {CLIQUE, KUBY}
    assert found[CLIQUE] == {NAME: proof}
    by = [one["by"] for one in found[KUBY][NAME]["refutations"]]
    assert by == ["degrees", *[with_version(HIGHS)] * (len(by) - 1)]
    assert len(by) > 1
    messages = done.table("solves").set_index("solver").message
    assert messages["kuby"].endswith(f"; bound by {with_version(HIGHS)}")
    assert "bound by" not in messages["clique"]
    assert CLIQUE in kept(done, "selections")
    assert "re-checked" not in done.err
    assert "rechecks.json" not in done.files


@pytest.mark.usefixtures("_inline")
def test_proven_optima_are_checked_again(study: Callable[..., Any]) -> None:
    """A line counts what was confirmed; the word of an engine is not taken, nor asked for again."""
    done = study("--solvers", "clique", "kuby", "tabu", "--recheck", "20")
    assert done.code == 0
    assert (
        "re-checked 2 of 2 proven optima: 2 confirmed, 0 not decided in 20 s, 0 contradicted\n"
        in done.err
    )
    rechecks = kept(done, "rechecks")
    [of_highs] = rechecks[KUBY][NAME]["checked"]
    assert of_highs["by"] == with_version(HIGHS)
    assert of_highs["finding"] == "confirmed"
    assert of_highs["decided_by"] in {*ARGUMENTS, "plain-search"}
    [checked] = rechecks[CLIQUE][NAME]["checked"]
    assert (checked["finding"], checked["decided_by"]) == ("confirmed", "plain-search")
    assert checked["value"] == kept(done, "refutations")[CLIQUE][NAME]["refutations"][-1]["value"]
    assert done.record["options"]["recheck"] == 20
    assert "recheck" in done.record["seconds"]


@pytest.mark.usefixtures("_inline")
def test_too_little_time_confirms_nothing(study: Callable[..., Any]) -> None:
    """Undecided proofs are counted as such, and are no failure."""
    done = study("--solvers", "clique", "--p", "7", "--recheck", "1e-9")
    assert done.code == 0
    assert ": 0 confirmed, 1 not decided in 1e-09 s, 0 contradicted\n" in done.err


def test_a_false_proof_is_the_first_fail(fakes: None, study: Callable[..., Any]) -> None:
    """With nobody else to contradict it, a planted proof is found out; it crossed a process."""
    done = study("--solvers", "false-witness", "broken", "--recheck", "20")
    assert done.code == EXIT_FAULT
    faults = [line for line in done.err.splitlines() if line.startswith("FAIL ")]
    assert re.fullmatch(
        rf"FAIL {NAME}, p = 8: false-witness: nothing reaches [\d.]+ \(by colouring\) is false: "
        r"\[[\d, ]+\] are worth [\d.]+",
        faults[0],
    )
    assert "broken failed" in faults[1]
    assert "re-checked 1 of 1 proven optima: 0 confirmed, 0 not decided in 20 s, 1 contra" in done.err
    assert "no contradictions" not in done.err
    assert done.record["outcome"] == "failed"
    assert done.table("solves").status.tolist() == ["contradicted", "error"]
    [checked] = kept(done, "rechecks")["false-witness, p 8, seed 0"][NAME]["checked"]
    assert checked["value_of_witness"] >= checked["value"]
    assert len(checked["witness"]) == 8


@pytest.mark.usefixtures("_inline")
def test_ctrl_c_while_checking_keeps_what_is_checked(
    study: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Solves are written and printed; the line says how many proofs were not looked at."""
    look, seen = proofs.recheck, []

    def once(*arguments: Any, **limits: Any) -> Any:
        if seen:
            raise KeyboardInterrupt
        seen.append(True)
        return look(*arguments, **limits)

    monkeypatch.setattr(proofs, "recheck", once)
    done = study("--solvers", "clique", "--p", "8", "9", "--recheck", "20")
    assert done.code == EXIT_INTERRUPTED
    assert "re-checked 1 of 2 proven optima: 1 confirmed" in done.err
    assert list(kept(done, "rechecks")) == [CLIQUE]
    assert len(done.table("solves")) == 2
