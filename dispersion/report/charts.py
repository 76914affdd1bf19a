"""Pictures of all solves at once, each with the question it answers; none that would say nothing."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from dispersion.report.blocks import Picture
from dispersion.report.svg import draw, inline_svg
from dispersion.report.words import count, listed
from dispersion.study.analysis.profiles import by_question, middle_repeats, total_seconds
from dispersion.study.labels import rows_apart
from dispersion.study.plots.gaps import gap_against_time
from dispersion.study.plots.growth import time_against_n
from dispersion.study.plots.profiles import cactus, performance_profile
from dispersion.study.plots.scatter import times_against_baseline
from dispersion.study.plots.traces import bound_and_incumbent
from dispersion.study.rows import SolveRow, TraceKey
from dispersion.study.study import Study


def charts(study: Study) -> list[Picture]:
    """All that these solves and traces allow."""
    rows = middle_repeats(study.solves)
    return [
        *_proofs(rows),
        *_values(rows),
        *_gaps(rows),
        *_growth(rows),
        *_scatter(rows),
        *_traces(study),
    ]


def _picture(ax: Axes, name: str, alt: str, caption: str) -> Picture:
    return Picture(inline_svg(ax, name, alt), caption)


def _solvers(rows: Sequence[SolveRow]) -> str:
    return count(len({row.solver for row in rows}), "solver")


def _proofs(rows: Sequence[SolveRow]) -> list[Picture]:
    if all(row.status != "optimal" for row in rows):
        return []
    return [
        _picture(
            draw(performance_profile, rows, "time"),
            "profile-time",
            f"Performance profile of the time to proof, a curve for each of {_solvers(rows)}.",
            "Who proves fastest?  Left end: how often a solver is the fastest; right end: how often it "
            "proves at all.",
        ),
        _picture(
            draw(cactus, rows),
            "cactus",
            f"Cactus plot: the time needed for so many proofs, a curve for each of {_solvers(rows)}.",
            "How many proofs within what time?  Lower and further right is better; dotted: the limit.",
        ),
    ]


def _values(rows: Sequence[SolveRow]) -> list[Picture]:
    if all(row.objective is None for row in rows):
        return []
    return [
        _picture(
            draw(performance_profile, rows, "value"),
            "profile-value",
            f"Performance profile of the objective, a curve for each of {_solvers(rows)}.",
            "Who finds best?  Left end: how often a solver finds the best known value.",
        )
    ]


def _gaps(rows: Sequence[SolveRow]) -> list[Picture]:
    if all(row.gap is None for row in rows):
        return []
    return [
        _picture(
            draw(gap_against_time, rows),
            "gaps",
            f"Gap against time, one point per solve, of {_solvers(rows)}.",
            "How far from its own proof did a solve end?",
        )
    ]


def _growth(rows: Sequence[SolveRow]) -> list[Picture]:
    sizes = sorted({row.n for row in rows})
    if len(sizes) < 2:
        return []
    return [
        _picture(
            draw(time_against_n, rows),
            "growth",
            f"Time of every solve against the number of points, from {sizes[0]} to {sizes[-1]}.",
            "How does time grow?  Lines join medians; a cross is a solve that the limit stopped.",
        )
    ]


def _scatter(rows: Sequence[SolveRow]) -> list[Picture]:
    """Against the solver with the most proofs, if another proves anything too."""
    proofs = [row.solver for row in rows if row.status == "optimal"]
    names = sorted(dict.fromkeys(proofs), key=lambda name: -proofs.count(name))
    if len(names) < 2:
        return []
    baseline, *others = names
    return [
        _picture(
            draw(times_against_baseline, rows, baseline, others),
            "scatter",
            f"Time to proof of {listed(others)} against that of {baseline}, with lines of factors.",
            f"How much slower than {baseline}?  Crosses, at the limit, were not proven by both.",
        )
    ]


def _traces(study: Study) -> list[Picture]:
    """Of the question that cost the most time, for the first seed of every solver."""
    points = study.trace_points()
    groups = [
        [row for row in group if TraceKey.of(row) in points]
        for group in by_question(study.solves).values()
    ]
    group = max(groups, key=lambda rows: sum(map(total_seconds, rows)), default=[])
    if not group:
        return []
    first = {row.solver: row for row in reversed(group)}
    shown = {name: points[TraceKey.of(row)] for name, row in reversed(first.items())}
    named = dict(zip(map(id, study.solves), rows_apart(study.solves), strict=True))
    where = f"{named[id(group[0])].instance}, {group[0].question.asked}"
    return [
        _picture(
            draw(bound_and_incumbent, shown, max(map(total_seconds, group))),
            "traces",
            f"Incumbent and bound over time on {where}, of {_solvers(group)}.",
            f"Who closes the gap, and when?  On {where}, which cost the most time.",
        )
    ]
