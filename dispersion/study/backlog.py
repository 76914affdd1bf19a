"""The solves that are still to be made, where others may be making some of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dispersion.study.ledger import Ledger
from dispersion.study.records import SolveRecord
from dispersion.study.tasks import Task


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
        known = self._ledger.records.answers
        found = [(k, known[self._keys[k]]) for k in self.waiting if self._keys[k] in known]
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
            if key in self._ledger.records.answers:
                self._ledger.claims.release(key)
                continue
            yield k, task

    def close(self, k: int) -> None:
        """Take out a task whose answer has been written down, and give its claim back."""
        del self.waiting[k]
        self._ledger.claims.release(self._keys[k])
