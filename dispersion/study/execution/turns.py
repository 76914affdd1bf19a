"""Whose turn comes when: what promises an early table first, and last what may take its whole time."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from dispersion.errors import InputError
from dispersion.study.task import Task
from solvers.lookup import find
from solvers.registration import Guarantee


class Turn(IntEnum):
    """When a solver gets its turn, by what its registration says."""

    HEURISTIC = 0  #: proves no optimum, and ends by itself
    PROVER = 1  #: exact, all of it ours
    ENGINE = 2  #: an engine from outside


def turns_of(tasks: Sequence[Task]) -> list[Turn]:
    """The turn of every task."""
    asked = {(task.solver, task.objective_name) for task in tasks}
    turns = {one: _turn(*one) for one in asked}
    return [turns[task.solver, task.objective_name] for task in tasks]


def _turn(solver: str, objective: str) -> Turn:
    try:
        info = find(solver, objective)
    except InputError:  # its solve will say so
        return Turn.HEURISTIC
    if info.engine is not None:
        return Turn.ENGINE
    return Turn.PROVER if info.guarantee is Guarantee.EXACT else Turn.HEURISTIC
