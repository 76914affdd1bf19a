"""The command called from Python, however that was started: workers do not run the caller again."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = """
import sys
print("the caller runs")
from dispersion.compare import main
sys.exit(main(["--instance", "a.csv", "--p", "3", "--solvers", "clique", "greedy", "--out", "out"]))
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A script without ``if __name__ == "__main__":``, beside an instance."""
    points = np.random.default_rng(0).random((8, 2))
    matrix = np.linalg.norm(points[:, None] - points, axis=-1)
    np.savetxt(tmp_path / "a.csv", matrix, delimiter=",", fmt="%.17g")
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    return path


@pytest.mark.parametrize("way", ["a file", "-c", "standard input", "a notebook"])
def test_a_script_without_a_guard(script: Path, way: str) -> None:
    """It ends, with every solve made once."""
    given, asked = None, [str(script)]
    if way == "-c":
        asked = ["-c", SCRIPT]
    elif way == "standard input":
        given, asked = SCRIPT, ["-"]
    elif way == "a notebook":
        asked = ["-m", "IPython", "--colors=NoColor", "-c", SCRIPT.replace("sys.exit", "assert 0 == ")]
    done = subprocess.run(
        [sys.executable, *asked],
        cwd=script.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("the caller runs") == 1
    assert "solving: 2/2" in done.stderr
    assert "Traceback" not in done.stderr
