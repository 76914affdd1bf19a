"""The whole command: killed at any moment and started again, by one or by two at a time."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from dispersion.compare import networks
from dispersion.study.folder.journal import Journal, _line
from dispersion.study.folder.study_log import JOURNAL
from dispersion.study.reading import read_study
from dispersion.study.selections import of_json

ROOT = Path(__file__).parents[3]
SIZES = [str(p) for p in range(2, 12)]
MANY = ["--instance", "generate:som:n=14,p=3,seed=1", "--p", *SIZES, "--solvers", "greedy", "random"]
Run = Callable[..., Any]  # of conftest.py


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "dispersion.compare", *MANY, "--out", str(folder), *arguments],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finished(folder: Path) -> list[dict[str, Any]]:
    """The rows in the journal."""
    records = Journal(folder / JOURNAL).news() if (folder / JOURNAL).exists() else []
    return [record["row"] for record in records if record["kind"] == "solve"]


def test_killed_and_started_again(tmp_path: Path) -> None:
    """`kill -9` in the middle, twice: no finished solve is lost or made twice, no process is left."""
    seen: list[dict[str, Any]] = []
    for count in (3, 15):
        process = start(tmp_path / "out", "--jobs", "2")
        while len(finished(tmp_path / "out")) < count:
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.02)
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert finished(tmp_path / "out")[: len(seen)] == seen
        seen = finished(tmp_path / "out")
        assert psutil.wait_procs(children, timeout=20)[1] == []
    process = start(tmp_path / "out", "--jobs", "2")
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said
    assert f"{len(seen)} of 40 solves are in" in said
    assert finished(tmp_path / "out")[: len(seen)] == seen
    keys = [row["key"] for row in finished(tmp_path / "out")]
    assert len(keys) == len(set(keys)) == 40
    study = read_study(tmp_path / "out")
    assert study.warnings == ()
    assert sorted(study.frame("solves")["key"]) == sorted(keys)
    assert study.run["outcome"] == "complete"


def test_two_at_once_share_the_work(tmp_path: Path) -> None:
    """Two commands on one folder: each ends with all rows, and nothing is solved twice."""
    both = [start(tmp_path / "out", "--jobs", "1") for _ in range(2)]
    for process in both:
        said, _ = process.communicate(timeout=600)
        assert process.returncode == 0, said
        assert "no contradictions" in said
    keys = [row["key"] for row in finished(tmp_path / "out")]
    assert len(keys) == len(set(keys)) == 40
    assert len(read_study(tmp_path / "out").solves) == 40
    assert list((tmp_path / "out" / ".locks").iterdir()) == []


@pytest.mark.usefixtures("_inline")
def test_networks_are_not_tested_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A study that died while testing goes on with the networks that are left."""
    from pruning import evaluation

    evaluate, tested = evaluation.evaluate, []

    def counted(network: Any, kept: Any, data: Any, **how: Any) -> evaluation.Evaluation:
        tested.append(len(kept))
        if len(tested) == 3:
            raise SystemExit(9)
        return evaluate(network, kept, data, **how)

    monkeypatch.setattr(evaluation, "evaluate", counted)
    command = ("--solvers", "greedy", "clique", "--methods", "l1", "--keep", "0.5", "0.25")
    with pytest.raises(SystemExit):
        run(*command)
    done = run(*command)
    assert done.code == 0
    assert "4 of 4 solves are in" in done.err
    names = ["unpruned", "greedy", "clique", "greedy", "clique", "l1", "l1"]
    assert list(done.table("networks")["method"]) == names
    assert len(tested) <= len(names) + 1
    before = done.table("networks")
    assert run(*command).table("networks").equals(before)
    study = read_study(done.folder)
    assert study.frame("networks").to_csv() == before.to_csv()
    assert study.selections == of_json(json.loads((done.folder / "selections.json").read_text()))
    assert {"l1, keep 0.5, seed 0", "greedy, keep 0.25, seed 0"} <= set(study.selections)
    refused = run(*(part for part in command if part not in ("--methods", "l1")))
    assert refused.code == 2
    assert "holds criteria that this command does not ask for (2), such as l1, keep 0.25" in refused.err


