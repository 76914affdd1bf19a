"""Bounds on sums derived again, by our own branch and bound."""

from __future__ import annotations

import time

import numpy as np

from dispersion.instance import Instance
from dispersion.objectives import MAX_SUM
from dispersion.solution import Refutation, Solution
from dispersion.verify import faults_of
from solvers.engines.common import CP_SAT
from solvers.engines.registration import engine_of
from solvers.rechecking.report import Checked, Finding, Recheck
from solvers.solving import solve
from solvers.sums.reformulation import LABEL

_WAY = MAX_SUM.default_solver  # in numpy and compiled kernels: no engine from outside takes part


def recheck_sum(instance: Instance, solution: Solution, seconds: float) -> Recheck:
    """Compare a max-sum bound with incumbent and bound of `qcr`, up to a relative 1e-9 for rounding.

    Confirmed if the bound of `qcr` is as low, contradicted if it finds a selection that is worth more.
    Under quotas, which `qcr` does not know, another engine is asked than the one that gave the bound.
    """
    solver, bound, by = solution.solver, solution.bound, solution.bound_by
    faults = faults_of(instance, solution)
    if faults:
        return Recheck(solver, None, bound, Finding.CONTRADICTED, tuple(faults))
    value = solution.objective
    if bound is None:
        return Recheck(solver, value, bound, Finding.NO_EVIDENCE, remark="there is no bound")
    if by == LABEL and not instance.quota:
        remark = f"not rechecked: {_WAY} proved it, and there is no second method to check that"
        return Recheck(solver, value, bound, Finding.NO_EVIDENCE, remark=remark)
    claim = Refutation(float(np.nextafter(bound, np.inf)), by or solver)
    checked = _checked(instance, claim, bound, seconds)
    false = checked.finding is Finding.CONTRADICTED
    told = (f"{solver}: {checked}",) if false else ()
    return Recheck(solver, value, bound, checked.finding, told, (checked,))


def _way(instance: Instance, by: str) -> str:
    """The solver that checks a bound."""
    if not instance.quota:
        return _WAY
    return "cp-sat" if engine_of(by) != CP_SAT else "kuo-glover-dhir"


def _checked(instance: Instance, claim: Refutation, bound: float, seconds: float) -> Checked:
    begun = time.perf_counter()
    way = _way(instance, claim.by)
    ours = solve(instance, way, objective=MAX_SUM.name, time_limit=seconds)
    spent = time.perf_counter() - begun
    highest = bound * (1.0 + MAX_SUM.rounding)
    if ours.objective is not None and ours.objective > highest:
        return Checked(claim, Finding.CONTRADICTED, way, spent, ours.selected, ours.objective)
    if ours.bound is not None and ours.bound <= highest:
        return Checked(claim, Finding.CONFIRMED, way, spent)
    remark = f"the bound of {way} is only {ours.bound!r}"
    return Checked(claim, Finding.UNDECIDED, None, spent, remark=remark)
