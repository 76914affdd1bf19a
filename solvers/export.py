"""A solver's model as a file, for other engines and for reading."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from dispersion.errors import InputError
from dispersion.fixing import Fixed
from dispersion.instance import Instance
from dispersion.objectives import DEFAULT_OBJECTIVE
from dispersion.quotas.clashes import clash
from solvers.engines.pyomo import add_quotas
from solvers.lookup import find
from solvers.registration import SolverInfo, list_solvers
from solvers.solving import check_instance, prepare

SUFFIXES = (".lp", ".mps")
_COMMENTS = {".lp": "\\", ".mps": "*"}  # how a line begins that engines skip
_PLAIN = (2.0**-4, 2.0**20)  #: largest distances that are written as they are
_UNIT = 10  #: others are multiplied such that they lie between 2 ** 9 and 2 ** 10
_SMALL = 1e-6  #: and so are all, if any is smaller


def exporting(objective: str = DEFAULT_OBJECTIVE) -> list[str]:
    """The names of the solvers of an objective that have a model to export."""
    return [info.name for info in list_solvers(objective) if info.model is not None]


def export_model(
    instance: Instance, solver: str, path: str | Path, objective: str = DEFAULT_OBJECTIVE
) -> float:
    """Write the Pyomo model that a solver would solve.

    Variables are ``x(0) .. x(n-1)``, binary: which points are chosen.

    For max-min the objective is the *rank* of the smallest selected distance, to be looked up in
    ``instance.levels``; that of `node-packing` is the number of points that can be chosen at the rank
    above the greedy value, of which there are at least p unless greedy is optimal.

    For max-sum it is the sum of the selected distances itself, times the factor that is returned.
    Engines have absolute tolerances: they drop coefficients below 1e-9 and call a gap of 1e-6 closed.
    So unless the largest distance lies between 1/16 and 2^20 and no other is below 1e-6, all are
    multiplied by the power of two that makes the largest one of hundreds, and a comment at the
    beginning of the file says so.

    Of an instance with required or excluded points the model is that of the points that are left (see
    `dispersion.fixing.Fixed`), and comments at the beginning of the file say which point each variable
    is.  Quotas are rows.

    The objective of `unit-vectors` holds squares, a convex program
    with binaries: an engine must take those.

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

    Returns
    -------
    float
        What distances are multiplied by in the file; a sum in it is to be divided by it.  A power of
        two, mostly 1; always 1 for max-min and `unit-vectors`.

    Raises
    ------
    InputError
        The suffix is neither, the folder is not there, the solver has no Pyomo model, or the
        solver does not take the instance (`unit-vectors`: ``1 - cos`` only); no selection meets the
        quotas, or at most one point is left to be chosen.
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
    fixed = Fixed.of(instance, objective)
    if fixed is not None:
        instance = _left(fixed)
    if instance.quota:
        _check_quotas(instance, info)
    factor = _factor(instance) if info.model_unit else 1.0
    scaled = instance
    if factor != 1.0:
        scaled = Instance(instance.distances * factor, instance.p, instance.name, quota=instance.quota)
    model = info.model(scaled)
    if instance.quota:
        add_quotas(model, instance)
    model.write(str(target), io_options={"symbolic_solver_labels": True})
    exponent = int(math.log2(factor))
    unit = f"distances are multiplied by 2^{exponent} = {factor!r}; divide the objective by it"
    _remark(target, [*([unit] if exponent else []), *([] if fixed is None else _which(fixed))])
    return factor


def _check_quotas(instance: Instance, info: SolverInfo) -> None:
    """`InputError` if no selection meets the quotas, or the solver's model cannot have them."""
    if reason := clash(instance):
        raise InputError(reason)
    if not info.takes_quotas:
        raise InputError(f"{info.name} knows no quotas; export instance.with_quota(), which has none.")


def _left(fixed: Fixed) -> Instance:
    """What is left to be solved."""
    if fixed.plain is None:
        raise InputError(
            f"of {fixed.whole!r} at most one point is left to be chosen, which needs no model."
        )
    return fixed.plain


def _which(fixed: Fixed) -> list[str]:
    """Which points the variables are, of an instance with points in and out."""
    lines = [f"x({k}) is point {point}" for k, point in enumerate(fixed.points.tolist())]
    if len(fixed.taken):
        chosen = " ".join(map(str, fixed.taken.tolist()))
        lines.insert(0, f"required, and no variables: points {chosen}; distances have absorbed theirs")
    return lines


def _factor(instance: Instance) -> float:
    """The factor for all distances that keeps tolerances of engines harmless."""
    some = instance.distances[instance.distances > 0.0]
    if len(some) == 0:
        return 1.0
    largest = float(some.max())
    low, high = _PLAIN
    _, exponent = np.frexp(largest)
    plain = low <= largest <= high and some.min() >= _SMALL
    return 1.0 if plain else math.ldexp(1.0, _UNIT - int(exponent))


def _remark(target: Path, lines: list[str]) -> None:
    """Write lines at the beginning of a file that engines skip."""
    if lines:
        remarks = "".join(f"{_COMMENTS[target.suffix]} {line}\n" for line in lines)
        target.write_text(remarks + target.read_text(encoding="utf-8"), encoding="utf-8")
