"""Bisection over ranks: which is the highest that p points can reach?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solvers.ranks.bracket import Bracket

_FIRST_SECONDS = 2.0  # for a probe of the first pass
_PATIENCE = 4.0  # how much longer a probe of the next pass may take


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to a probe of rank t; undecided without a witness or a refutation.

    Attributes
    ----------
    witness : ndarray of int, shape (p,), or None
        Points at pairwise rank >= t.
    refuted : bool
        Whether no p points are at pairwise rank >= t.
    by : str
        The label of what refuted it.
    """

    witness: NDArray[np.intp] | None = None
    refuted: bool = False
    by: str = ""


Decider = Callable[[int, float], Verdict]  #: takes a rank and how many seconds to spend on it


def _note(bracket: Bracket, t: int, verdict: Verdict) -> bool:
    """Move the end of the bracket that a verdict on rank t moves; returns whether there was one."""
    if verdict.witness is not None:
        bracket.lift(verdict.witness)
    elif verdict.refuted:
        bracket.refute(t, verdict.by)
    return verdict.witness is not None or verdict.refuted


def bisect(bracket: Bracket, decide: Decider) -> None:
    """Probe ranks of the bracket until its ends meet.

    Plain bisection, as long as every probe is decided.  One that is not within its seconds is left
    for a later pass, with more of them: the pass goes on above it, where refutations are easier, and
    then below it, where witnesses are, so that both ends are good whenever time is up.

    Raises
    ------
    TimeUp
        Time is up; the run holds both ends.
    """
    seconds = _FIRST_SECONDS
    while bracket.low < bracket.high:
        _pass(bracket, decide, seconds)
        seconds *= _PATIENCE


def _pass(bracket: Bracket, decide: Decider, seconds: float) -> None:
    """Probe once whatever may move an end of the bracket."""

    def decided(t: int) -> bool:
        bracket.run.check_time()
        return _note(bracket, t, decide(t, min(seconds, bracket.run.seconds_left())))

    floor, ceiling = bracket.low, bracket.high + 1
    while floor < bracket.high:
        t = (floor + bracket.high + 1) // 2
        if not decided(t):
            floor, ceiling = t, min(t, ceiling)
        floor = max(floor, bracket.low)
    while bracket.low < min(ceiling - 1, bracket.high):
        t = (bracket.low + min(ceiling - 1, bracket.high) + 1) // 2
        if not decided(t):
            ceiling = t
