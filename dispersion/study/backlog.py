"""The solves that are still to be made, where others may be making some of them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from dispersion.study.claims import Claims
from dispersion.study.ledger import Ledger
from dispersion.study.logs import LOG
from dispersion.study.records import SolveRecord
from dispersion.study.tasks import Task

Work = TypeVar("Work")

PAUSE_SECONDS = 0.5  # before others, who do what is left, are asked again


class Backlog:
    """Tasks that have no answer yet.

    A task is claimed when an executor asks for the next, so that several processes can share the work
    on one folder; tasks with equal keys are solved once.

    Parameters
    ----------
    ledger : Ledger
        What is done, and by whom the rest is claimed.
    tasks : sequence of Task
        All of the study.

    Attributes
    ----------
    waiting : dict of int to Task
        Tasks without an answer, by their place.
    """

    def __init__(self, ledger: Ledger, tasks: Sequence[Task]) -> None:
        self._ledger = ledger
        self._keys = [task.key for task in tasks]
        self.waiting = dict(enumerate(tasks))

    def answered(self) -> list[tuple[int, SolveRecord]]:
        """Take out the tasks whose answer is known by now."""
        self._ledger.refresh()
        asked = ((k, self._ledger.answer(self._keys[k], self.waiting[k])) for k in self.waiting)
        found = [(k, record) for k, record in asked if record is not None]
        for k, _ in found:
            del self.waiting[k]
        return found

    def claimed(self) -> Iterator[tuple[int, Task]]:
        """Claim tasks, one whenever the next is asked for; those of others are passed over."""
        for k, task in list(self.waiting.items()):
            key = self._keys[k]
            if not self._ledger.claims.take(key):
                continue
            self._ledger.refresh()  # whoever held the claim before may have found the answer
            if self._ledger.answer(key, task) is not None:
                self._ledger.claims.release(key)
                continue
            yield k, task

    def close(self, k: int) -> None:
        """Take out a task whose answer has been written down, and give its claim back."""
        del self.waiting[k]
        self._ledger.claims.release(self._keys[k])


def in_turn(claims: Claims, work: Iterable[tuple[str, Work]]) -> Iterator[Work]:
    """Pieces of work, each claimed by its key until the next is asked for.

    What others have claimed comes when they give it back: done, as a rule, which is for the caller to
    find out.
    """
    waiting, told = dict(enumerate(work)), False
    while waiting:
        for k, (key, piece) in list(waiting.items()):
            if not claims.take(key):
                continue
            del waiting[k]
            try:
                yield piece
            finally:
                claims.release(key)
        if waiting:
            told = told or tell_of_others(len(waiting))
            time.sleep(PAUSE_SECONDS)


def tell_of_others(count: int) -> bool:
    """Say what is waited for; True, for whoever says it once."""
    LOG.info("waiting for other processes, which work on the last %d", count)
    return True
