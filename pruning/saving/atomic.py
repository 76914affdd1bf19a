"""Write files whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dispersion.errors import InputError


@contextmanager
def written_whole(final: Path) -> Iterator[Path]:
    """Lend a path to write to; the file becomes `final` in one step unless an error is raised.

    A kill at any time leaves the old file or the new one.  Leftovers of a killed writer
    are removed by the next one; if two write the same file at once, one of them is refused.

    Parameters
    ----------
    final : Path
        The file to make; one that is there is replaced, in the end and not before.

    Yields
    ------
    Path
        A file of the same name in a scratch folder beside it, which does not exist yet.

    Raises
    ------
    InputError
        The folder is not there or cannot be written to, or `final` is a folder.
    """
    prefix = f".{final.name}.part-"
    try:
        for left in final.parent.iterdir():
            if left.name.startswith(prefix):
                shutil.rmtree(left)
        with tempfile.TemporaryDirectory(
            prefix=prefix, dir=final.parent, ignore_cleanup_errors=True
        ) as scratch:
            made = Path(scratch) / final.name
            yield made
            with made.open("r+b") as file:
                os.fsync(file.fileno())  # or the name could reach the disk before the content
            made.replace(final)
    except OSError as error:
        raise InputError(
            f"cannot write {str(final)!r} ({error.strerror or error}); choose a folder that exists,"
            " has space and can be written to"
        ) from error
