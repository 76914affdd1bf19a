"""What a person sees while a study works: a live bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from statistics import fmean
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from dispersion.study.logs import LOG
from dispersion.terminal.printable import duration, printable

K = TypeVar("K")
V = TypeVar("V")

_BETWEEN_LINES = 15.0  # seconds


class Stage:
    """One stage of work in countable steps.

    Every step is logged for those who want to know everything; a stage without a bar also says how far
    it is, at its end and now and then.

    Parameters
    ----------
    title : str
        What is done.
    steps : iterable of hashable
        The kind of every step; steps of a kind are expected to take equally long.
    """

    def __init__(self, title: str, steps: Iterable[Hashable]) -> None:
        self._to_come = Counter(steps)
        self.title, self.total, self.done = title, self._to_come.total(), 0
        self._spent: dict[Hashable, list[float]] = {}
        self._said = self._stepped_at = time.monotonic()
        self._ends: float | None = None
        self._note = ""
        self._running: dict[object, tuple[str, float]] = {}
        self._details: dict[object, str] = {}
        self._gaps: dict[str, float] = {}

    def begin(self, key: object, note: str) -> None:
        """A step begins; `note` says which, and its `step` is to come with the same key."""
        self._running[key] = note, time.monotonic()

    def watching(self, work: Iterable[tuple[K, V]], note: Callable[[V], str]) -> Iterator[tuple[K, V]]:
        """Pass on keyed work to those who do it; a step begins when it is asked for."""
        for key, piece in work:
            self.begin(key, note(piece))
            yield key, piece

    def step(
        self,
        note: str,
        *,
        key: object = None,
        kind: Hashable = None,
        of: str | None = None,
        gap: float | None = None,
        worked: bool = True,
    ) -> None:
        """One step is done; `note` says which.

        Parameters
        ----------
        note : str
            What was done, and how it ended.
        key : object, optional
            What `begin` was told, if it was.
        kind : hashable, optional
            Its kind, if there are several.
        of : str, optional
            The question this step was about: several may be about the same.
        gap : float, optional
            How far its answer is from proof, as a share; `None` if nothing is known.
        worked : bool
            Whether it was done now; what was found done says nothing about the time that is left.
        """
        now = time.monotonic()
        self.done += 1
        self._to_come[kind] -= 1
        if worked:
            self._spent.setdefault(kind, []).append(now - self._stepped_at)
        self._stepped_at = now
        self._note = note
        self._running.pop(key, None)
        self._details.pop(key, None)
        to_come = +self._to_come
        if to_come.keys() <= self._spent.keys():
            self._ends = now + sum(fmean(self._spent[one]) * to_come[one] for one in to_come)
        if of is not None and gap is not None:
            self._gaps[of] = min(gap, self._gaps.get(of, gap))
        LOG.debug("%s: %d/%d, %s", self.title, self.done, self.total, note)
        self._stepped(now)

    def tell(self, key: object, note: str) -> None:
        """A step has come further, as `note` says; its `begin` came with the same key."""
        self._details[key] = note
        self._came_further(time.monotonic())

    def gaps(self) -> str:
        """The best gap of every question so far, in few words; empty if none has any."""
        if not self._gaps:
            return ""
        gaps = list(self._gaps.values())  # at once: a bar is drawn by a thread of its own
        closed = gaps.count(0.0)
        widest = f", widest {max(gaps):.2%}" if closed < len(gaps) else ""
        return f"best gaps: {closed} of {len(gaps)} closed{widest}"

    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace of each kind; `None` before its first, and at the end."""
        if self._ends is None or self.done >= self.total:
            return None
        return max(0.0, self._ends - time.monotonic())

    def left(self) -> str:
        """How long the rest takes, in few words; empty if that is not known."""
        seconds = self.seconds_left()
        return "" if seconds is None else f"about {duration(seconds)} left"

    def doing(self) -> str:
        """What is at work and for how long, or what was done last."""
        if not self._running:
            return self._note
        now = time.monotonic()
        return ", ".join(
            ", ".join(filter(None, (f"{note} {now - begun:.0f} s", self._details.get(key))))
            for key, (note, begun) in list(self._running.items())  # at once, as above
        )

    def _came_further(self, now: float) -> None:
        """Say what is at work, unless anything was said a moment ago."""
        if now - self._said >= _BETWEEN_LINES:
            self._said = now
            LOG.info("%s: %d/%d done, %s", self.title, self.done, self.total, self.doing())

    def _stepped(self, now: float) -> None:
        """Say how far it is, unless that was said a moment ago."""
        if self.done == self.total or now - self._said > _BETWEEN_LINES:
            self._said = now
            further = "".join(f"; {text}" for text in (self.gaps(), self.left()) if text)
            LOG.info("%s: %d/%d, last %s%s", self.title, self.done, self.total, self._note, further)


class _Drawn(Stage):
    """A stage with a live bar, which says all there is to say."""

    def __init__(self, title: str, steps: Iterable[Hashable], bar: Progress) -> None:
        super().__init__(title, steps)
        self._bar = bar
        self._task = bar.add_task(title, total=self.total, stage=self)

    def _came_further(self, now: float) -> None:
        """Nothing: it is seen at the next refresh."""

    def _stepped(self, now: float) -> None:
        self._bar.update(self._task, completed=self.done)


class _Told(ProgressColumn):
    """What the stage itself tells, anew at every refresh."""

    def render(self, task: Task) -> Text:
        stage: Stage = task.fields["stage"]
        return Text(printable("; ".join(filter(None, (stage.left(), stage.gaps(), stage.doing())))))


@contextmanager
def stage(title: str, steps: int | Iterable[Hashable], console: Console) -> Iterator[Stage]:
    """Show progress on `console` (standard error) until the block ends; without a terminal, log it.

    `steps` is how many there are, or the kind of each (see `Stage`).
    """
    kinds = [None] * steps if isinstance(steps, int) else steps
    if not console.is_terminal:
        yield Stage(title, kinds)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        _Told(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        yield _Drawn(title, kinds, bar)
