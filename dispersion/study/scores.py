"""Solvers over all instances, by the measures of solver competitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dispersion.solution import TracePoint
from dispersion.study.profiles import by_question, par10, primal_integral, virtual_best
from dispersion.study.seeds import as_count, average, counted
from dispersion.study.tasks import SolveRow
from dispersion.study.worth import best_known

SCORE_DEFINITIONS = (
    "PAR10: mean seconds to proof, where what was not proven, or was skipped, counts as ten "
    "time limits.  Virtual best: for every question the solver that proved fastest or, where none did, "
    "found best; the column counts how often a solver is that one.  Primal integral: mean seconds of "
    "|best - incumbent| / max(|best|, |incumbent|) from the start to the time limit, 1 before there is "
    "an incumbent (Berthold, 2013); best is the best known objective.  Of a solver with several seeds "
    "every number is a mean over them, and the virtual best takes its run in the middle."
)


class TraceKey(NamedTuple):
    """Which solve a trace belongs to."""

    instance: str
    p: int
    solver: str
    seed: int
    key: str = ""  #: of the solve: instances can be called alike; absent in early versions

    @classmethod
    def of(cls, row: SolveRow) -> TraceKey:
        """That of a solve's row."""
        return cls(row.instance, row.p, row.solver, row.seed, row.key)


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


def score_cells(rows: Sequence[SolveRow], traces: Traces) -> tuple[list[str], list[list[str]]]:
    """Header and text cells of the scores: one line a solver, and one for the virtual best."""
    chosen = virtual_best(rows)
    integrals = mean_primal_integral(rows, traces)
    header = ["solver", "proven", "virtual best", "PAR10 [s]"]
    lines = []
    for name in [*dict.fromkeys(row.solver for row in rows), None]:
        mine = chosen if name is None else [row for row in rows if row.solver == name]
        times = len(chosen) if name is None else sum(row.solver == name for row in chosen)
        penalised, proven = par10(mine), counted(mine, lambda row: row.status == "optimal")
        lines.append(
            [
                "virtual best" if name is None else name,
                f"{proven.text(as_count)} of {len(by_question(mine))}",
                str(times),
                "-" if penalised is None else f"{penalised:.3f}",
                *([] if not integrals else [_seconds(integrals.get(name or ""))]),
            ]
        )
    return [*header, *(["primal integral [s]"] if integrals else [])], lines


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
