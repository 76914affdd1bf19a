"""What of a study is done, and who is doing what: written down so that nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from dispersion.errors import InputError
from dispersion.objectives import objectives
from dispersion.study.folder.entries import Entries
from dispersion.study.folder.journal import Journal
from dispersion.study.folder.journal_entries import (
    Named,
    NetworkEntry,
    SelectionEntry,
    SolveEntry,
    entry_of,
)
from dispersion.study.folder.locks import Locks
from dispersion.study.logs import LOG
from dispersion.study.task import Task
from dispersion.verify import recompute

JOURNAL, LOCKS = "journal.jsonl", ".locks"


def _named(task: Task) -> Named:
    return Named(task.key, task.instance.name, task.keep)


def _grouped(tasks: Sequence[Task]) -> list[Task]:
    """Tasks in their order, but those of one solver and question in a row."""
    groups: dict[object, dict[object, list[Task]]] = {}
    for task in tasks:
        question = (task.instance.name, task.instance.asked, task.keep)
        groups.setdefault(question, {}).setdefault(task.solver, []).append(task)
    return [task for of in groups.values() for some in of.values() for task in some]


def _rerun(task: Task, seed: int, repeat: int) -> Task:
    return replace(task, limits=replace(task.limits, seed=seed), repeat=repeat)


def _impossible(task: Task, entry: SolveEntry) -> str | None:
    """Why a entry cannot be the answer to a task with its key; `None` if it can be."""
    instance, row, solution = task.instance, entry.row, entry.solution
    asked = (instance.n, instance.p, instance.digest, task.solver, task.objective_name)
    if asked != (row.n, row.p, row.instance_digest, row.solver, row.objective_name):
        return "it is the answer to another question"
    if solution.selected is None or solution.objective is None:
        return None
    value = recompute(instance, solution.selected, task.objective_name)
    rounding = objectives[task.objective_name].rounding  # sums differ from machine to machine
    if abs(value - solution.objective) <= rounding * abs(value):
        return None
    return f"its value is {solution.objective!r}, its selection is worth {value!r}"


class StudyLog:
    """The journal of a folder, what it says so far, and the locks of the processes at work on it.

    Parameters
    ----------
    folder : Path
        Of the study.
    lock : context manager
        Held while anything in the folder is written, by whatever process.

    Attributes
    ----------
    entries : Entries
        What is done.
    locks : Locks
        Keys of the solves that this process works on.
    journal : Journal
        Where it is written down.
    """

    def __init__(self, folder: Path, lock: AbstractContextManager[Any]) -> None:
        self.folder = folder
        self.journal = Journal(folder / JOURNAL, lock, check=entry_of)
        self.locks = Locks(folder / LOCKS, lock)
        self._lock = lock
        self.entries = Entries()
        with lock:  # or somebody might be writing the last line at this moment
            self.refresh()
            self.journal.check_end()

    def refresh(self) -> None:
        """Learn what other processes have written down; never half of it, nor what they take back."""
        with self._lock:
            self.entries.add(self.journal.news())

    def begin(self, options: Mapping[str, object], environment: Mapping[str, object]) -> list[str]:
        """Write down that the study goes on; returns what of the environment has changed since."""
        before = self.entries.environment
        changed = [name for name in before if before[name] != environment.get(name)]
        self.entries.environment = dict(environment)
        self.journal.append({"kind": "session", "options": options, "environment": environment})
        return changed

    def joined(self, tasks: Sequence[Task]) -> list[Task]:
        """The tasks, with those that the folder holds and that differ by seed or repeat only.

        They stand behind the others of their solver and question.

        Raises
        ------
        InputError
            The folder holds a solve that differs from all `tasks` by more: another study.
        """
        asked = {_named(task) for task in tasks}
        others = [entry for named, entry in self.entries.solves.items() if named not in asked]
        alike = {
            (task.solver, task.instance.name, task.keep, task.instance.asked): task for task in tasks
        }
        found, strange = list(tasks), []
        for entry in others:
            row = entry.row
            task = alike.get((row.solver, row.instance, row.keep, row.question.asked))
            other = task and _rerun(task, row.seed, row.repeat)
            if other is not None and _named(other) == entry.named:
                found.append(other)
            else:
                strange.append(entry)
        if strange:
            row, version = strange[0].row, strange[0].version
            raise self._another(
                f"solves that this command does not ask for ({len(strange)}), such as {row.solver} on "
                f"{row.question}, {row.time_limit:g} s, seed {row.seed}, by version {version}"
            )
        return _grouped(found)

    def expect_methods(self, methods: Iterable[str]) -> None:
        """Refuse a study that leaves out criteria which the one in the folder has.

        Raises
        ------
        InputError
            The folder holds what another criterion than these keeps.
        """
        others = sorted(self.entries.selections.keys() - set(methods))
        if others:
            raise self._another(
                f"criteria that this command does not ask for ({len(others)}), such as {others[0]}"
            )

    def _another(self, what: str) -> InputError:
        return InputError(
            f"{self.folder} holds {what}; choose another folder with --out, or ask for them as well."
        )

    def answer(self, key: str, task: Task) -> SolveEntry | None:
        """What the journal answers to a task with this key; `None` if nothing, or nothing true.

        The value of a selection is computed anew, on the task's own matrix.  Where that comes to
        another one, the answer is forgotten, and the task is to be solved again.
        """
        entry = self.entries.answers.get(key)
        fault = None if entry is None else _impossible(task, entry)
        if fault is None:
            return entry
        for named in [named for named in self.entries.solves if named.key == key]:
            del self.entries.solves[named]
        del self.entries.answers[key]
        LOG.warning(
            "warning: %s says of %s on %s what cannot be true (%s); it is solved again",
            *(self.journal.path, task.solver, task.question, fault),
        )
        return None

    def forget_failures(self) -> None:
        """Let solves that failed count as not made."""
        failed = {key for key, entry in self.entries.answers.items() if entry.failed}
        for key in failed:
            del self.entries.answers[key]

    def keep_solve(self, entry: SolveEntry) -> None:
        """Write down a finished solve, unless the journal says the same and it was not retried."""
        before = self.entries.solves.get(entry.named)
        answered = entry.row.key in self.entries.answers
        known = answered and before is not None and before.as_json() == entry.as_json()
        self.entries.add_solve(entry)
        if not known:
            self.journal.append(entry.as_json())

    def keep_network(self, entry: NetworkEntry) -> None:
        """Write down a tested network, unless the journal says the same."""
        row = entry.row
        before = self.entries.networks.get(entry.conditions, {}).get((row.method, row.keep, row.seed))
        switched = self.entries.conditions != entry.conditions  # the last line says which are shown
        self.entries.add_network(entry)
        if switched or before != entry:
            self.journal.append(entry.as_json())

    def keep_selection(self, entry: SelectionEntry) -> None:
        """Write down what a criterion keeps of every layer, unless the journal says the same."""
        if self.entries.selections.get(entry.method) != entry:
            self.entries.selections[entry.method] = entry
            self.journal.append(entry.as_json())
