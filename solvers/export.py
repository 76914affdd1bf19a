"""A solver's model as a file, for other engines and for reading."""

from __future__ import annotations

from pathlib import Path

from dispersion.errors import InputError
from dispersion.instance import Instance
from solvers.base import check_instance, find, prepare, solvers_for

SUFFIXES = (".lp", ".mps")


def exporting(objective: str = "max-min") -> list[str]:
    """The names of the solvers of an objective that have a model to export."""
    return [info.name for info in solvers_for(objective) if info.model is not None]


def export_model(instance: Instance, solver: str, path: str | Path, objective: str = "max-min") -> None:
    """Write the Pyomo model that a solver would solve.

    Variables are ``x(0) .. x(n-1)``, binary: which points are chosen.

    For max-min the objective is the *rank* of the smallest selected distance, to be looked up in
    ``instance.levels``; that of `node-packing` is the number of points that can be chosen at the rank
    above the greedy value, of which there are at least p unless greedy is optimal.

    For max-sum it is the sum of the selected distances itself, and all are as they stand in the
    instance (the solvers scale them).  That of `unit-vectors` holds squares, a convex program with
    binaries: an engine must take those.

    Parameters
    ----------
    instance : Instance
        What to model.
    solver : str
        One of `exporting`: compact, kuby, kuby-one-m or node-packing for max-min; glover,
        glover-woolsey, kuo-glover-dhir or unit-vectors for max-sum.
    path : str or Path
        Where to; ``.lp`` or ``.mps`` decides the format.  A file that is there is replaced.
    objective : str
        The solver's objective.

    Raises
    ------
    InputError
        The suffix is neither, the folder is not there, the solver has no Pyomo model, or the
        instance is none of those it takes (`unit-vectors`: ``1 - cos`` only).
    """
    check_instance(instance, "export_model")
    target = Path(path)
    info = find(solver, objective)
    if info.model is None:
        names = ", ".join(exporting(objective)) or "none"
        raise InputError(
            f"{objective} solver {solver!r} has no Pyomo model to export; those that have one: {names}."
        )
    if target.suffix not in SUFFIXES:
        raise InputError(f"a model is written as .lp or .mps, got {str(path)!r}.")
    if not target.parent.is_dir():
        raise InputError(f"there is no folder {str(target.parent)!r} to write {target.name} to.")
    prepare(solver, objective)
    info.model(instance).write(str(target), io_options={"symbolic_solver_labels": True})
