"""What a run says: to a person, on standard error, and with the time of day into its folder."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console

from dispersion.study.opening import opened
from dispersion.terminal.printable import printable

LOG = logging.getLogger("dispersion")
LOG_NAME, CONFIG_NAME = "log.txt", "study.toml"


class Spoken(logging.Handler):
    """Lines on a console, above its live bars; rich's own handler would break them at its width."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.INFO)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, red if something went wrong."""
        style = "red" if record.levelno >= logging.ERROR else None
        self._console.out(printable(self.format(record)), style=style, highlight=False)


class _Written(logging.Handler):
    """Lines in a file, which is made by the first of them; a full disk ends the file, not the run."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        line = logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%Y-%m-%d %H:%M:%S%z")
        self.setFormatter(line)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, or say why there will be no more."""
        try:
            with opened(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT) as file:
                os.write(file, f"{printable(self.format(record))}\n".encode())
        except OSError as error:
            LOG.removeHandler(self)
            LOG.warning("%s ends here: %s", self._path, error.strerror)


@contextmanager
def spoken(console: Console) -> Iterator[Spoken]:
    """Say what is logged on `console` until the block ends; the level of what is yielded says what."""
    handler, before = Spoken(console), LOG.level
    LOG.addHandler(handler)
    LOG.setLevel(logging.DEBUG)
    try:
        yield handler
    finally:
        LOG.removeHandler(handler)
        LOG.setLevel(before)


@contextmanager
def written(folder: Path) -> Iterator[None]:
    """Write what is logged into ``log.txt``, appended if it is there, until the block ends.

    Where a run leaves nothing but its log and its config, there was none, and they go as well.
    """
    before = {path.name for path in folder.iterdir()}
    handler = _Written(folder / LOG_NAME)
    LOG.addHandler(handler)
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        with suppress(OSError):  # the folder may be gone by now
            new = {path.name for path in folder.iterdir()} - before
            for name in new if new <= {LOG_NAME, CONFIG_NAME} else ():
                (folder / name).unlink()
