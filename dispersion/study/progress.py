"""What a person sees while a study works: a live bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Stage:
    """One stage of work in countable steps."""

    def __init__(self, title: str, total: int, console: Console, bar: Progress | None) -> None:
        self._title, self._total, self._console, self._bar = title, total, console, bar
        self._done = 0
        self._said = time.monotonic()
        self._task = bar.add_task(title, total=total, note="") if bar else None

    def step(self, note: str) -> None:
        """One step is done; `note` says which."""
        self._done += 1
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=1, note=note)
        elif self._done == self._total or time.monotonic() - self._said > 15:
            self._said = time.monotonic()
            line = f"{self._title}: {self._done}/{self._total}, last {note}"
            self._console.out(line, highlight=False)


@contextmanager
def stage(title: str, total: int, console: Console) -> Iterator[Stage]:
    """Show progress on `console` (standard error) until the block ends."""
    if not console.is_terminal:
        yield Stage(title, total, console, None)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        yield Stage(title, total, console, bar)
