"""The console script is the command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from dispersion.version import __version__

ROOT = Path(__file__).parents[3]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """What pip makes of the entry in ``pyproject.toml``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, function = project["scripts"]["p-dispersion"].partition(":")
    path = tmp_path / "p-dispersion"
    path.write_text(f"import sys\nfrom {module} import {function}\nsys.exit({function}())\n")
    return path


def start(script: Path, *words: str) -> subprocess.Popen[str]:
    """Run it with this source."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [sys.executable, str(script), *words],
        env=environment,
        text=True,
        cwd=script.parent,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in the background
        **streams,
    )


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--version"], 0, __version__),
        (["--p", "two"], 2, "argument --p: invalid int value: 'two'"),
        (["--instance", "generate:som:n=12,p=3,seed=1", "--solvers", "greedy"], 0, "greedy"),
    ],
)
def test_it_does_what_the_module_does(script, words, code, told):
    """Output, errors and exit codes."""
    done = start(script, *words)
    out, err = done.communicate(timeout=120)
    assert done.returncode == code, err
    assert told in (err if code else out)


def test_ctrl_c_while_it_imports_is_one_line(script):
    """As for ``python -m``: from the package's first line on."""
    whole = script.read_text()
    script.write_text(f"import time, dispersion\nprint('begun', flush=True)\ntime.sleep(60)\n{whole}")
    running = start(script, "--instance", "generate:som:n=12,p=3,seed=1")
    assert running.stdout.readline() == "begun\n"
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (130, "interrupted before anything was done\n")
