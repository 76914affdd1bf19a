"""The solves that are still to be made, where others may be making some of them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from dispersion.study.execution.turns import turns_of
from dispersion.study.folder.journal_entries import SolveEntry
from dispersion.study.folder.locks import Locks
from dispersion.study.folder.study_log import StudyLog
from dispersion.study.logs import LOG
from dispersion.study.task import Task

Work = TypeVar("Work")

PAUSE_SECONDS = 0.5  # before others, who do what is left, are asked again


class PendingTasks:
    """Tasks that have no answer yet, in the order of their turns.

    A task is claimed when an executor asks for the next, so that several processes can share the work
    on one folder; tasks with equal keys are solved once.

    Parameters
    ----------
    study_log : StudyLog
        What is done, and by whom the rest is claimed.
    tasks : sequence of Task
        All of the study.

    Attributes
    ----------
    waiting : dict of int to Task
        Tasks without an answer, by their place.
    """

    def __init__(self, study_log: StudyLog, tasks: Sequence[Task]) -> None:
        self._study_log = study_log
        self._keys = [task.key for task in tasks]
        turns = turns_of(tasks)
        # repeats of a solve lie far apart, so that a machine that is slow for a while slows no solver
        order = sorted(range(len(tasks)), key=lambda k: (turns[k], tasks[k].repeat))
        self.waiting = {k: tasks[k] for k in order}

    def answered(self) -> list[tuple[int, SolveEntry]]:
        """Take out the tasks whose answer is known by now."""
        self._study_log.refresh()
        asked = ((k, self._study_log.answer(self._keys[k], self.waiting[k])) for k in self.waiting)
        found = [(k, entry) for k, entry in asked if entry is not None]
        for k, _ in found:
            del self.waiting[k]
        return found

    def claimed(self) -> Iterator[tuple[int, Task]]:
        """Claim tasks, one whenever the next is asked for; those of others are passed over."""
        for k, task in list(self.waiting.items()):
            key = self._keys[k]
            if not self._study_log.locks.take(key):
                continue
            self._study_log.refresh()  # whoever held the claim before may have found the answer
            if self._study_log.answer(key, task) is not None:
                self._study_log.locks.release(key)
                continue
            yield k, task

    def close(self, k: int) -> None:
        """Take out a task whose answer has been written down, and give its claim back."""
        del self.waiting[k]
        self._study_log.locks.release(self._keys[k])


def in_turn(locks: Locks, work: Iterable[tuple[str, Work]]) -> Iterator[Work]:
    """Pieces of work, each claimed by its key until the next is asked for.

    What others have claimed comes when they give it back: done, as a rule, which is for the caller to
    find out.
    """
    waiting, told = dict(enumerate(work)), False
    while waiting:
        for k, (key, piece) in list(waiting.items()):
            if not locks.take(key):
                continue
            del waiting[k]
            try:
                yield piece
            finally:
                locks.release(key)
        if waiting:
            told = told or tell_of_others(len(waiting))
            time.sleep(PAUSE_SECONDS)


def tell_of_others(count: int) -> bool:
    """Say what is waited for; True, for whoever says it once."""
    LOG.info("waiting for other processes, which work on the last %d", count)
    return True
