"""A key is claimed by one process at a time, and by no dead one."""

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from dispersion.study.folder import locks as locks
from dispersion.study.folder.locks import Locks

ROOT = Path(__file__).parents[4]
HOLD = """
import sys, time
from pathlib import Path
from filelock import FileLock
from dispersion.study.folder.locks import Locks
folder = Path(sys.argv[1])
locks = Locks(folder / "locks", FileLock(folder / ".lock"))
print(locks.take("key"), flush=True)
time.sleep(60)
"""


def claims_in(folder: Path) -> Locks:
    return Locks(folder / "locks", FileLock(folder / ".lock"))


def test_one_claim_at_a_time(tmp_path: Path) -> None:
    """A claimed key is refused, to oneself as well, until it is given back."""
    one, other = claims_in(tmp_path), claims_in(tmp_path)
    assert one.take("key")
    assert not one.take("key")
    assert not other.take("key")
    assert other.take("another")
    one.release("key")
    assert other.take("key")
    other.release_all()
    assert one.take("key")
    one.release_all()
    assert os.listdir(tmp_path / "locks") == []


TURNS = """
import os, sys
from pathlib import Path
from filelock import FileLock
from dispersion.study.folder.locks import Locks
folder = Path(sys.argv[1])
locks = Locks(folder / "locks", FileLock(folder / ".lock"))
done = 0
while done < 150:
    if locks.take("key"):
        os.close(os.open(folder / "inside", os.O_CREAT | os.O_EXCL))
        os.unlink(folder / "inside")
        locks.release("key")
        done += 1
locks.release_all()
"""


def test_never_two_at_once(tmp_path: Path) -> None:
    """Processes that take and release one key as fast as they can are never both inside."""
    both = [
        subprocess.Popen([sys.executable, "-c", TURNS, str(tmp_path)], cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for process in both:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err.decode()
    assert os.listdir(tmp_path / "locks") == []


def test_a_file_is_not_removed_while_another_opens_it(tmp_path: Path) -> None:
    """Opening with locking, and removing, take turns: both wait for the lock of the folder."""
    one, folder = claims_in(tmp_path), FileLock(tmp_path / ".lock")
    taken, go = threading.Event(), threading.Event()

    def take_and_release() -> None:
        assert one.take("key")
        taken.set()
        go.wait()
        one.release("key")

    giving = threading.Thread(target=take_and_release)
    giving.start()
    taken.wait()
    with folder:
        go.set()
        giving.join(timeout=0.2)
        assert (tmp_path / "locks" / "key").exists()
    giving.join()
    assert not (tmp_path / "locks" / "key").exists()


def test_who_could_not_lock_a_file_does_not_remove_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without file handles a task is rather solved twice; the claim of the other one stays."""
    one, other = claims_in(tmp_path), claims_in(tmp_path)
    assert one.take("key")

    def refuse(*_: object, **__: object) -> int:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as patch:
        patch.setattr(FileLock, "acquire", refuse)
        assert other.take("key")
    other.release_all()
    assert (tmp_path / "locks" / "key").exists()
    assert not claims_in(tmp_path).take("key")
    one.release_all()


def test_others_on_this_machine_are_noticed(tmp_path: Path) -> None:
    """From their first claim until they give everything back, or die; their files go then."""
    one, other = claims_in(tmp_path), claims_in(tmp_path)
    assert one.take("a")
    assert not one.others_here()
    assert other.take("b")
    other.release("b")
    assert one.others_here()
    assert other.others_here()
    other.release_all()
    assert not one.others_here()
    one.release_all()
    (tmp_path / "locks" / f"{locks._HERE}dead").touch()
    assert not one.others_here()
    assert os.listdir(tmp_path / "locks") == []


def test_the_dead_claim_nothing(tmp_path: Path) -> None:
    """What a process held that was killed can be claimed at once."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    one = claims_in(tmp_path)
    assert not one.take("key")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert one.take("key")
