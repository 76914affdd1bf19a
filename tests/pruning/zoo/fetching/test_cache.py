"""The cache folder."""

import os
import time
from pathlib import Path

import pytest

from dispersion.errors import UnavailableError
from pruning.zoo.fetching.cache import cache_folder, publish, scratch_folder


def test_folder_can_be_chosen(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment variable wins over the platform's folder."""
    assert cache_folder() == cache
    monkeypatch.delenv("P_DISPERSION_CACHE")
    assert cache_folder().name == "p-dispersion"


def test_scratch_is_gone_afterwards(cache: Path) -> None:
    """A scratch folder vanishes with all in it, also when the work in it fails."""

    def fail() -> None:
        with scratch_folder() as folder:
            (folder / "half").write_text("...")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list(cache.iterdir()) == []


def test_two_scratch_folders_do_not_meet(cache: Path) -> None:
    """Each user has a folder of its own, and the second leaves the first's alone."""
    with scratch_folder() as first, scratch_folder() as second:
        assert first != second
        assert first.is_dir()


def test_stale_scratch_is_removed(cache: Path) -> None:
    """What a killed process left is removed once nothing in it has changed for an hour."""
    old, busy = cache / ".scratch-old", cache / ".scratch-busy"
    for folder in (old, busy):
        folder.mkdir(parents=True)
        (folder / "half").write_text("...")
    long_ago = time.time() - 7200
    for path in (old / "half", old, busy):
        os.utime(path, (long_ago, long_ago))
    with scratch_folder():
        assert not old.exists()
        assert busy.exists()


def test_unusable_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that cannot be written gives one sentence with the folder and the variable."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("P_DISPERSION_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(UnavailableError, match=r"file/cache.*P_DISPERSION_CACHE"), scratch_folder():
        pass


def test_full_disk_is_told(cache: Path) -> None:
    """Running out of space while writing gives the same sentence."""
    with pytest.raises(UnavailableError, match="No space left"), scratch_folder():
        raise OSError(28, "No space left on device")


def test_the_first_of_two_equal_folders_stays(cache: Path) -> None:
    """Of two processes that made the same folder, the second finds it made."""
    final = cache / "made"
    for _ in range(2):
        with scratch_folder() as scratch:
            (scratch / "m").mkdir()
            (scratch / "m" / "data").write_text("same")
            publish(scratch / "m", final)
    assert (final / "data").read_text() == "same"
    assert list(cache.iterdir()) == [final]
