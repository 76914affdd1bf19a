"""Numbers that compare solvers over many instances: who proves fastest, who finds best, how soon.

A solve's time is that to build and to solve.  A solver with several seeds counts once a question: each
of its runs has an equal part of that one.  Repeats of a solve stand behind one row (`middle_repeats`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from dispersion.solution import TracePoint
from dispersion.study.analysis.accuracy_correlation import best_known, reaches
from dispersion.study.rows import SolveRow
from dispersion.study.task import Question

SHORTEST = 1e-4  #: seconds; shorter times count as this, since their ratios would be those of noise

Ratios = dict[str, dict[Question, list[float]]]  #: by solver and question, one a seed; `inf`: unsolved


def total_seconds(row: SolveRow) -> float:
    """Wall time to build and to solve."""
    return row.build_seconds + row.solve_seconds


def proof_seconds(row: SolveRow) -> float | None:
    """Wall time until the optimum was proven; `None` if it was not."""
    return total_seconds(row) if row.status == "optimal" else None


def by_question(rows: Sequence[SolveRow]) -> dict[Question, list[SolveRow]]:
    """The rows that compete with each other, in their order."""
    found: dict[Question, list[SolveRow]] = {}
    for row in rows:
        found.setdefault(row.question, []).append(row)
    return found


def time_ratios(rows: Sequence[SolveRow]) -> Ratios:
    """Time to proof over the shortest of any solver, at least 1; `inf` where nothing was proven."""
    ratios: Ratios = {}
    for question, group in by_question(rows).items():
        known = [max(seconds, SHORTEST) for row in group if (seconds := proof_seconds(row)) is not None]
        shortest = min(known, default=math.inf)
        for row in group:
            seconds = proof_seconds(row)
            ratio = math.inf if seconds is None else max(seconds, SHORTEST) / shortest
            ratios.setdefault(row.solver, {}).setdefault(question, []).append(ratio)
    return ratios


def value_ratios(rows: Sequence[SolveRow]) -> Ratios:
    """Best known objective over the one found, at least 1; `inf` without one, or for 0 of more."""
    best = best_known(rows)
    ratios: Ratios = {}
    for row in rows:
        ratio = math.inf
        if row.objective is not None:
            top = best[row.question]
            if reaches(row, top):
                ratio = 1.0
            elif row.objective > 0:
                ratio = top / row.objective
        ratios.setdefault(row.solver, {}).setdefault(row.question, []).append(ratio)
    return ratios


@dataclass(frozen=True, slots=True)
class Profile:
    """A solver's performance profile, a step function.

    Attributes
    ----------
    solver : str
        Whose it is.
    ratios : tuple of float
        Ascending, finite, each once.
    shares : tuple of float
        Of all questions, those answered within each ratio of the best, in [0, 1]; ascending.
    """

    solver: str
    ratios: tuple[float, ...]
    shares: tuple[float, ...]

    def within(self, ratio: float) -> float:
        """Share of the questions answered within `ratio` of the best."""
        return max(
            (s for r, s in zip(self.ratios, self.shares, strict=True) if r <= ratio), default=0.0
        )


def performance_profiles(ratios: Ratios) -> list[Profile]:
    """One profile a solver, over all questions that were asked (Dolan and More, 2002, section 2).

    A question that a solver was not asked, or left unsolved, counts as one it never answers.
    """
    asked = {question for of_solver in ratios.values() for question in of_solver}
    return [_profile(solver, found, len(asked)) for solver, found in ratios.items()]


def _profile(solver: str, found: Mapping[Question, list[float]], asked: int) -> Profile:
    parts: dict[float, float] = {}
    for runs in found.values():
        for ratio in runs:
            if math.isfinite(ratio):
                parts[ratio] = parts.get(ratio, 0.0) + 1 / len(runs)
    steps = sorted(parts)
    shares = [min(1.0, math.fsum(parts[r] for r in steps[: k + 1]) / asked) for k in range(len(steps))]
    return Profile(solver, tuple(steps), tuple(shares))


def par10(rows: Sequence[SolveRow], factor: float = 10.0) -> float | None:
    """Mean seconds to proof over the questions, where what was not proven counts as `factor` limits.

    The penalised average run time of algorithm configuration (Hutter et al., 2009, section 2); `None`
    without rows.
    """

    def penalised(row: SolveRow) -> float:
        seconds = proof_seconds(row)
        return factor * row.time_limit if seconds is None else seconds

    times = [fmean(map(penalised, group)) for group in by_question(rows).values()]
    return fmean(times) if times else None


def shifted_mean(rows: Sequence[SolveRow], shift: float = 1.0) -> float | None:
    """Geometric mean of the seconds to proof over the questions, shifted: exp(mean log(t + s)) - s.

    What was not proven counts as its time limit.  The shift keeps times far below it from deciding
    (Achterberg, Constraint Integer Programming, 2007, appendix A.3); `None` without rows.
    """

    def logarithm(row: SolveRow) -> float:
        seconds = proof_seconds(row)
        return math.log(shift + (row.time_limit if seconds is None else seconds))

    logs = [fmean(map(logarithm, group)) for group in by_question(rows).values()]
    return math.exp(fmean(logs)) - shift if logs else None


def middle_runs(rows: Sequence[SolveRow]) -> list[SolveRow]:
    """One run of every solver for every question: of several seeds the one in the middle.

    To choose the best of several draws would credit a solver with what no single run of it does; of an
    even number the worse of the two in the middle counts.
    """
    groups: dict[tuple[str, Question], list[SolveRow]] = {}
    for row in rows:
        groups.setdefault((row.solver, row.question), []).append(row)
    return [_middle(group) for group in groups.values()]


def repeats_of(rows: Sequence[SolveRow]) -> list[list[SolveRow]]:
    """The rows, those together that differ by `repeat` only: equal solves, made for their times."""
    groups: dict[tuple[str, str, Question, int], list[SolveRow]] = {}
    for row in rows:
        groups.setdefault((row.solver, row.instance, row.question, row.seed), []).append(row)
    return list(groups.values())


def middle_repeats(rows: Sequence[SolveRow]) -> list[SolveRow]:
    """One row for the repeats of a solve: the one in the middle, by what it proved and its time.

    That is the median time where all of them proved, or none; a clock errs upwards, so a mean would
    not do.  Of an even number the slower of the two in the middle counts.
    """
    return [_middle(group) for group in repeats_of(rows)]


def _middle(group: Sequence[SolveRow]) -> SolveRow:
    return sorted(group, key=_preference)[len(group) // 2]


def virtual_best(rows: Sequence[SolveRow]) -> list[SolveRow]:
    """The row that a perfect choice of solver would have made, for every question.

    That is the fastest proof; where nobody proved, the best objective, and of equal ones the soonest.
    A solver with several seeds stands for its run in the middle (see `middle_runs`).
    """
    return [min(group, key=_preference) for group in by_question(middle_runs(rows)).values()]


def _preference(row: SolveRow) -> tuple[bool, float, float]:
    unproven = row.status != "optimal"
    value = -math.inf if row.objective is None else row.objective
    return unproven, -value if unproven else 0.0, total_seconds(row)


def primal_gap(objective: float | None, best: float) -> float:
    """``|best - objective| / max(|best|, |objective|)``, in [0, 1]: 0 if equal; 1 without an objective.

    1 as well where their signs differ (Berthold, 2013, section 2).
    """
    if objective is None:
        return 1.0
    if objective == best:
        return 0.0
    if objective * best < 0:
        return 1.0
    return abs(best - objective) / max(abs(best), abs(objective))


def primal_integral(trace: Sequence[TracePoint], best: float, until: float) -> float:
    """Integral of the primal gap from 0 to `until`, in seconds (Berthold, 2013, section 2).

    Parameters
    ----------
    trace : sequence of TracePoint
        In the order of time; the gap is 1 before the first incumbent, and what comes after `until`
        does not count.
    best : float
        The best objective known; an incumbent better than that would show as a gap.
    until : float
        Seconds; equal for solvers that are compared, so that to stop early is no merit in itself.
    """
    total, since, gap = 0.0, 0.0, 1.0
    for point in trace:
        if point.objective is None:
            continue
        now = min(max(point.seconds, since), until)
        total += gap * (now - since)
        since, gap = now, primal_gap(point.objective, best)
    return total + gap * (until - since)
