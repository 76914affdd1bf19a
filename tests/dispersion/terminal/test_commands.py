"""The commands of the packages: Ctrl-C at any time, closed or full streams, readers that leave."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dispersion.terminal import commands
from dispersion.terminal.commands import EXIT_INPUT, EXIT_INTERRUPTED, EXIT_PIPE, run_command

ROOT = Path(__file__).parents[3]
COMPARE = ["-m", "dispersion.compare", "--instance", "generate:som:n=12,p=3,seed=1", "--solvers"]
TRAIN = ["-m", "pruning.train", "--model", "resnet20", "--data", "nowhere", "--out", "x.safetensors"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small study."""
    folder = tmp_path_factory.mktemp("study") / "one"
    asked = [sys.executable, *COMPARE, "greedy", "--out", str(folder)]
    subprocess.run(asked, env=ENVIRONMENT, capture_output=True, check=True)
    return folder


def shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What a shell says; ``$P`` is Python, and the exit code that of the first of several commands."""
    asked = ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"]
    found = {**ENVIRONMENT, "P": sys.executable, "S": str(folder)}
    return subprocess.run(asked, env=found, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("dispersion.compare", marks=pytest.mark.slow),  # its streams are handled there too
        "dispersion.report",
    ],
)
@pytest.mark.parametrize(
    ("streams", "code"),
    [
        ("| head -1", 0),
        ("2>&1 | head -1", 0),
        ("| true", 0),
        (">&-", 0),
        ("2>&-", 0),
        (">&- 2>&-", 0),
        ("2>/dev/full", 0),
        (">/dev/full", EXIT_INPUT),
        ("<&-", 0),
    ],
)
def test_streams(name: str, streams: str, code: int, study: Path) -> None:
    """A reader that leaves changes nothing, and a full disk is one sentence; no traceback."""
    more = "--instance generate:som:n=12,p=3,seed=1 --solvers greedy --out" if "compare" in name else ""
    done = shell(f'"$P" -m {name} {more} "$S" {streams}', study)
    assert done.returncode == code, done.stderr
    assert not any(word in done.stderr for word in ("Traceback", "Exception ignored", "Errno"))
    if code:
        assert "error: cannot print the results: No space left on device" in done.stderr
    assert (study / "report.html").is_file()


def test_help_for_a_reader_that_leaves(study: Path) -> None:
    """argparse prints on its own; no noise of that either."""
    for name in ("dispersion.report", "pruning.train"):
        done = shell(f'"$P" -m {name} --help | true', study)
        assert done.returncode in (0, EXIT_PIPE)
        assert done.stderr == ""


def test_files_never_take_the_numbers_of_streams(study: Path) -> None:
    """Whatever prints to descriptor 1, as engines do, cannot print into a file of the study."""
    code = "import os; from dispersion.terminal.commands import _open_streams; _open_streams(); "
    code += "os._exit(os.open('x', os.O_CREAT | os.O_WRONLY))"
    line = f'cd "$S"; "$P" -c "{code}" <&- >&- 2>&-'
    assert shell(line, study).returncode > 2
    (study / "x").unlink()


def _failing(error: BaseException) -> Callable[[], Callable[[], int]]:
    def command() -> int:
        raise error

    return lambda: command


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), EXIT_INTERRUPTED, "interrupted; files already written are whole\n"),
        (BrokenPipeError(), EXIT_PIPE, ""),
        (
            OSError(28, "No space left"),
            EXIT_INPUT,
            "error: cannot write to standard output: No space left\n",
        ),
        (SystemExit(0), 0, ""),
        (SystemExit(2), 2, ""),
    ],
)
def test_ends(
    error: BaseException,
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However a command ends, there is a code and at most one line."""
    monkeypatch.setattr(sys, "stderr", sys.stderr)  # what is put in its place goes with the test
    before = signal.getsignal(signal.SIGINT)
    try:
        assert run_command(_failing(error)) == code
    finally:
        signal.signal(signal.SIGINT, before)
    assert capsys.readouterr().err == said


def test_ctrl_c_of_other_programs_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever imports the packages keeps Python's own ways."""
    for argv, words, ours in (
        (["-m"], ["python", "-m", "dispersion.compare"], True),
        (["-m"], ["python", "-m", "theirs"], False),
        (["x.py"], ["python", "x.py", "-m", "dispersion.compare"], False),
        (["-c"], ["python", "-c", "import dispersion"], False),
        (["-m"], ["python"], False),
    ):
        monkeypatch.setattr(sys, "argv", argv)
        monkeypatch.setattr(sys, "orig_argv", words)
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            commands.start()
            assert (signal.getsignal(signal.SIGINT) is commands._leave) == ours, words
        finally:
            signal.signal(signal.SIGINT, before)


def interrupted(arguments: list[str], seconds: float, folder: Path) -> tuple[int, str]:
    """A command that gets Ctrl-C so many seconds after its start: its exit code and standard error."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    time.sleep(seconds)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=100)
    return process.returncode, err


def _check_interrupts(name: str, count: int, study: Path, folder: Path) -> None:
    asked = {
        "compare": [*COMPARE, "greedy", "kuby", "--jobs", "2", "--out", "out"],
        "report": ["-m", "dispersion.report", str(study)],
        "train": TRAIN,
    }[name]
    rng = random.Random(name)
    for _ in range(count):
        seconds = rng.uniform(0.0, 3.0)
        code, err = interrupted(asked, seconds, folder)
        if "<frozen site>" in err or "<frozen runpy>" in err or code == -signal.SIGINT:
            assert str(ROOT) not in err, err  # Python itself had not begun with the command
            continue
        assert "Traceback" not in err, (seconds, err)
        assert "Exception ignored" not in err, (seconds, err)
        assert code in (0, EXIT_INTERRUPTED, EXIT_INPUT if name == "train" else 0), (seconds, err)
        if code == EXIT_INTERRUPTED:
            assert any(line.startswith("interrupted") for line in err.splitlines()), (seconds, err)


@pytest.mark.parametrize("name", ["compare", "report", "train"])
def test_ctrl_c_in_the_first_seconds(name: str, study: Path, tmp_path: Path) -> None:
    """While Python imports, options are read, folders are opened, workers start: one line, and 130."""
    _check_interrupts(name, 3, study, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["compare", "report", "train"])
def test_ctrl_c_at_many_times(name: str, study: Path, tmp_path: Path) -> None:
    """The same, often."""
    _check_interrupts(name, 40, study, tmp_path)
