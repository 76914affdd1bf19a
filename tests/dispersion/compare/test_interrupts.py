"""Ctrl-C at any time keeps what is finished."""

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import psutil
import pytest
import torch
from safetensors.torch import save_file

import pruning
from dispersion.compare import evaluating as testing
from dispersion.compare import main
from dispersion.compare.stages import EXIT_INTERRUPTED
from dispersion.study.execution import solving
from dispersion.study.progress import Stage
from dispersion.study.selections import Method
from pruning.training import TrainingProgress
from pruning.zoo.networks.vgg import Vgg

Run = Callable[..., Any]  # of conftest.py
ROOT = Path(__file__).parents[3]


def interrupt(*_: object, **__: object) -> Any:
    raise KeyboardInterrupt


@pytest.mark.usefixtures("_inline")
def test_ctrl_c_while_solving_keeps_what_is_solved(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Solved tasks are written and printed; nothing is pruned, and the exit code says why."""
    inline = solving.executor_of(None, 1)
    every = inline.solve

    def two(tasks: Any) -> Iterator[Any]:
        for k, solution in every(tasks):
            if k == 2:
                raise KeyboardInterrupt
            yield k, solution

    monkeypatch.setattr(inline, "solve", two)
    monkeypatch.setattr(solving, "executor_of", lambda *_: inline)
    done = run("--solvers", "clique", "greedy", "kuby")  # the last is an engine
    assert done.code == EXIT_INTERRUPTED
    assert list(done.table("solves")["solver"]) == ["clique", "greedy"]
    assert json.loads((done.folder / "selections.json").read_text()).keys() == {
        "points are counted from",
        "clique, keep 0.5, seed 0",
        "greedy, keep 0.5, seed 0",
    }
    assert done.record["outcome"] == "interrupted"
    assert not (done.folder / "networks.csv").exists()
    assert "interrupted; keeping what is finished" in done.err
    assert "greedy" in done.out
    assert "Pruned networks" not in done.out


@pytest.mark.usefixtures("_inline")
def test_ctrl_c_while_testing_keeps_what_is_tested(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks tested before Ctrl-C are written and printed beside all solves."""
    from pruning import evaluation

    evaluate = evaluation.evaluate
    monkeypatch.setattr(
        evaluation,
        "evaluate",
        lambda *given, **how: interrupt() if given[1] else evaluate(*given, **how),
    )
    done = run("--solvers", "clique", "greedy")
    assert done.code == EXIT_INTERRUPTED
    assert len(done.table("solves")) == 2
    assert list(done.table("networks")["method"]) == ["unpruned"]
    assert done.record["outcome"] == "interrupted"
    assert "unpruned" in done.out


@pytest.mark.usefixtures("_inline")
def test_ctrl_c_while_fine_tuning_keeps_the_epochs_that_are_done(
    run: Run, write_images: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same command goes on with the next one, to the same accuracy; then nothing is left of it."""
    tell, told = testing._tell, list[int]()

    def follow(progress: Stage, method: Method, headway: TrainingProgress) -> None:
        tell(progress, method, headway)
        told.append(headway.epoch)
        if told == [1, 2]:
            interrupt()

    monkeypatch.setattr(testing, "_tell", follow)
    images = write_images(tmp_path / "images", each=2)
    asked = ("--data", images, "--calibration-images", "4", "--recover", "bn", "ft", "--epochs", "2")
    stopped = run("--solvers", "greedy", *asked)
    assert stopped.code == EXIT_INTERRUPTED
    [kept] = stopped.folder.glob("fine-tuning-*")
    assert torch.load(kept, weights_only=True)["epoch"] == 1
    finished = run("--solvers", "greedy", *asked)
    assert finished.code == 0
    assert told == [1, 2, 2]
    assert not list(finished.folder.glob("fine-tuning-*"))
    finished.folder.rename(tmp_path / "resumed")
    whole = run("--solvers", "greedy", *asked)
    assert told[3:] == [1, 2]
    columns = ["accuracy_bn", "accuracy_ft"]
    assert whole.table("networks")[columns].equals(
        pd.read_csv(tmp_path / "resumed" / "networks.csv")[columns]
    )


def test_ctrl_c_twice_before_anything_is_finished(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a first interrupted run has left stays when a second one is interrupted; a third goes on."""
    folder = tmp_path / "out"
    words = ["--instance", "generate:som:n=12,p=3,seed=1", "--solvers", "greedy", "--out", str(folder)]
    with monkeypatch.context() as first:
        inline = SimpleNamespace(solve=interrupt, shared=False, close=lambda: None)
        first.setattr(solving, "executor_of", lambda *_: inline)
        assert main(words) == EXIT_INTERRUPTED
    left = {path.name for path in folder.iterdir()}
    assert {"run.json", "journal.jsonl", "solves.csv"} <= left
    with monkeypatch.context() as second:
        second.setattr(solving, "executor_of", interrupt)
        assert main(words) == EXIT_INTERRUPTED
    assert left <= {path.name for path in folder.iterdir()}
    assert main(words) == 0, capsys.readouterr().err


def test_ctrl_c_before_anything_is_solved(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while loading ends the command without a traceback and without a folder."""
    monkeypatch.setattr(pruning, "load_network", interrupt)
    done = run()
    assert (done.code, done.out) == (EXIT_INTERRUPTED, "")
    assert done.err == "interrupted; files already written are whole\n"
    assert not done.folder.exists()


def follow(terminal: int, seen: bytearray) -> None:
    """Read a terminal until its other side is closed."""
    with contextlib.suppress(OSError):
        while chunk := os.read(terminal, 4096):
            seen.extend(chunk)


def alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def heed_interrupts() -> None:
    """As at a terminal: what was started in the background ignores SIGINT, and so do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_at_a_terminal(tmp_path: Path, done: Any) -> None:
    """SIGINT to the whole group, in the middle of a solve: results, code 130, nothing else left."""
    torch.manual_seed(0)
    save_file(Vgg().state_dict(), tmp_path / "vgg16.safetensors")
    ours, theirs = pty.openpty()
    command = [
        *(sys.executable, "-m", "dispersion.compare", "--model", "vgg16", "--layers", "features.20"),
        *("--weights", str(tmp_path / "vgg16.safetensors"), "--solvers", "greedy", "kuby"),
        *("--time-limit", "600", "--jobs", "1", "--out", str(tmp_path / "out")),
    ]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120", "OMP_NUM_THREADS": "1"},
        start_new_session=True,
        preexec_fn=heed_interrupts,
        text=True,
    )
    os.close(theirs)
    seen = bytearray()
    reader = threading.Thread(target=follow, args=(ours, seen))
    reader.start()
    try:
        while b"1/2" not in seen and process.poll() is None:
            time.sleep(0.05)
        workers = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        out, _ = process.communicate(timeout=120)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    reader.join()
    os.close(ours)
    left = done(process.returncode, out, seen.decode(), tmp_path / "out")
    assert left.code == EXIT_INTERRUPTED, left.err
    assert "interrupted; keeping what is finished" in left.err
    assert "Traceback" not in left.err
    assert list(left.table("solves")["solver"]) == ["greedy"]
    assert left.record["outcome"] == "interrupted"
    assert "greedy" in out
    assert "\x1b" not in out
    assert len(workers) >= 1
    psutil.wait_procs(workers, timeout=10)
    assert not any(map(alive, workers))
