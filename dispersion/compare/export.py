"""Models of what is going to be solved, as files for other engines."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path

from dispersion.compare.session import CommandSession
from dispersion.errors import InputError, NotApplicableError
from dispersion.instance import Instance
from dispersion.study.progress import stage
from dispersion.study.task import Task
from solvers.export import SUFFIXES, export_model
from solvers.lookup import find


def stem(instance: Instance, solver: str) -> str:
    """What the files of a model are called: NAME-pP-SOLVER, with plain characters only.

    Where points are to be at least so far apart, that distance, to the last bit, takes the place of P.
    """
    name, method = (re.sub(r"[^A-Za-z0-9_.]+", "-", one).strip("-.") for one in (instance.name, solver))
    size = f"p{instance.p}" if instance.at_least is None else f"apart{instance.at_least!r}"
    return f"{name[:100]}-{size}-{method}"


def _models(tasks: Sequence[Task]) -> dict[str, Task]:
    """One task for every model, by the stem of its files."""
    found: dict[str, Task] = {}
    for task in tasks:
        if find(task.solver, task.objective_name).model is None:
            continue
        other = found.setdefault(stem(task.instance, task.solver), task)
        if other.instance.name != task.instance.name:
            raise InputError(
                f"the models of '{other.instance.name}' and '{task.instance.name}' would have the same "
                "file name; rename one of the instances, or leave out --export."
            )
    return found


def _written(session: CommandSession, task: Task, path: Path) -> bool:
    """Write one file; False, and the reason is said, if the solver does not take the instance."""
    try:
        export_model(task.instance, task.solver, path, task.objective_name)
    except NotApplicableError as error:
        session.say(f"no {path.name}: {error}", logging.WARNING)
        return False
    return True


def export_models(session: CommandSession, tasks: Sequence[Task], folder: Path) -> None:
    """Write, as .lp and as .mps, the model of every instance and solver that has one.

    A solver that does not take an instance has no model of it, which is said.

    Raises
    ------
    InputError
        The folder cannot be made or written to, or two models would have the same file name.
    """
    models, written = _models(tasks), 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (
            session.timed("export"),
            stage("writing models", len(models) * len(SUFFIXES), session.console) as progress,
        ):
            for name, task in models.items():
                for suffix in SUFFIXES:
                    path = folder / (name + suffix)
                    written += _written(session, task, path)
                    progress.step(path.name)
    except OSError as error:
        raise InputError(
            f"cannot write models to {folder}: {error.strerror or error}; choose another folder with "
            "--export."
        ) from error
    session.say(f"{written} model files in {folder}")
