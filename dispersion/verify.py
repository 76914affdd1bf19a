"""Nobody's word is taken: recompute, compare, contradict.

The PAVER rule (Bussieck, Dirkse and Vigerske, 2014): every primal value is held against every other
solver's bound.  Beside it stand the theorems every answer must obey.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.errors import ContradictionError
from dispersion.instance import Instance
from dispersion.objectives import objectives
from dispersion.quotas.clashes import clash
from dispersion.solution import Solution, Status


def check_selection(instance: Instance, selected: ArrayLike) -> NDArray[np.intp]:
    """The selection sorted, or `ContradictionError` if it is not what the instance asks for.

    That is p distinct points; or at least one, all of them at least as far apart as is asked.
    """
    chosen = np.asarray(selected)
    few, many = (instance.p, instance.p) if instance.at_least is None else (1, instance.n)
    fits = chosen.ndim == 1 and few <= len(chosen) <= many
    if not fits or not np.issubdtype(chosen.dtype, np.integer):
        wanted = f"{few}" if few == many else f"{few} to {many}"
        raise ContradictionError(
            f"a selection must be {wanted} whole numbers, got {chosen.dtype} {chosen.shape}."
        )
    points = np.sort(chosen).astype(np.intp)
    if points[0] < 0 or points[-1] >= instance.n or (np.diff(points) == 0).any():
        raise ContradictionError(f"a selection must hold distinct points of 0..{instance.n - 1}.")
    if instance.at_least is not None:
        _check_apart(instance, points, instance.at_least)
    _check_members(instance, points)
    _check_quotas(instance, points)
    return points


def _check_members(instance: Instance, points: NDArray[np.intp]) -> None:
    """`ContradictionError` if a required point is missing, or an excluded one is there."""
    known = instance.membership
    missing = sorted({*known.required} - {*points.tolist()})
    if missing:
        raise ContradictionError(f"point {missing[0]} is required, and the selection does not hold it.")
    wrong = sorted({*known.excluded} & {*points.tolist()})
    if wrong:
        raise ContradictionError(f"point {wrong[0]} is excluded, and the selection holds it.")


def _check_quotas(instance: Instance, points: NDArray[np.intp]) -> None:
    """`ContradictionError` if the selection has too few or too many points of a group."""
    for quota in instance.quota:
        if not quota.met(points):
            raise ContradictionError(
                f"the quota is {quota}, and the selection has {quota.count(points)} of them."
            )


def _check_apart(instance: Instance, points: NDArray[np.intp], least: float) -> None:
    """`ContradictionError` if two of the points are nearer than `least`."""
    among = instance.distances[np.ix_(points, points)]
    near = np.triu(among < least, k=1)
    if near.any():
        i, j = (int(points[k]) for k in np.unravel_index(int(near.argmax()), near.shape))
        raise ContradictionError(
            f"points must be at least {least!r} apart, {i} and {j} are {instance.distances[i, j]!r}."
        )


def recompute(instance: Instance, selected: ArrayLike, objective_name: str) -> float:
    """Value of `selected` on the instance's own matrix, after `check_selection`."""
    points = check_selection(instance, selected)
    return objectives[objective_name].worth(instance, points)


def faults_of(instance: Instance, solution: Solution) -> list[str]:
    """What is wrong with one solution taken alone; empty if nothing is."""
    if solution.instance_digest != instance.digest:
        return [f"{solution.solver}: answers another instance"]
    if solution.status is Status.INFEASIBLE and not clash(instance):
        return [f"{solution.solver}: infeasible, yet there are selections"]
    if solution.selected is None:
        unproven = solution.status in (Status.OPTIMAL, Status.FEASIBLE)
        return [f"{solution.solver}: {solution.status.value} without a selection"] if unproven else []
    try:
        value = recompute(instance, solution.selected, solution.objective_name)
    except ContradictionError as error:
        return [f"{solution.solver}: {error}"]
    faults = []
    if value != solution.objective:
        faults.append(
            f"{solution.solver}: reports {solution.objective!r}, its selection is worth {value!r}"
        )
    if solution.bound is not None and not solution.bound >= value:  # NaN too
        faults.append(
            f"{solution.solver}: its bound {solution.bound!r} is below its own answer {value!r}"
        )
    if solution.status is Status.OPTIMAL and solution.bound != value:
        faults.append(f"{solution.solver}: optimal, yet bound {solution.bound!r} != {value!r}")
    return faults


def contradictions(instance: Instance, solutions: Sequence[Solution]) -> list[str]:
    """Every way in which answers to one instance and one objective exclude each other.

    Checked: each answer alone (`faults_of`); each bound against each other answer, to the last bit for
    max-min and packing, where both are entries of one matrix, or counts, and up to a relative 1e-9 for
    max-sum, where both are rounded sums.  Two optima that differ are caught by the same comparison.

    Returns
    -------
    list of str
        One sentence a contradiction; empty if all answers can be true.
    """
    found = [fault for solution in solutions for fault in faults_of(instance, solution)]
    for one in solutions:
        found += exceeded(one, [other for other in solutions if other is not one])
    return found


def attains(instance: Instance, solution: Solution) -> bool:
    """Whether a selection of the instance is there that is worth what the answer says."""
    if solution.selected is None or solution.instance_digest != instance.digest:
        return False
    try:
        return recompute(instance, solution.selected, solution.objective_name) == solution.objective
    except ContradictionError:
        return False


class Answer(Protocol):
    """What can exclude another answer: a `Solution`, or a row of a table."""

    @property
    def solver(self) -> str:
        """Who answered."""
        ...

    @property
    def engine(self) -> str | None:
        """The engine from outside that answered, with its version."""
        ...

    @property
    def objective_name(self) -> str:
        """What was maximised."""
        ...

    @property
    def objective(self) -> float | None:
        """What its selection is worth."""
        ...

    @property
    def bound(self) -> float | None:
        """What nothing exceeds."""
        ...


def exceeded(one: Answer, others: Sequence[Answer]) -> list[str]:
    """Where the bound of one answer is below what others to the same question are worth.

    This is the only rule of contradiction between two answers: to the last bit for max-min and packing,
    up to the objective's rounding for max-sum.
    """
    if one.bound is None:
        return []
    least = 1.0 - objectives[one.objective_name].rounding
    claim = f"{_who(one)} proved that nothing exceeds {one.bound!r}"
    return [
        f"{claim}, {_who(other)} found {other.objective!r}"
        for other in others
        if other.objective_name == one.objective_name
        and other.objective is not None
        and not one.bound >= other.objective * least
    ]


def _who(answer: Answer) -> str:
    """The solver, and the engine that it used with its version."""
    return answer.solver if answer.engine is None else f"{answer.solver} ({answer.engine})"
