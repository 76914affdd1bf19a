"""Whoever is at work in a folder is seen by the others, until it leaves or dies."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

from dispersion.study.folder.presence import Presence

ROOT = Path(__file__).parents[4]
STAY = """
import sys, time
from pathlib import Path
from filelock import FileLock
from dispersion.study.folder.presence import Presence
folder = Path(sys.argv[1])
here = Presence(folder / "here", FileLock(folder / ".lock"))
here.enter()
print("open", flush=True)
time.sleep(60)
"""


def presence(folder: Path) -> Presence:
    made = Presence(folder / "here", FileLock(folder / ".lock"))
    made.enter()
    return made


def test_one_after_the_other(tmp_path: Path) -> None:
    """Two see each other; the last is alone, and leaves nothing."""
    one = presence(tmp_path)
    assert one.alone()
    other = presence(tmp_path)
    assert not one.alone()
    assert not other.alone()
    one.leave()
    assert other.alone()
    other.leave()
    assert os.listdir(tmp_path / "here") == []


def test_who_only_looks_is_not_seen(tmp_path: Path) -> None:
    """Without entering nothing is made, and nothing needs to be left."""
    looks = Presence(tmp_path / "here", FileLock(tmp_path / ".lock"))
    assert looks.alone()
    assert not (tmp_path / "here").exists()
    one = presence(tmp_path)
    assert one.alone()
    assert not looks.alone()
    looks.leave()
    one.leave()
    assert looks.alone()


def test_the_dead_are_not_there(tmp_path: Path) -> None:
    """A process that was killed is gone at once, and so is its file."""
    here = presence(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-c", STAY, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    assert not here.alone()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert here.alone()
    assert len(os.listdir(tmp_path / "here")) == 1
    here.leave()
