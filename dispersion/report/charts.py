"""Pictures of all solves at once, each with the question it answers; none that would say nothing."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from dispersion.report.blocks import Picture
from dispersion.report.svg import draw, inline_svg
from dispersion.report.words import listed
from dispersion.study.analysis.profiles import (
    by_question,
    middle_repeats,
    middle_runs,
    total_seconds,
)
from dispersion.study.labels import rows_apart
from dispersion.study.plots.gaps import gap_against_time
from dispersion.study.plots.growth import time_against_n
from dispersion.study.plots.profiles import cactus, performance_profile
from dispersion.study.plots.scatter import times_against_baseline
from dispersion.study.plots.traces import bound_and_incumbent
from dispersion.study.plotting.canvas import COLOURS, solver_names
from dispersion.study.rows import SolveRow, TraceKey
from dispersion.study.study import Study
from solvers.lookup import baselines


def charts(study: Study) -> list[Picture]:
    """All that these solves and traces allow."""
    rows = middle_repeats(study.solves)
    several = len(by_question(rows)) > 1  # of one question the tables say all
    return [
        *(_proofs(rows) if several else []),
        *(_values(rows) if several else []),
        *_gaps(rows),
        *_growth(rows),
        *(_scatter(rows) if several else []),
        *_traces(study),
    ]


def _picture(ax: Axes, name: str, alt: str, caption: str) -> Picture:
    return Picture(inline_svg(ax, name, alt), caption)


def _grey(rows: Sequence[SolveRow], drawn: Sequence[str]) -> str:
    """How those are told apart for whom no colour is left, if any of them is drawn."""
    grey = solver_names(rows)[len(COLOURS) :]
    return "  Grey solvers are told apart by their markers." if {*grey} & {*drawn} else ""


def _provers(rows: Sequence[SolveRow]) -> list[str]:
    """Those that prove anything with their run in the middle, the most proofs first."""
    proofs = [row.solver for row in middle_runs(rows) if row.status == "optimal"]
    return sorted(dict.fromkeys(proofs), key=lambda name: -proofs.count(name))


def _proofs(rows: Sequence[SolveRow]) -> list[Picture]:
    """What is proven when, of those who prove; a profile needs two of them to compare."""
    provers = _provers(rows)
    if not provers:
        return []
    others = [name for name in solver_names(rows) if name not in provers]
    left_out = f"  Not drawn, since they proved nothing: {listed(others)}." if others else ""
    left_out += _grey(rows, provers)
    profile = _picture(
        draw(performance_profile, rows, "time"),
        "profile-time",
        f"Performance profile of the time to proof, a curve for each of {listed(provers)}.",
        "Who proves fastest?  Left end: how often a solver is the fastest; right end: how often it "
        f"proves at all.{left_out}",
    )
    proofs = _picture(
        draw(cactus, rows),
        "cactus",
        f"Cactus plot: the time needed for so many proofs, a curve for each of {listed(provers)}.",
        "How many proofs within what time?  Lower and further right is better; dotted: the limit, "
        f"where it stopped one of them.{left_out}",
    )
    return [profile, proofs] if len(provers) > 1 else [proofs]


def _values(rows: Sequence[SolveRow]) -> list[Picture]:
    """Who finds best; one solver alone is always the best."""
    names = solver_names(rows)
    if len(names) < 2 or all(row.objective is None for row in rows):
        return []
    return [
        _picture(
            draw(performance_profile, rows, "value"),
            "profile-value",
            f"Performance profile of the objective, a curve for each of {listed(names)}.",
            "Who finds best?  Left end: how often a solver finds the best known value; then: how often "
            f"it is at most so far below it.{_grey(rows, names)}",
        )
    ]


def _gaps(rows: Sequence[SolveRow]) -> list[Picture]:
    """Where anything was left open; the other pictures show the times of proofs better."""
    if not any(row.gap for row in rows):
        return []
    names = solver_names([row for row in rows if row.gap is not None])
    return [
        _picture(
            draw(gap_against_time, rows),
            "gaps",
            f"Gap against time, one point per solve, of {listed(names)}.",
            "How far from its own proof did a solve end?  Those below the line ended with a proof, "
            "those right of the dotted line at the time limit; every solver has its lane and its "
            "column, in the order of the names.  "
            f"Solvers without a bound are not drawn.{_grey(rows, names)}",
        )
    ]


def _growth(rows: Sequence[SolveRow]) -> list[Picture]:
    sizes = sorted({row.n for row in rows})
    if len(sizes) < 2:
        return []
    names = solver_names(rows)
    return [
        _picture(
            draw(time_against_n, rows),
            "growth",
            f"Time of every solve against the number of points, from {sizes[0]} to {sizes[-1]}, with a "
            f"line for each of {listed(names)}.",
            "How does time grow?  Lines join medians; a cross is a solve that was stopped, and a "
            "median is hollow where half of its solves were.  Solvers stand side by side."
            f"{_grey(rows, names)}",
        )
    ]


def _scatter(rows: Sequence[SolveRow]) -> list[Picture]:
    """Against the solver with the most proofs, if another proves anything too."""
    baseline, *others = _provers(rows) or [""]
    if not others:
        return []
    return [
        _picture(
            draw(times_against_baseline, rows, baseline, others),
            "scatter",
            f"Time to proof of {listed(others)} against that of {baseline}, one point per question, "
            "with lines of equal factors.",
            f"How much slower than {baseline}?  Hollow ones beyond the time limit (dashed) were proven "
            f"by one of the two only.{_grey(rows, others)}",
        )
    ]


def _traces(study: Study) -> list[Picture]:
    """Of the question that cost the most time, for the first seed of every solver but the baselines."""
    points = study.trace_points()
    random = {name for row in study.solves[:1] for name in baselines(row.objective_name)}
    rows = [row for row in study.solves if TraceKey.of(row) in points and row.solver not in random]
    groups = by_question(rows).values()
    group = max(groups, key=lambda rows: sum(map(total_seconds, rows)), default=[])
    if not group:
        return []
    first = {row.solver: row for row in reversed(group)}
    shown = {name: points[TraceKey.of(row)] for name, row in reversed(first.items())}
    named = dict(zip(map(id, study.solves), rows_apart(study.solves), strict=True))
    names = solver_names(study.solves)
    where = f"{named[id(group[0])].instance}, {group[0].question.asked}"
    return [
        _picture(
            draw(bound_and_incumbent, shown, max(map(total_seconds, group)), names=names),
            "traces",
            f"Incumbent and bound over time on {where}, of {listed(list(shown))}.",
            f"Who closes the gap, and when?  On {where}, which cost the most time."
            f"{_grey(study.solves, list(shown))}",
        )
    ]
