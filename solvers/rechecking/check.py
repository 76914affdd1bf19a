"""Derive one refutation again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import EngineError, UnknownNameError
from dispersion.instance import Instance
from dispersion.objectives import MAX_MIN, PACKING, Objective
from dispersion.quotas.quota import Quotas
from dispersion.solution import Refutation
from dispersion.verify import recompute
from solvers.engines.common import CP_SAT, HIGHS
from solvers.engines.registration import engine_of
from solvers.rechecking.cover import by_cover
from solvers.rechecking.engine_checks import ENGINES, Engine, load
from solvers.rechecking.question import Clock, Pairs, Reply
from solvers.rechecking.refuters import by_colouring, by_core, by_degrees, by_spectrum
from solvers.rechecking.report import Checked, Finding
from solvers.rechecking.theta import by_theta
from solvers.run import Limits, TimeUp

Argument = Callable[[Pairs, int, Clock], bool]

ARGUMENTS: dict[str, Argument] = {
    "degrees": by_degrees,
    "core": by_core,
    "colouring": by_colouring,
    "cover": by_cover,
    "spectrum": by_spectrum,
    "theta": by_theta,
}  #: by the name the prover gives them

#: methods of the prover, with the engine most similar to each
SEARCHES = {"search": "plain-search", "branch and cut": "highs"}
OUTSIDE = {"cp-sat": CP_SAT, "highs": HIGHS}  #: names of engines from outside in labels

Witness = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Means:
    """What may be used to check one refutation: wall-clock seconds, engines of `ENGINES`, threads."""

    seconds: float
    engines: tuple[str, ...]
    threads: int

    def __post_init__(self) -> None:
        Limits(self.seconds, self.threads)  # raises
        for engine in self.engines:
            if engine not in ENGINES:
                raise UnknownNameError("engine", engine, ENGINES)

    def for_claim(self, by: str) -> dict[str, Engine]:
        """The argument named, or all if it is none of ours; then engines, the most similar first.

        An engine is not asked to confirm its own bound.
        """
        first = SEARCHES.get(by)
        names = sorted(self.engines, key=lambda name: name != first)
        asked = {name: ENGINES[name] for name in names if OUTSIDE.get(name, "") != engine_of(by)}
        if by in SEARCHES:
            return asked
        arguments = [by] if by in ARGUMENTS else list(ARGUMENTS)
        return {name: _replying(ARGUMENTS[name]) for name in arguments} | asked


def _replying(argument: Argument) -> Engine:
    """An argument in the form of an engine; it heeds no quotas, and what it refutes holds with them."""
    return lambda apart, p, clock, threads, quotas: Reply(refuted=argument(apart, p, clock))


def check(
    instance: Instance,
    claim: Refutation,
    means: Means,
    selected: Witness | None = None,
    value: float | None = None,
) -> Checked:
    """Try the solution's own selection, then the argument named or all, then engine after engine.

    Parameters
    ----------
    instance : Instance
        What was solved.
    claim : Refutation
        Of a distance of the instance; for packing, of a number of points.
    means : Means
        Each method tried gets an equal share of the time left.
    selected, value
        Points known to be worth `value`, if there are any.
    """
    load(means.engines)
    clock = Clock(means.seconds)
    if selected is not None and value is not None and value >= claim.value:
        return Checked(claim, Finding.CONTRADICTED, "selection", clock.spent(), selected, value)
    apart, p, goal = _question(instance, claim)
    remarks = []
    ways = means.for_claim(claim.by)
    for k, (name, way) in enumerate(ways.items()):
        share = clock.share(len(ways) - k)
        reply, remark = _asked(name, way, apart, p, share, means.threads, instance.quota)
        if reply.refuted:
            return Checked(claim, Finding.CONFIRMED, name, clock.spent())
        if reply.witness is not None:
            reached = recompute(instance, reply.witness, goal.name)
            if reached >= claim.value:
                points = np.sort(reply.witness)
                return Checked(claim, Finding.CONTRADICTED, name, clock.spent(), points, reached)
            remark = f"{name} returned points with the value {reached!r} only"
        remarks.append(remark)
    remark = "; ".join(remarks) or "no method was given to check it with"
    return Checked(claim, Finding.UNDECIDED, None, clock.spent(), remark=remark)


def _question(instance: Instance, claim: Refutation) -> tuple[Pairs, int, Objective]:
    """Which points are apart, how many of them are said not to be there, and what is maximised."""
    if instance.at_least is None:
        least, p, goal = claim.value, instance.p, MAX_MIN
    else:
        least, p, goal = instance.at_least, int(claim.value), PACKING
    apart: Pairs = instance.distances >= least
    np.fill_diagonal(apart, False)
    return apart, p, goal


def _asked(
    name: str, way: Engine, apart: Pairs, p: int, clock: Clock, threads: int, quotas: Quotas
) -> tuple[Reply, str]:
    """The reply of a method, and why it is undecided if it is."""
    try:
        clock.check_time()
        reply = way(apart, p, clock, threads, quotas)
    except TimeUp:
        return Reply(), f"out of time for {name}"
    except EngineError as error:
        return Reply(), f"{name}: {error}"
    return reply, f"{name} could not decide it" if clock.left() else f"out of time for {name}"
