"""Solvers that fail or lie, networks that cannot be tested, and a disk that is full."""

import csv
import errno
import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
import pytest
import torch

import pruning
from dispersion.compare.stages import EXIT_FAULT, EXIT_INPUT
from dispersion.study.execution import solving
from dispersion.study.reading import read_study

Run = Callable[..., Any]  # of conftest.py
FIRST = "layer1.0.conv1"  # 16 filters


def test_failing_solvers_cost_their_rows_only(fakes: None, run: Run) -> None:
    """Crashes, hangs and missing engines are rows in their place and FAIL; the rest is complete."""
    names = ("greedy", "crash", "broken", "no-engine", "random")
    done = run("--solvers", *names, "--random-seeds", "1", "--format", "csv", "--jobs", "2")
    assert done.code == EXIT_FAULT
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [(row["solver"], row["status"]) for row in rows] == [
        ("greedy", "feasible"),
        ("crash", "error"),
        ("broken", "error"),
        ("no-engine", "error"),
        ("random", "feasible"),
    ]
    assert rows[1]["message"] == "the worker died (exit code 7)"
    faults = [line for line in done.err.splitlines() if line.startswith("FAIL ")]
    assert faults == [
        f"FAIL {FIRST}, keep 0.5: crash failed: the worker died (exit code 7)",
        f"FAIL {FIRST}, keep 0.5: broken failed: RuntimeError: no such luck",
        f"FAIL {FIRST}, keep 0.5: no-engine failed: ImportError: no module named 'engine'",
    ]
    assert "no-engine cannot be loaded: ImportError" in done.err
    assert "crash, keep 0.5, seed 0 answered too few layers to prune with" in done.err
    assert "no contradictions" not in done.err
    assert "Traceback" not in done.err
    assert done.record["outcome"] == "failed"
    assert list(done.table("networks")["method"]) == ["unpruned", "greedy", "random"]


def test_a_contradiction_is_a_fail(fakes: None, run: Run) -> None:
    """A solver that claims too much is found out, and JSON on standard output is still JSON."""
    done = run("--solvers", "clique", "liar", "--format", "json")
    assert done.code == EXIT_FAULT
    content = json.loads(done.out)
    assert [row["status"] for row in content["solves"]] == ["optimal", "contradicted"]
    bound = content["solves"][1]["bound"]
    assert (
        f"FAIL {FIRST}, keep 0.5: liar proved that nothing exceeds {bound!r}, clique found" in done.err
    )
    assert done.record["outcome"] == "failed"
    assert [row["method"] for row in content["networks"]] == ["unpruned", "clique", "liar"]


