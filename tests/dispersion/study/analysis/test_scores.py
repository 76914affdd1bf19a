"""The table of scores, line by line."""

import math
from collections.abc import Callable

from dispersion.solution import TracePoint
from dispersion.study.analysis.scores import mean_primal_integral, score_cells
from dispersion.study.rows import SolveRow, TraceKey

SolveRows = Callable[..., SolveRow]


def rows_of(solve_row: SolveRows) -> list[SolveRow]:
    """One instance proven by `clique`, one by nobody, on which `lost` found nothing at all."""
    proven = {"status": "optimal", "build_seconds": 0.0, "solve_seconds": 2.0, "objective": 4.0}
    return [
        solve_row(solver="clique", instance="x", **proven),
        solve_row(solver="clique", instance="y", objective=1.0),
        solve_row(solver="tabu", instance="x", objective=2.0, status="feasible"),
        solve_row(solver="tabu", instance="y", objective=2.0, status="feasible"),
        solve_row(solver="lost", instance="y", objective=None),
    ]


def test_scores_by_hand(solve_row: SolveRows) -> None:
    """Proofs, choices and PAR10 of every solver, and of a perfect choice among them."""
    header, lines = score_cells(rows_of(solve_row), {})
    assert header == ["solver", "proven", "virtual best", "shifted mean [s]", "PAR10 [s]"]
    shifted = f"{math.sqrt(3.0 * 11.0) - 1.0:.3f}"  # 2 s, and the limit of 10 s
    assert lines == [
        ["clique", "1 of 2", "1", shifted, "51.000"],
        ["tabu", "0 of 2", "1", "10.000", "100.000"],
        ["lost", "0 of 1", "0", "10.000", "100.000"],
        ["virtual best", "1 of 2", "2", shifted, "51.000"],
    ]
    assert score_cells([], {})[1] == [["virtual best", "0 of 0", "0", "-", "-"]]


def test_integrals_appear_with_traces(solve_row: SolveRows) -> None:
    """The mean over the solves with a trace; what found nothing lost its whole time."""
    rows = rows_of(solve_row)
    traces = {
        TraceKey.of(rows[0]): [TracePoint(1.0, 4.0, None)],  # 1 s of nothing
        TraceKey.of(rows[1]): [TracePoint(0.0, 1.0, None)],  # 10 s at a half
        TraceKey("x", 32, "lost", 0): [TracePoint(0.0, 4.0, None)],
    }
    assert mean_primal_integral(rows, traces) == {"clique": (3.0, 2), "lost": (10.0, 1)}
    header, lines = score_cells(rows, traces)
    assert header[-1] == "primal integral [s]"
    assert [line[-1] for line in lines] == ["3.0000", "-", "10.0000", "-"]
    del traces[TraceKey.of(rows[1])]  # the answer to y is there, its trace is not
    assert mean_primal_integral(rows, traces)["clique"] == (1.0, 1)
    assert score_cells(rows, traces)[1][0][-1] == "1.0000 on 1"
