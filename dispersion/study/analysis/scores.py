"""Solvers over all instances, by the measures of solver competitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dispersion.solution import TracePoint
from dispersion.study.analysis.accuracy_correlation import best_known
from dispersion.study.analysis.profiles import by_question, par10, primal_integral, virtual_best
from dispersion.study.analysis.seeds import Spread, as_count, average, counted
from dispersion.study.rows import SolveRow, TraceKey

SCORE_DEFINITIONS = (
    "PAR10: mean seconds to a proof; an instance without a proof, or skipped, counts as ten time "
    "limits.  Virtual best: for every instance the solver with the fastest proof or, if there is no "
    "proof, with the best value; the column counts how often it is this solver.  Primal integral: mean "
    "over the instances of |best - incumbent| / max(|best|, |incumbent|), integrated over the seconds "
    "from the start to the time limit, and 1 before the first incumbent (Berthold, 2013); best is the "
    "best known objective.  For a solver with several seeds the numbers are means, and the virtual "
    "best takes its median run."
)


Traces = Mapping[TraceKey, Sequence[TracePoint]]


def mean_primal_integral(rows: Sequence[SolveRow], traces: Traces) -> dict[str, float]:
    """Mean primal integral of every solver over the questions, in seconds.

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
        spread = average([row for row in rows if row.solver == solver], integral)
        if spread is not None:
            found[solver] = spread.mean
    return found


@dataclass(frozen=True, slots=True)
class Score:
    """One solver over all questions, or the virtual best; see `SCORE_DEFINITIONS`.

    Attributes
    ----------
    solver : str
        Its name, or "virtual best".
    questions : int
        How many it was asked.
    proven : Spread
        How many it proved: mean over the seeds, and the range.
    virtual_best : int
        On how many it is the best.
    par10, primal_integral : float or None
        In seconds; `None` where nothing is known.
    """

    solver: str
    questions: int
    proven: Spread
    virtual_best: int
    par10: float | None
    primal_integral: float | None


def scores(rows: Sequence[SolveRow], traces: Traces) -> list[Score]:
    """The scores of every solver, and at the end those of the virtual best."""
    chosen, integrals = virtual_best(rows), mean_primal_integral(rows, traces)
    groups = {name: [row for row in rows if row.solver == name] for name in _solvers(rows)}
    return [
        Score(
            solver=name,
            questions=len(by_question(mine)),
            proven=counted(mine, lambda row: row.status == "optimal"),
            virtual_best=sum(row.solver == name for row in chosen) if name in groups else len(chosen),
            par10=par10(mine),
            primal_integral=integrals.get(name),
        )
        for name, mine in [*groups.items(), ("virtual best", chosen)]
    ]


def score_cells(rows: Sequence[SolveRow], traces: Traces) -> tuple[list[str], list[list[str]]]:
    """Header and text cells of the scores: one line per solver, and one for the virtual best."""
    found = scores(rows, traces)
    timed = any(one.primal_integral is not None for one in found)
    header = ["solver", "proven", "virtual best", "PAR10 [s]"]
    lines = [
        [
            one.solver,
            f"{one.proven.text(as_count)} of {one.questions}",
            str(one.virtual_best),
            "-" if one.par10 is None else f"{one.par10:.3f}",
            *([_seconds(one.primal_integral)] if timed else []),
        ]
        for one in found
    ]
    return [*header, *(["primal integral [s]"] if timed else [])], lines


def _solvers(rows: Sequence[SolveRow]) -> list[str]:
    return list(dict.fromkeys(row.solver for row in rows))


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
