"""Solvers by name: ours, and the user's own as ``package.module:function``."""

from __future__ import annotations

import hashlib
import inspect
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from dispersion.errors import InputError, UnknownNameError
from dispersion.objectives import DEFAULT_OBJECTIVE
from dispersion.own_code import is_own, own_function
from dispersion.parameters import keyword_arguments, read, writable
from solvers.engines.registration import registry as engines
from solvers.registration import SolverInfo, list_solvers, registry


def find(name: str, objective: str = DEFAULT_OBJECTIVE) -> SolverInfo:
    """The solver `name` of an objective.

    Parameters
    ----------
    name : str
        A registered name; or ``package.module:function`` of the user's own, a function decorated with
        `solvers.solver`, whose module is imported.  Either may be followed by parameters, as in
        ``tabu:patience=100``.  The solver goes by the whole text everywhere.
    objective : str
        A registered objective.

    Raises
    ------
    UnknownNameError
        No solver, objective or parameter has this name; the message names the nearest.
    InputError
        The module cannot be imported, has no such function, or the function is no solver of this
        objective; or a parameter cannot be read.

    Examples
    --------
    >>> find("tabu", "max-sum").parameters
    'shakes=20'
    >>> find("tabu:shakes=3", "max-sum").name
    'tabu:shakes=3'
    """
    known = {info.name: info for info in list_solvers(objective)}
    base, text = _split(name)
    if base in known:
        info = known[base]
    elif is_own(base):
        info = _own(base, objective)
    else:
        raise UnknownNameError(f"{objective} solver", name, known)
    if not text:
        return info
    parameters = writable(info.method)
    if not parameters:
        raise InputError(f"{base} has no parameters; leave out {text!r}.")
    return _with(replace(info, name=name), read(base, parameters, text))


def _with(info: SolverInfo, values: dict[str, Any]) -> SolverInfo:
    """The solver with parameters; what is to be loaded, and the engine, may depend on them."""
    if "engine" in values:
        info = replace(info, engine=engines[values["engine"]].label)
    if info.prepare is not None:
        taken = values.keys() & keyword_arguments(info.prepare).keys()
        info = replace(info, prepare=partial(info.prepare, **{key: values[key] for key in taken}))
    return replace(info, method=partial(info.method, **values))


def parameters_of(name: str) -> str | None:
    """What a name says behind the solver's own, such as ``engine=scip``; `None` if nothing."""
    return _split(name)[1] or None


def is_registered(name: str, objective: str = DEFAULT_OBJECTIVE) -> bool:
    """Whether a solver is known without importing code of the user's own."""
    return f"{objective}/{_split(name)[0]}" in registry


def _split(name: object) -> tuple[str, str]:
    """A name without its parameters, and these as text."""
    if not isinstance(name, str):
        return "", ""
    base, _, text = name.rpartition(":")
    return (base, text) if base and "=" in text else (name, "")


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
    base, _ = _split(name)
    if not is_own(base):
        return None
    source = inspect.getsourcefile(find(base, objective).method)
    return None if source is None else hashlib.sha256(Path(source).read_bytes()).hexdigest()


def usual(objective: str = DEFAULT_OBJECTIVE) -> list[str]:
    """The names of the solvers of an objective that are compared unless others are asked for."""
    return [info.name for info in list_solvers(objective) if info.by_default]


def baselines(objective: str = DEFAULT_OBJECTIVE) -> list[str]:
    """The names of the solvers of an objective that the others are compared against."""
    return [info.name for info in list_solvers(objective) if info.baseline]
