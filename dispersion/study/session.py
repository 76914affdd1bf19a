"""What the stages of a study share."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console

from dispersion.errors import UnavailableError
from dispersion.study.logs import LOG
from dispersion.study.options import Options
from dispersion.study.store import Store


@dataclass
class Session:
    """What was asked, where to speak and write, how long it took, and what came in between.

    Attributes
    ----------
    options : Options
        What was asked.
    store : Store
        Where results go.
    console : Console
        Where progress is drawn; results are printed elsewhere.
    about : dict of str to object
        What is studied, for ``run.json``.
    seconds : dict of str to float
        Wall time of each stage.
    digests : dict of str to str
        Of what was read.
    running, interrupted, unwritten : bool
        Whether ``run.json`` says that the study runs, whether Ctrl-C ended a stage, and whether a
        result could not be written.
    """

    options: Options
    store: Store
    console: Console
    about: dict[str, object] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    running: bool = False
    interrupted: bool = False
    unwritten: bool = False

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the wall time of the block to ``seconds[name]``."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Ctrl-C ends the block, not the session: what is finished will be reported."""
        try:
            yield
        except KeyboardInterrupt:
            self.interrupted = True
            self.say("interrupted; keeping what is finished", logging.WARNING)

    def keep(self, write: Callable[[], None]) -> None:
        """Write a result; after the first that fails (a full disk), they are only printed."""
        if self.unwritten:
            return
        try:
            write()
        except UnavailableError as error:
            self.unwritten = True
            self.say(f"error: {error}  What follows is only printed.", logging.ERROR)

    def say(self, text: str, level: int = logging.INFO) -> None:
        """One plain line for the person at the terminal, and for the log."""
        LOG.log(level, "%s", text)