@pytest.mark.usefixtures("_inline")
def test_criteria_choose_once(
    run: Run,
    tmp_path: Path,
    write_images: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a criterion keeps is taken from the journal under equal conditions, and only then."""
    from pruning import criteria

    scores, seen, interrupts = criteria.scores, list[str](), ["l2"]

    def noted(layer: Any, name: str, **how: Any) -> Any:
        if name in interrupts:
            interrupts.remove(name)
            raise KeyboardInterrupt
        seen.append(name)
        return scores(layer, name, **how)

    monkeypatch.setattr(criteria, "scores", noted)
    monkeypatch.setattr(networks, "evaluate_stage", lambda *_: ([], []))
    images = write_images(tmp_path / "images")
    base = ("--solvers", "greedy", "--keep", "0.5", "--recover", "none", "--data", images)
    command = (*base, "--calibration-images", "6", "--methods", "l1", "l2")
    assert run(*command).code == 130
    more = (*command[:-2], "l1", "l2", "whc", "--keep", "0.5", "0.25")
    for arguments, reused, asked in (
        (command, "1 of 2", ["l2"]),
        (command, "2 of 2", []),
        (more, "2 of 6", ["l1", "l2", "whc"]),  # whc anew, the others for the other ratio
        ((*more, "--calibration-images", "7"), None, ["l1", "l2", "whc"]),
        ((*more, "--calibration-images", "7", "--space", "normalized"), None, ["l1", "l2", "whc"]),
    ):
        if "--space" in arguments:  # other points, and so another study for the solvers
            (tmp_path / "out" / JOURNAL).write_text(without_solves(tmp_path / "out" / JOURNAL))
        seen.clear()
        done = run(*arguments)
        assert done.code == 0, done.err
        assert seen == asked
        said = "choices of criteria are in"
        assert f"{reused} {said}" in done.err if reused else said not in done.err
        study = read_study(done.folder)
        assert study.selections == of_json(json.loads((done.folder / "selections.json").read_text()))


def without_solves(journal: Path) -> str:
    """The lines of a journal that are of no solve."""
    lines = journal.read_text().splitlines(keepends=True)
    return "".join(line for line in lines if '"kind":"solve"' not in line)


def test_another_study_is_left_alone(run: Run) -> None:
    """What a folder holds and this command does not ask for is a refusal in one sentence."""
    generated = ("--instance", "generate:som:n=14,p=3,seed=1", "--jobs", "1", "--out", "out")
    assert run(*generated, "--solvers", "greedy", plain=True).code == 0
    before = {path: path.read_bytes() for path in Path("out").iterdir() if path.is_file()}
    refused = run(*generated, "--solvers", "random", plain=True)
    assert refused.code == 2
    assert refused.err.startswith("error: out holds solves that this command does not ask for (1), ")
    assert "choose another folder with --out" in refused.err
    assert refused.err.count("\n") == 1
    assert {path: path.read_bytes() for path in before} == before


def test_another_seed_joins_the_study(run: Run) -> None:
    """Instances: its solves stand beside those of the first one, and the tables are of both."""
    asked = ("--instance", "generate:som:n=14,p=3,seed=1", "--out", "out")
    asked = (*asked, "--solvers", "greedy", "grasp", "--random-seeds", "2")
    assert run(*asked, plain=True).code == 0
    done = run(*asked, "--seed", "7", "--format", "csv", plain=True)
    assert done.code == 0
    rows = [(row["solver"], row["seed"]) for row in csv.DictReader(io.StringIO(done.out))]
    joined = [("greedy", "7"), ("greedy", "0"), *(("grasp", seed) for seed in "7801")]
    assert rows == joined
    study = read_study("out")
    assert (
        list(zip(study.frame("solves")["solver"], map(str, study.frame("solves")["seed"]), strict=True))
        == joined
    )
    assert "3 of 6 solves are in out already" in done.err


@pytest.mark.usefixtures("_inline")
def test_another_seed_of_a_network(run: Run) -> None:
    """Selections of both seeds are pruned and tested; criteria drawn by the first one are refused."""
    asked = ("--solvers", "greedy", "random", "--random-seeds", "1")
    assert run(*asked).code == 0
    done = run(*asked, "--seed", "7")
    assert done.code == 0
    networks = done.table("networks")
    assert list(zip(networks["method"], networks["seed"], strict=True)) == [
        *(("unpruned", 7), ("greedy", 7), ("greedy", 0), ("random", 7), ("random", 0)),
    ]
    assert run("--solvers", "greedy", "random", "--random-seeds", "1", "--methods", "l1").code == 0
    refused = run(
        "--solvers", "greedy", "random", "--random-seeds", "1", "--methods", "l1", "--seed", "7"
    )
    assert refused.code == 2
    assert "holds criteria that this command does not ask for (1), such as l1, keep 0.5" in refused.err


@pytest.mark.usefixtures("_inline")
def test_a_forged_value_is_neither_believed_nor_reported(run: Run) -> None:
    """A line with a valid checksum whose selection is worth less is told, and its solve made again."""
    asked = ("--instance", "generate:som:n=12,p=3,seed=1", "--solvers", "greedy", "--out", "forged")
    assert run(*asked, plain=True).code == 0
    path = Path("forged") / JOURNAL
    records = Journal(path).news()
    [honest] = [record for record in records if record["kind"] == "solve"]
    true = honest["row"]["objective"]
    honest["row"]["objective"] *= 2
    path.write_bytes(b"".join(_line(record) for record in [*records, {**honest, "place": -1}]))
    done = run(*asked, plain=True)
    assert done.code == 0
    assert f"line {len(records) + 1} of {path} says what no study writes ('place' is -1" in done.err
    assert f"its value is {2 * true!r}, its selection is worth {true!r}" in done.err
    assert f"{2 * true:g}" not in done.out
    assert list(read_study(Path("forged")).frame("solves")["objective"]) == [true]
