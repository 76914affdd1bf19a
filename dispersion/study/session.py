"""What the stages of a study share, and how ``run.json`` says how it ended."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console

from dispersion.errors import DispersionError, UnavailableError
from dispersion.study.analysis.cross_check import CrossCheck
from dispersion.study.environment import environment
from dispersion.study.folder.store import Store
from dispersion.study.logs import LOG


@dataclass(kw_only=True)
class Session:
    """What was asked, where to speak and write, how long it took, and what came in between.

    Attributes
    ----------
    store : Store
        Where results go.
    console : Console
        Where progress is drawn; results are printed elsewhere.
    asked : mapping of str to object
        What was asked, for ``run.json`` and the journal.
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

    store: Store
    console: Console
    asked: Mapping[str, object] = field(default_factory=dict)
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

    @contextmanager
    def concluded(self) -> Iterator[None]:
        """See that ``run.json`` never says that a study runs which an error or Ctrl-C has ended.

        Where another process works on the study it goes on, and that one will say how it ended.
        """
        try:
            yield
        except (DispersionError, OSError, KeyboardInterrupt) as error:
            if self.running and not self.store.alone():
                raise
            if self.running and self.store.nothing_came():
                (self.store.folder / "run.json").unlink(missing_ok=True)  # nothing came of it
            elif self.running:
                interrupted = isinstance(error, KeyboardInterrupt)
                outcome, faults = ("interrupted", []) if interrupted else ("failed", [str(error)])
                self.keep(lambda: self.write_run(outcome, CrossCheck(faults=faults)))
            raise

    def outcome(self, checked: CrossCheck) -> str:
        """How it ended: "complete", "failed" for anything wrong, or "interrupted"."""
        return "interrupted" if self.interrupted else "failed" if checked.faults else "complete"

    def write_run(self, outcome: str, checked: CrossCheck | None = None) -> None:
        """Write ``run.json``: what was asked, of what, where, how long it took, and how it ended."""
        checked = checked or CrossCheck()
        self.running = outcome == "running"
        self.store.write_json(
            "run",
            {
                "outcome": outcome,
                "faults": checked.faults,
                "better than published": checked.better_than_published,
                "folder": str(self.store.folder),
                "options": self.asked,
                **self.about,
                "digests": self.digests,
                "seconds": self.seconds,
                "environment": environment(),
            },
        )

    def begin(self) -> None:
        """Let other processes see that this one is at work, and write down that the study begins.

        Damage in the journal, and another environment than before, are told.
        """
        self.store.enter()
        study_log = self.store.study_log
        for warning in study_log.journal.warnings:
            self.say(f"warning: {warning}", logging.WARNING)
        changed = study_log.begin(json.loads(json.dumps(self.asked, default=str)), environment())
        if changed:
            self.say(
                f"warning: what {self.store.folder} holds was solved with another "
                f"{', '.join(changed)}; times do not compare",
                logging.WARNING,
            )
        self.write_run("running")

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
