"""Files that are written whole or not at all."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dispersion.errors import InputError
from pruning.saving.atomic import written_whole


def test_the_file_appears_when_all_is_written(tmp_path: Path) -> None:
    """The old content stays until the new one is complete; nothing else is left."""
    final = tmp_path / "a.txt"
    final.write_text("old")
    with written_whole(final) as path:
        path.write_text("half")
        assert final.read_text() == "old"
        path.write_text("whole")
    assert final.read_text() == "whole"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_failure_leaves_no_trace(tmp_path: Path) -> None:
    """Where writing fails the old file stays, and no part of the new one."""
    final = tmp_path / "a.txt"
    final.write_text("old")
    with pytest.raises(TypeError), written_whole(final) as path:
        path.write_text("half") + "whole"
    assert final.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_killed_writer_makes_no_file(tmp_path: Path) -> None:
    """A process killed while it writes leaves no file of the final name; the next one clears up."""
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from pruning.saving.atomic import written_whole\n"
        "with written_whole(Path(sys.argv[1])) as path:\n"
        "    path.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.txt")], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert not (tmp_path / "a.txt").exists()
    with written_whole(tmp_path / "a.txt") as path:
        path.write_text("whole")
    assert os.listdir(tmp_path) == ["a.txt"]


def test_of_two_writers_one_is_refused(tmp_path: Path) -> None:
    """Where two write one file at once it holds what one of them wrote, and the other is told."""
    final = tmp_path / "a.txt"
    slow = written_whole(final)
    slow.__enter__().write_text("first")
    with written_whole(final) as path:
        path.write_text("second")
    with pytest.raises(InputError, match="cannot write"):
        slow.__exit__(None, None, None)
    assert final.read_text() == "second"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_folders_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    """A missing folder, a file for a folder, and a folder for a file are told in one sentence."""
    (tmp_path / "file").write_text("")
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    for name in ("missing/a.txt", "file/a.txt", "folder"):
        refused = pytest.raises(InputError, match=f"cannot write '.*{name}'")
        with refused, written_whole(tmp_path / name) as path:
            path.write_text("whole")
    assert (tmp_path / "folder" / "inner").is_dir()
