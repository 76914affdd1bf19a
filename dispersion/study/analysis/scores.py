"""Solvers over all instances, by the measures of solver competitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dispersion.solution import TracePoint
from dispersion.study.analysis.accuracy_correlation import best_known
from dispersion.study.analysis.profiles import (
    by_question,
    middle_repeats,
    par10,
    primal_integral,
    shifted_mean,
    virtual_best,
)
from dispersion.study.analysis.seeds import Spread, as_count, average, counted, seeds_of
from dispersion.study.rows import SolveRow, TraceKey

SCORE_DEFINITIONS = (
    "All times are seconds to a proof.  Shifted mean: their geometric mean with a shift of 1 s, "
    "exp(mean of log(t + 1)) - 1; an instance without a proof, or skipped, counts as its time limit.  "
    "PAR10: their mean; such an instance counts as ten time limits.  Virtual best: for every instance "
    "the solver with the fastest proof or, if there is no proof, with the best value; the column "
    "counts how often it is this solver.  Primal integral: mean over the instances of "
    "|best - incumbent| / max(|best|, |incumbent|), integrated over the seconds from the start to the "
    "time limit, and 1 before the first incumbent (Berthold, 2013); best is the best known objective; "
    "on k: over k of the instances, as the others have no trace.  For a solver with several seeds the "
    "numbers are means over these, and the virtual best takes its median run.  Of several repeats the "
    "one with the middle time counts."
)


Traces = Mapping[TraceKey, Sequence[TracePoint]]


def mean_primal_integral(rows: Sequence[SolveRow], traces: Traces) -> dict[str, tuple[float, int]]:
    """Mean primal integral of every solver, in seconds, and over how many questions.

    Solvers without any trace are left out.
    A solve without a trace among others that have one counts with a gap of 1 to its time limit if it
    found nothing, and is left out if it did.
    """
    best = best_known(rows)

    def integral(row: SolveRow) -> float | None:
        trace = traces.get(TraceKey.of(row))
        if row.question not in best or (trace is None and row.objective is not None):
            return None
        return primal_integral(trace or (), best[row.question], row.time_limit)

    found = {}
    for solver in {key.solver for key in traces}:
        known = [row for row in rows if row.solver == solver and integral(row) is not None]
        spread = average(known, integral)
        if spread is not None:
            found[solver] = spread.mean, len(by_question(known))
    return found


@dataclass(frozen=True, slots=True)
class Score:
    """One solver over all questions, or the virtual best; see `SCORE_DEFINITIONS`.

    Attributes
    ----------
    solver : str
        Its name, or "virtual best".
    questions, seeds, repeats : int
        How many it was asked, and with how many seeds and how many times with each.
    proven : Spread
        How many it proved: mean over the seeds, and the range.
    virtual_best : int
        On how many it is the best.
    shifted_mean, par10, primal_integral : float or None
        In seconds; `None` where nothing is known.  The first two are over all questions.
    primal_integral_questions : int
        Over how many the last is.
    """

    solver: str
    questions: int
    seeds: int
    repeats: int
    proven: Spread
    virtual_best: int
    shifted_mean: float | None
    par10: float | None
    primal_integral: float | None
    primal_integral_questions: int


def scores(rows: Sequence[SolveRow], traces: Traces) -> list[Score]:
    """The scores of every solver, and at the end those of the virtual best."""
    repeats = {name: {row.repeat for row in rows if row.solver == name} for name in _solvers(rows)}
    rows = middle_repeats(rows)
    chosen, integrals = virtual_best(rows), mean_primal_integral(rows, traces)
    groups = {name: [row for row in rows if row.solver == name] for name in repeats}
    return [
        _score(
            name,
            mine,
            runs=(len(seeds_of(mine)), len(repeats[name])),
            best=sum(row.solver == name for row in chosen),
            integral=integrals.get(name, (None, 0)),
        )
        for name, mine in groups.items()
    ] + [_score("virtual best", chosen, (1, 1), len(chosen), (None, 0))]


def _score(
    name: str,
    mine: Sequence[SolveRow],
    runs: tuple[int, int],
    best: int,
    integral: tuple[float | None, int],
) -> Score:
    return Score(
        solver=name,
        questions=len(by_question(mine)),
        seeds=runs[0],
        repeats=runs[1],
        proven=counted(mine, lambda row: row.status == "optimal"),
        virtual_best=best,
        shifted_mean=shifted_mean(mine),
        par10=par10(mine),
        primal_integral=integral[0],
        primal_integral_questions=integral[1],
    )


def score_cells(rows: Sequence[SolveRow], traces: Traces) -> tuple[list[str], list[list[str]]]:
    """Header and text cells of the scores: one line per solver, and one for the virtual best."""
    found = scores(rows, traces)
    *solvers, _ = found
    seeds = any(one.seeds > 1 for one in solvers)
    timed = any(one.primal_integral is not None for one in found)
    header = ["solver", *(["seeds"] if seeds else []), "proven", "virtual best"]
    header += ["shifted mean [s]", "PAR10 [s]", *(["primal integral [s]"] if timed else [])]
    lines = [
        [
            one.solver,
            *([str(one.seeds) if one in solvers else "-"] if seeds else []),
            f"{one.proven.text(as_count)} of {one.questions}",
            str(one.virtual_best),
            _seconds(one.shifted_mean, 3),
            _seconds(one.par10, 3),
            *([_integral(one)] if timed else []),
        ]
        for one in found
    ]
    return header, lines


def _solvers(rows: Sequence[SolveRow]) -> list[str]:
    return list(dict.fromkeys(row.solver for row in rows))


def _seconds(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _integral(one: Score) -> str:
    known = one.primal_integral_questions
    of = "" if known in (0, one.questions) else f" on {known}"
    return _seconds(one.primal_integral, 4) + of
