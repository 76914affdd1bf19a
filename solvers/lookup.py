"""Solvers by name: ours, and the user's own as ``package.module:function``."""

from __future__ import annotations

import hashlib
import inspect
from dataclasses import replace
from pathlib import Path

from dispersion.errors import InputError, UnknownNameError
from dispersion.objectives import DEFAULT_OBJECTIVE
from dispersion.own_code import is_own, own_function
from solvers.registration import SolverInfo, list_solvers, registry


def find(name: str, objective: str = DEFAULT_OBJECTIVE) -> SolverInfo:
    """The solver `name` of an objective.

    Parameters
    ----------
    name : str
        A registered name; or ``package.module:function`` of the user's own, a function decorated with
        `solvers.solver`, whose module is imported.  Such a solver goes by that name everywhere.
    objective : str
        A registered objective.

    Raises
    ------
    UnknownNameError
        No solver or no objective has this name; the message tells the nearest.
    InputError
        The module cannot be imported, has no such function, or the function is no solver of this
        objective.
    """
    known = {info.name: info for info in list_solvers(objective)}
    if isinstance(name, str) and name in known:
        return known[name]
    if is_own(name):
        return _own(name, objective)
    raise UnknownNameError(f"{objective} solver", name, known)


def _own(name: str, objective: str) -> SolverInfo:
    """The user's solver that goes by ``package.module:function``."""
    module, _, function = name.partition(":")

    def unknown() -> InputError:
        return InputError(
            f"there is no module {module!r} to take the solver {name!r} from; start the command in its "
            "folder, or put that folder on PYTHONPATH."
        )

    method = own_function(module, function, unknown)
    mine = [info for info in map(registry.__getitem__, registry) if info.method is method]
    for info in mine:
        if info.objective_name == objective:
            return replace(info, name=name)
    if mine:
        raise InputError(
            f"{name!r} is a {mine[0].objective_name} solver, but the objective is {objective}; "
            f"ask for the objective {mine[0].objective_name}."
        )
    raise InputError(
        f"{name!r} is no solver yet: decorate the function with @solvers.solver(NAME, objective=..., "
        "guarantee=..., summary=...)."
    )


def code_of(name: str, objective: str = DEFAULT_OBJECTIVE) -> str | None:
    """SHA-256 of the file of a solver of the user's own, in hexadecimal; `None` for one of ours.

    It changes with the file, so that a study does not take old answers for those of new code.
    """
    if not is_own(name):
        return None
    source = inspect.getsourcefile(find(name, objective).method)
    return None if source is None else hashlib.sha256(Path(source).read_bytes()).hexdigest()


def baselines(objective: str = DEFAULT_OBJECTIVE) -> list[str]:
    """The names of the solvers of an objective that the others are compared against."""
    return [info.name for info in list_solvers(objective) if info.baseline]
