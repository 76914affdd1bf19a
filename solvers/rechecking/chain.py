"""Follow the refutations of a solution down to its bound, and derive them again."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import ContradictionError
from dispersion.fixing import Fixed
from dispersion.instance import Instance
from dispersion.objectives import objectives
from dispersion.quotas.clashes import clash
from dispersion.solution import Refutation, Solution
from dispersion.verify import faults_of, recompute
from solvers.rechecking.check import Means, check
from solvers.rechecking.report import Checked, Finding, Recheck
from solvers.rechecking.sums import recheck_sum
from solvers.solving import check_instance

Values = NDArray[np.float64]  #: all that a selection could have, ascending


def recheck(
    instance: Instance,
    solution: Solution,
    *,
    seconds: float = 60.0,
    engines: Sequence[str] = ("plain-search", "highs"),
    threads: int = 1,
    every: bool = False,
) -> Recheck:
    """Derive the proof of a solution again, by other means than those that made it.

    The selection's value is recomputed on the original matrix.

    For max-min, the refutations must lead down to the bound: no distance between the lowest of them and
    the bound.  The lowest, which implies the others, is then derived again: a cheap argument by plain
    numpy, a weighted cover by a fresh linear program whose multipliers are checked in whole numbers;
    and where that does not succeed (the prover may have reduced the points first), or a search was what
    refuted, by one engine after the other, each from the pairs up.  Where an engine from outside gave
    the bound (see `dispersion.Solution.bound_by`), or nothing was kept, all our arguments are tried at
    the distance above the bound, then the engines, except the one that gave the bound.

    For packing it is the same: the lowest refutation is of a number of points, and asks the same
    question, whether so many are pairwise apart.

    For max-sum, `qcr` is run on the instance, which asks no engine.  What its own reformulation proved
    is not checked: there is no second method.

    Parameters
    ----------
    instance : Instance
        What was solved.
    solution : Solution
        The answer of a solver.
    seconds : float
        Wall-clock time for every refutation that is checked.
    engines : sequence of str
        Of "plain-search" (a clique search in plain Python: a million nodes in half a minute), "cp-sat"
        and "highs"; none for the cheap arguments alone.  For max-sum they are not asked.
    threads : int
        Threads of CP-SAT and HiGHS.
    every : bool
        Whether to check every refutation, each by itself.

    Returns
    -------
    Recheck
        True if the bound is confirmed.  A contradiction is in its `faults`.  Whatever is not derived
        again is undecided, never confirmed; without a bound there is no evidence.

    Raises
    ------
    InputError
        `instance` is no `Instance`, a limit is out of range, or no engine has this name.

    Examples
    --------
    >>> from dispersion import generate
    >>> from solvers import recheck, solve
    >>> instance = generate("geo", 40, 6, seed=1)
    >>> bool(recheck(instance, solve(instance, "clique")))
    True
    """
    check_instance(instance, "recheck")
    means = Means(seconds, tuple(engines), threads)
    if clash(instance):
        return _of_clash(instance, solution)
    fixed = Fixed.of(instance, solution.objective_name)
    if fixed is not None:
        how: dict[str, Any] = {
            "seconds": seconds,
            "engines": engines,
            "threads": threads,
            "every": every,
        }
        return _of_fixed(fixed, solution, lambda plain, answer: recheck(plain, answer, **how))
    values = objectives[solution.objective_name].values(instance)
    if values is None:
        return recheck_sum(instance, solution, seconds)
    solver, bound = solution.solver, solution.bound
    faults = faults_of(instance, solution)
    if solution.instance_digest != instance.digest:
        return Recheck(solver, None, bound, Finding.CONTRADICTED, tuple(faults))
    faults += [f"{solver}: {fault}" for fault in _broken_links(values, solution)]
    lowest_first = sorted(_claims(values, solution), key=lambda one: one.value)
    selected, value = _selection(instance, solution)
    checked = tuple(
        check(instance, claim, means, selected, value) for claim in lowest_first[: None if every else 1]
    )
    false = [one for one in checked if one.finding is Finding.CONTRADICTED]
    faults[:0] = [f"{solver}: {one}" for one in false]
    finding = Finding.CONTRADICTED if faults else _finding(values, bound, checked)
    remark = "there is no bound" if bound is None else ""
    return Recheck(solver, value, bound, finding, tuple(faults), checked, remark)


def _of_clash(instance: Instance, solution: Solution) -> Recheck:
    """Recheck the answer to an instance whose quotas cannot be met: there must be no selection."""
    faults = tuple(faults_of(instance, solution))
    finding = Finding.CONTRADICTED if faults else Finding.CONFIRMED
    return Recheck(solution.solver, None, None, finding, faults)


def _of_fixed(
    fixed: Fixed, solution: Solution, recheck_plain: Callable[[Instance, Solution], Recheck]
) -> Recheck:
    """Recheck what is left once the required points are in; the selection is checked as a whole."""
    solver, bound = solution.solver, solution.bound
    faults = faults_of(fixed.whole, solution)
    if faults:
        return Recheck(solver, None, bound, Finding.CONTRADICTED, tuple(faults))
    if fixed.plain is None:
        best = max(recompute(fixed.whole, one, solution.objective_name) for one in fixed.choices())
        if bound is not None and best > bound:
            faults = [f"{solver}: its bound {bound!r} is below {best!r}, which is attained"]
        finding = Finding.CONTRADICTED if faults else Finding.CONFIRMED
        finding = Finding.UNDECIDED if bound is None else finding
        return Recheck(solver, solution.objective, bound, finding, tuple(faults))
    answer = replace(solution, instance_digest=fixed.plain.digest)
    if solution.selected is not None:
        inner = fixed.inside(solution.selected)
        value = recompute(fixed.plain, inner, solution.objective_name)
        rounded = bound  # sums of the two instances are rounded differently
        if bound is not None:
            rounded = value if bound == solution.objective else max(bound, value)
        answer = replace(answer, selected=inner, objective=value, bound=rounded)
    found = recheck_plain(fixed.plain, answer)
    checked = tuple(
        one if one.witness is None else replace(one, witness=fixed.selection(one.witness))
        for one in found.checked
    )
    return replace(found, value=solution.objective, bound=bound, checked=checked)


def _claims(values: Values, solution: Solution) -> list[Refutation]:
    """The refutations of possible values; if none was kept, that of the one above the bound."""
    usable = [one for one in solution.refutations if one.value in values]
    if solution.refutations or solution.bound is None:
        return usable
    above = values[values > solution.bound]
    return [Refutation(float(above[0]), solution.solver)] if len(above) else []


def _selection(instance: Instance, solution: Solution) -> tuple[NDArray[np.intp] | None, float | None]:
    """The selection and its value; `None` if it is invalid, which `faults_of` reports."""
    if solution.selected is None:
        return None, None
    try:
        return solution.selected, recompute(instance, solution.selected, solution.objective_name)
    except ContradictionError:
        return None, None


def _carried(values: Values, refuted: float) -> float:
    """The largest possible value below a refuted one, an upper bound; -infinity if there is none."""
    return float(values[values < refuted].max(initial=-math.inf))


def _broken_links(values: Values, solution: Solution) -> list[str]:
    """Why the refutations do not lead down to the bound, whether they are true or not."""
    refuted = [one.value for one in solution.refutations]
    astray = [value for value in refuted if value not in values]
    if astray or not refuted:
        counts = objectives[solution.objective_name].counts
        kind = "number of points" if counts else "distance"
        return [f"refutes {value!r}, which is not a {kind} of the instance" for value in astray]
    faults = []
    if any(later >= earlier for earlier, later in pairwise(refuted)):
        faults.append(f"its refutations are not in descending order: {refuted!r}")
    carried = _carried(values, min(refuted))
    if solution.bound is not None and solution.bound < carried:
        faults.append(
            f"its bound {solution.bound!r} is below {carried!r}, the lowest that its refutations imply"
        )
    return faults


def _finding(values: Values, bound: float | None, checked: tuple[Checked, ...]) -> Finding:
    """The finding for a bound whose chain of refutations is not broken."""
    if bound is None:
        return Finding.NO_EVIDENCE
    if bound >= values[-1]:  # nothing is longer than the longest distance, or more than all points
        return Finding.CONFIRMED
    if not checked:
        return Finding.NO_EVIDENCE
    carrying = [one for one in checked if _carried(values, one.refutation.value) <= bound]
    confirmed = any(one.finding is Finding.CONFIRMED for one in carrying)
    return Finding.CONFIRMED if confirmed else Finding.UNDECIDED
