"""The cache folder for fetched and decoded files, and how to write into it.

A file is made in a scratch folder inside the cache and moved to its final name in one step, so a file
with its final name is complete, whatever was killed and however many processes ran.  It is hashed
every time it is read, since anybody may have changed it meanwhile.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import platformdirs

from dispersion.errors import DamagedError, UnavailableError

_SCRATCH_PREFIX = ".scratch-"
_STALE_AFTER = 3600.0  # seconds in which nothing changed: its process is gone, wherever it ran


def cache_folder() -> Path:
    """The folder in which fetched files are kept.

    Returns
    -------
    Path
        The folder named by the environment variable ``P_DISPERSION_CACHE``, else the platform's
        cache folder for this project; it need not exist yet.
    """
    chosen = os.environ.get("P_DISPERSION_CACHE")
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("p-dispersion")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Lend an empty folder on the cache's file system; it is deleted afterwards in any case.

    Yields
    ------
    Path
        A folder no other process uses.

    Raises
    ------
    UnavailableError
        The cache cannot be written: full, read-only, or not a folder.
    """
    root = cache_folder()
    try:
        root.mkdir(parents=True, exist_ok=True)
        _remove_stale(root)
        with tempfile.TemporaryDirectory(
            prefix=_SCRATCH_PREFIX, dir=root, ignore_cleanup_errors=True
        ) as folder:
            yield Path(folder)
    except OSError as error:
        raise UnavailableError(
            f"the cache folder {root} cannot be used ({error.strerror or error}); free some space"
            " there or set P_DISPERSION_CACHE to a folder that can be written"
        ) from error


def publish(made: Path, final: Path) -> Path:
    """Move `made`, a file or folder out of a scratch folder, to its `final` name in one step.

    Parameters
    ----------
    made : Path
        What was made and checked.
    final : Path
        Its name in the cache; a file there is replaced, a folder there is another process's equal
        result and stays.

    Returns
    -------
    Path
        `final`.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    try:
        made.replace(final)
    except OSError:
        if not final.is_dir():
            raise
    return final


def refuse_unless_kept(path: Path, computed: str, digest: str, delete: Path) -> None:
    """Refuse a file that differs from what was put into the cache.

    It is not replaced silently, which would hide that somebody has changed it.

    Parameters
    ----------
    path : Path
        What was read.
    computed, digest : str
        The sha256 of what was read, and the right one.
    delete : Path
        What to delete, so that it is fetched or decoded anew.

    Raises
    ------
    DamagedError
        They differ.
    """
    if computed != digest:
        raise DamagedError(
            f"{path} is damaged: it has sha256 {computed} where {digest} was kept; delete {delete} and"
            " run again"
        )


def _remove_stale(root: Path) -> None:
    """Delete the scratch folders of killed processes."""
    for folder in root.glob(f"{_SCRATCH_PREFIX}*"):
        if time.time() - _last_change(folder) > _STALE_AFTER:
            shutil.rmtree(folder, ignore_errors=True)


def _last_change(folder: Path) -> float:
    """Return when anything in `folder` last changed, in seconds since the epoch."""
    newest = 0.0
    for where, _, files in os.walk(folder):
        for path in (where, *(os.path.join(where, name) for name in files)):
            with suppress(FileNotFoundError):  # its process may be at work in it
                newest = max(newest, os.stat(path).st_mtime)
    return newest