@pytest.mark.usefixtures("_inline")
def test_a_network_that_cannot_be_tested_is_a_fail(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong in one network is reported with its reason; solves and other networks stay."""
    from pruning import evaluation

    evaluate = evaluation.evaluate

    def out_of_memory(network: Any, kept: Any, data: Any, **how: Any) -> evaluation.Evaluation:
        if kept and len(kept[FIRST]) == 8:
            raise RuntimeError("out of memory")
        return evaluate(network, kept, data, **how)

    monkeypatch.setattr(evaluation, "evaluate", out_of_memory)
    done = run("--solvers", "greedy", "--keep", "0.5", "0.25")
    assert done.code == EXIT_FAULT
    assert "FAIL greedy, keep 0.5, seed 0: not evaluated: RuntimeError: out of memory\n" in done.err
    assert list(done.table("networks")["keep"]) == [1.0, 0.25]
    assert "Every instance, every solver" in done.out


@pytest.mark.usefixtures("_inline")
def test_a_repair_that_fails_costs_its_own_column(
    run: Run, write_images: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other accuracies stand; what would start from it is not tried; the next run tries again."""
    asked = (
        "--data",
        write_images(tmp_path / "images"),
        "--calibration-images",
        "4",
        "--solvers",
        "greedy",
    )
    asked = (*asked, "--recover", "raw", "bn", "ls", "ft", "--epochs", "1")
    with monkeypatch.context() as patched:
        patched.setattr("pruning.repair.recoveries.least_squares.reconstruct", lambda *_: 1 / 0)
        done = run(*asked)
    assert done.code == EXIT_FAULT
    assert "FAIL greedy, keep 0.5, seed 0: ls failed: ZeroDivisionError: division by zero\n" in done.err
    assert (
        "FAIL greedy, keep 0.5, seed 0: ft is not tried, as what it would start from failed" in done.err
    )
    row = done.table("networks").iloc[1]
    assert row[["accuracy_raw", "accuracy_bn"]].notna().all()
    assert row[["accuracy_ls", "accuracy_ft"]].isna().all()
    tested = [row.accuracy_bn for row in read_study(done.folder).networks]  # as the page has it
    assert len([value for value in tested if value is not None]) == 1
    again = run(*asked)
    assert again.code == 0
    assert again.table("networks").iloc[1][["accuracy_ls", "accuracy_ft"]].notna().all()


@pytest.mark.usefixtures("_inline")
def test_too_little_memory_of_a_device_is_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any network is tested there is nothing that could be kept."""

    def exhausted(*_: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")

    monkeypatch.setattr(pruning, "filter_layers", exhausted)
    done = run("--solvers", "greedy")
    assert done.code == EXIT_INPUT
    assert done.err.splitlines()[-1] == (
        "error: cpu has too little memory; ask for fewer --calibration-images, or for another --device"
    )


@pytest.mark.usefixtures("_inline")
@pytest.mark.parametrize(
    ("error", "outcome"), [(KeyboardInterrupt(), "interrupted"), (OSError("x"), "failed")]
)
def test_no_study_runs_for_ever(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, outcome: str
) -> None:
    """What ends before anything is solved leaves nothing; later, its record says how it ended."""

    def end(*_: Any) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(solving, "executor_of", end)
        done = run("--solvers", "greedy")
    assert done.code == (130 if outcome == "interrupted" else EXIT_INPUT)
    assert not done.folder.exists()
    assert run("--solvers", "greedy").code == 0
    monkeypatch.setattr(solving, "executor_of", end)
    assert run("--solvers", "greedy", "random").record["outcome"] == outcome


# A full disk


@pytest.mark.usefixtures("_inline")
def test_a_full_disk_costs_files_but_no_results(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence; files written before are whole, none is broken off, and everything is printed."""

    def full(frame: pd.DataFrame, file: IO[bytes], **_: Any) -> None:
        file.write(b"PAR1")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(pd.DataFrame, "to_parquet", full)
    done = run("--solvers", "clique", "greedy")
    assert done.code == EXIT_INPUT
    [said] = [line for line in done.err.splitlines() if "No space left on device" in line]
    assert said.startswith(f"error: cannot write {done.folder / 'solves.parquet'}: No space left")
    assert "Traceback" not in done.err
    assert done.files == ["journal.jsonl", "log.txt", "run.json", "solves.csv", "study.toml"]
    assert len(pd.read_csv(done.folder / "solves.csv")) == 2
    assert "Every instance, every solver" in done.out
    assert "Pruned networks" in done.out
    assert done.err.endswith(f"results in {done.folder}, not all of them\n")


def test_a_disk_full_from_the_start(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not even the record of the run can be written, nothing is solved."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(solving, "executor_of", lambda *_: pytest.fail("it was not refused in time"))
    monkeypatch.setattr(os, "replace", full)
    done = run("--solvers", "greedy")
    assert done.code == EXIT_INPUT
    assert done.err.splitlines()[-1].startswith("error: cannot write ")
    assert not done.folder.exists()


@pytest.mark.usefixtures("_inline")
def test_a_criterion_that_fails_costs_its_own_rows(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name, the layer and the reason are a FAIL; solvers and other criteria are tested."""
    from pruning import criteria

    scores = criteria.scores

    def singular(layer: Any, name: str, **how: Any) -> Any:
        if name == "l1":
            raise np.linalg.LinAlgError("Singular matrix")
        return scores(layer, name, **how)

    monkeypatch.setattr(criteria, "scores", singular)
    done = run("--solvers", "greedy", "--methods", "l1", "l2")
    assert done.code == EXIT_FAULT
    assert f"FAIL l1 on {FIRST}: LinAlgError: Singular matrix\n" in done.err
    assert list(done.table("networks")["method"]) == ["unpruned", "greedy", "l2"]


@pytest.mark.usefixtures("_inline")
def test_a_death_while_testing_leaves_what_is_tested(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every network is written down as soon as it is tested."""
    from pruning import evaluation

    evaluate = evaluation.evaluate

    def dies(network: Any, kept: Any, data: Any, **how: Any) -> evaluation.Evaluation:
        if kept and len(kept[FIRST]) == 4:
            raise SystemExit(9)
        return evaluate(network, kept, data, **how)

    monkeypatch.setattr(evaluation, "evaluate", dies)
    with pytest.raises(SystemExit):
        run("--solvers", "greedy", "--keep", "0.5", "0.25")
    left = pd.read_csv(Path.cwd() / "out" / "networks.csv")
    assert list(left["keep"]) == [1.0, 0.5]
