"""Files of a study's folder: each is whole or not there, whoever writes at the same time."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from dispersion.errors import UnavailableError

LOCK = ".lock"  #: held while anything in the folder is written, by whatever process


def save(final: Path, write: Callable[[Path], object], lock: FileLock | None = None) -> Path:
    """Let `write` make the file `final`; it appears only once it is complete.

    Parameters
    ----------
    final : Path
        In the folder of a study; a file that is there is replaced.
    write : callable
        Writes to the path that it is given.
    lock : FileLock or None
        The folder's, if this process has it open already.

    Returns
    -------
    Path
        The same `final`.

    Raises
    ------
    UnavailableError
        It cannot be written (a full disk, say); an earlier version and other files stay as they are.
    """
    part = final.with_name(f".part-{final.name}")
    try:
        with lock or FileLock(final.parent / LOCK):
            try:
                write(part)
                os.replace(part, final)
            finally:
                part.unlink(missing_ok=True)  # there only if something went wrong
    except OSError as error:
        raise UnavailableError(
            f"cannot write {final}: {error.strerror or error}; files written before are whole."
        ) from error
    return final
