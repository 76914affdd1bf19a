"""Solvers over all instances, by the measures of solver competitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

from dispersion.solution import TracePoint
from dispersion.study.profiles import par10, primal_integral, virtual_best
from dispersion.study.tasks import SolveRow
from dispersion.study.worth import best_known

SCORE_DEFINITIONS = (
    "PAR10: mean seconds to proof, where what was not proven counts as ten time limits.  Virtual best: "
    "for every question the solver that proved fastest or, where none did, found best; the column "
    "counts how often a solver is that one.  Primal integral: mean seconds of |best - incumbent| / "
    "max(|best|, |incumbent|) from the start to the time limit, 1 before there is an incumbent "
    "(Berthold, 2013); best is the best known objective."
)


class TraceKey(NamedTuple):
    """Which solve a trace belongs to."""

    instance: str
    p: int
    solver: str
    seed: int

    @classmethod
    def of(cls, row: SolveRow) -> TraceKey:
        """That of a solve's row."""
        return cls(row.instance, row.p, row.solver, row.seed)


Traces = Mapping[TraceKey, Sequence[TracePoint]]


def mean_primal_integral(rows: Sequence[SolveRow], traces: Traces) -> dict[str, float]:
    """Mean primal integral of every solver, in seconds; solvers without any trace are left out.

    A solve without a trace among others that have one counts with a gap of 1 to its time limit if it
    found nothing, and is left out if it did.
    """
    best = best_known(rows)
    found: dict[str, list[float]] = {}
    for row in rows:
        trace = traces.get(TraceKey.of(row))
        if row.question in best and (trace is not None or row.objective is None):
            value = primal_integral(trace or (), best[row.question], row.time_limit)
            found.setdefault(row.solver, []).append(value)
    known = {key.solver for key in traces}
    return {solver: fmean(values) for solver, values in found.items() if solver in known}


def score_cells(rows: Sequence[SolveRow], traces: Traces) -> tuple[list[str], list[list[str]]]:
    """Header and text cells of the scores: one line a solver, and one for the virtual best."""
    chosen = virtual_best(rows)
    integrals = mean_primal_integral(rows, traces)
    header = ["solver", "proven", "virtual best", "PAR10 [s]"]
    lines = []
    for name in [*dict.fromkeys(row.solver for row in rows), None]:
        mine = chosen if name is None else [row for row in rows if row.solver == name]
        times = len(chosen) if name is None else sum(row.solver == name for row in chosen)
        penalised = par10(mine)
        lines.append(
            [
                "virtual best" if name is None else name,
                f"{sum(row.status == 'optimal' for row in mine)} of {len(mine)}",
                str(times),
                "-" if penalised is None else f"{penalised:.3f}",
                *([] if not integrals else [_seconds(integrals.get(name or ""))]),
            ]
        )
    return [*header, *(["primal integral [s]"] if integrals else [])], lines


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
