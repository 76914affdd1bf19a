"""Whether two solvers differ by more than the choice of instances explains: paired bootstrap."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

import numpy as np

from dispersion.errors import UnknownNameError
from dispersion.random_baseline import normalised_value
from dispersion.study.analysis.accuracy_correlation import best_known
from dispersion.study.analysis.profiles import SHORTEST, by_question, middle_repeats, proof_seconds
from dispersion.study.analysis.skips import skipped
from dispersion.study.rows import SolveRow
from dispersion.study.task import Question

_MOST = 6  # solvers whose pairs still make a small table
FEWEST = 6  #: instances; of five, even all in favour of one give p = 2 / 2**5 > 0.05 in a sign test
PAIR_DEFINITIONS = (
    "Solvers with proofs are compared by their times, on the instances that one of the two proved; "
    "what the other did not prove counts as its time limit, which is less than it would have taken.  "
    "The others are compared by their scores.  Intervals: 95 %, from 10,000 bootstrap samples of the "
    "instances (percentiles).  Each line is for itself: of twenty pairs of equal solvers, one will "
    "look different.  "
    f"Of more than {_MOST} solvers the pairs are left out; Study.compare compares any two."
)

_SAMPLES, _CHUNK = 10_000, 250

Runs = Mapping[Question, Sequence[SolveRow]]


@dataclass(frozen=True, slots=True)
class _Measure:
    """By what solvers are compared: the effect of no difference, and words."""

    nothing: float
    less: str
    more: str
    effect: str  # to be filled in
    pattern: str


_MEASURES = {
    "time": _Measure(1.0, "faster", "slower", "{one} takes {effect} times as long as {other}", ".2g"),
    "score": _Measure(
        0.0, "worse", "better", "the score of {one} minus that of {other} is {effect}", "+.3f"
    ),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One solver against another, on the instances that say something about both.

    Attributes
    ----------
    one, other : str
        The solvers.
    by : str
        "time": how long they take to a proof, on the instances that either proved and neither skipped.
        "score": how good their selections are (0 = random, 1 = best known), where both have some.
    effect : float or None
        The geometric mean, over the instances, of the time of `one` over that of `other`; or the mean
        of the score of `one` minus that of `other`.  `None` without instances.
    low, high : float or None
        Ends of its 95 % interval.
    questions : int
        How many instances (each with what is asked of it).
    """

    one: str
    other: str
    by: str
    effect: float | None
    low: float | None
    high: float | None
    questions: int

    @property
    def different(self) -> bool:
        """Whether there are instances enough, and the interval excludes that nothing differs."""
        if self.low is None or self.high is None or self.questions < FEWEST:
            return False
        return not self.low <= _MEASURES[self.by].nothing <= self.high

    @property
    def verdict(self) -> str:
        """What `one` is, in a few words: "faster", "no difference shown", "too few instances"..."""
        measure = _MEASURES[self.by]
        if self.questions < FEWEST or self.effect is None:
            return "too few instances"
        if not self.different:
            return "no difference shown"
        return measure.less if self.effect < measure.nothing else measure.more

    @property
    def interval(self) -> str:
        """Its ends in words; "-" if there are none."""
        return "-" if self.low is None else f"{self._shown(self.low)} to {self._shown(self.high)}"

    @property
    def sentence(self) -> str:
        """All of it in full."""
        count = f"{self.questions} instance" + ("" if self.questions == 1 else "s")
        if self.effect is None:
            return (
                f"Too few instances: there is none to compare {self.one} and {self.other} by {self.by}."
            )
        told = _MEASURES[self.by].effect.format(
            one=self.one, other=self.other, effect=self._shown(self.effect)
        )
        needed = f", {FEWEST} are needed" if self.questions < FEWEST else ""
        return f"{self.verdict.capitalize()}{needed}: {told} (95 % interval {self.interval}, {count})."

    @property
    def cells(self) -> list[str]:
        """Its line in the table of pairs."""
        return [
            *(self.one, self.other, self.by, str(self.questions)),
            *(self._shown(self.effect), self.interval, self.verdict),
        ]

    def _shown(self, value: float | None) -> str:
        return "-" if value is None else format(value, _MEASURES[self.by].pattern)


def compare_pair(rows: Sequence[SolveRow], one: str, other: str, by: str = "time") -> Comparison:
    """Compare two solvers by "time" or "score"; see `Comparison`.

    Seeds are an equal part of their instance each, and of several repeats the middle one counts.

    Raises
    ------
    UnknownNameError
        There is no such solver among the rows, or nothing of this name to compare by.
    """
    known = {row.solver for row in rows}
    for name in (one, other):
        if name not in known:
            raise UnknownNameError("solver of this study", name, known)
    if by not in _MEASURES:
        raise UnknownNameError("measure", by, _MEASURES)
    effects = (_by_time if by == "time" else _by_score)(middle_repeats(rows), one, other)
    effect, low, high = _interval(effects) if by == "score" else map(_exp, _interval(effects))
    return Comparison(one, other, by, effect, low, high, len(effects))


def pair_cells(rows: Sequence[SolveRow]) -> tuple[list[str], list[list[str]]]:
    """Header and text cells of a table of pairs, none of too many; see `PAIR_DEFINITIONS`."""
    names = list(dict.fromkeys(row.solver for row in rows))
    proving = {row.solver for row in rows if row.status == "optimal"}
    groups = {
        "time": [name for name in names if name in proving],
        "score": [name for name in names if name not in proving],
    }
    lines = [
        compare_pair(rows, *pair, by).cells
        for by, group in groups.items()
        if len(group) <= _MOST
        for pair in combinations(group, 2)
    ]
    return ["solver", "against", "by", "instances", "effect", "95 % interval", "result"], lines


def _by_time(rows: Sequence[SolveRow], one: str, other: str) -> list[float]:
    """The logarithms of the ratios of their times, one a question."""

    def logarithm(row: SolveRow) -> float:
        seconds = proof_seconds(row)
        return math.log(max(row.time_limit if seconds is None else seconds, SHORTEST))

    asked = [row for row in rows if not skipped(row)]
    proven = {row.question for row in asked if row.solver in (one, other) and row.status == "optimal"}
    return _differences(asked, one, other, proven, logarithm)


def _by_score(rows: Sequence[SolveRow], one: str, other: str) -> list[float]:
    """The differences of their scores, one a question."""
    best = best_known(rows)
    scores = {
        id(row): score
        for row in rows
        if row.objective is not None
        and (score := normalised_value(row.objective, row.random_mean, best[row.question])) is not None
    }
    known = [row for row in rows if id(row) in scores]
    return _differences(known, one, other, best, lambda row: scores[id(row)])


def _differences(
    rows: Sequence[SolveRow],
    one: str,
    other: str,
    questions: Collection[Question],
    value: Callable[[SolveRow], float],
) -> list[float]:
    """One a question, of the means over the seeds."""
    mine, theirs = (by_question([row for row in rows if row.solver == name]) for name in (one, other))
    return [
        fmean(map(value, mine[question])) - fmean(map(value, theirs[question]))
        for question in mine
        if question in theirs and question in questions
    ]


def _exp(value: float | None) -> float | None:
    return None if value is None else math.exp(value)


def _interval(effects: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """Their mean and the ends of its 95 % interval, by bootstrap samples of the questions."""
    if not effects:
        return None, None, None
    rng, found, n = np.random.default_rng(0), np.asarray(effects), len(effects)
    means = [found[rng.integers(n, size=(_CHUNK, n))].mean(axis=1) for _ in range(_SAMPLES // _CHUNK)]
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5])
    return float(found.mean()), float(low), float(high)
