"""Derive one refutation again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import EngineError, UnknownNameError
from dispersion.instance import Instance
from dispersion.solution import Refutation
from dispersion.verify import recompute
from solvers.rechecking.arguments import Pairs, by_colouring, by_core, by_degrees, by_spectrum
from solvers.rechecking.clock import Clock
from solvers.rechecking.cover import by_cover
from solvers.rechecking.engines import ENGINES, load
from solvers.rechecking.report import Checked, Finding
from solvers.run import Limits, TimeUp

ARGUMENTS: dict[str, Callable[[Pairs, int, Clock], bool]] = {
    "degrees": by_degrees,
    "core": by_core,
    "colouring": by_colouring,
    "cover": by_cover,
    "spectrum": by_spectrum,
}  #: by the name the prover gives them

Witness = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Means:
    """What may be used to check one refutation: wall-clock seconds, an engine of `ENGINES`, threads."""

    seconds: float
    engine: str | None
    threads: int

    def __post_init__(self) -> None:
        Limits(self.seconds, self.threads)  # raises
        if self.engine is not None and self.engine not in ENGINES:
            raise UnknownNameError("engine", self.engine, ENGINES)


def check(
    instance: Instance,
    claim: Refutation,
    means: Means,
    selected: Witness | None = None,
    value: float | None = None,
) -> Checked:
    """Try the selection that is there, then the argument named, then the engine.

    Parameters
    ----------
    instance : Instance
        What was solved.
    claim : Refutation
        At a distance of the instance.
    means : Means
        Half of the time at most goes to the argument.
    selected, value
        Points known to be worth `value`, if there are any.
    """
    load(means.engine)
    clock = Clock(means.seconds)
    if selected is not None and value is not None and value >= claim.value:
        return Checked(claim, Finding.CONTRADICTED, "selection", clock.spent(), selected, value)
    apart: Pairs = instance.distances >= claim.value
    np.fill_diagonal(apart, False)
    remark = "no engine was to be asked"
    if _argued(claim.by, apart, instance.p, Clock(means.seconds / 2)):
        return Checked(claim, Finding.CONFIRMED, claim.by, clock.spent())
    if means.engine is not None:
        try:
            reply = ENGINES[means.engine](apart, instance.p, clock, means.threads)
        except EngineError as error:
            remark = str(error)
        except TimeUp:
            remark = "time was up before the engine could start"
        else:
            if reply.refuted:
                return Checked(claim, Finding.CONFIRMED, means.engine, clock.spent())
            if reply.witness is not None:
                return _contradicted(instance, claim, means.engine, clock, reply.witness)
            remark = f"time was up for {means.engine}"
    return Checked(claim, Finding.UNDECIDED, None, clock.spent(), remark=remark)


def _argued(by: str, apart: Pairs, p: int, clock: Clock) -> bool:
    """Whether the argument of this name, if we have one, succeeds in time."""
    try:
        return by in ARGUMENTS and ARGUMENTS[by](apart, p, clock)
    except TimeUp:
        return False


def _contradicted(
    instance: Instance, claim: Refutation, engine: str, clock: Clock, witness: Witness
) -> Checked:
    """The engine's points contradict the claim if, recomputed, they reach it."""
    value = recompute(instance, witness, "max-min")
    if value < claim.value:
        remark = f"{engine} answered with points that are worth {value!r} only"
        return Checked(claim, Finding.UNDECIDED, None, clock.spent(), remark=remark)
    return Checked(claim, Finding.CONTRADICTED, engine, clock.spent(), np.sort(witness), value)
