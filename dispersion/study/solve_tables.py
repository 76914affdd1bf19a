"""The tables of solves as text cells: every solve, every question, every solver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from dispersion.random_baseline import normalised_value
from dispersion.study.analysis.accuracy_correlation import best_known, reaches
from dispersion.study.analysis.profiles import by_question, total_seconds
from dispersion.study.analysis.seeds import as_count, average, counted, seeds_of, total
from dispersion.study.analysis.skips import skipped
from dispersion.study.labels import rows_apart
from dispersion.study.rows import SolveRow
from dispersion.study.task import Question

Cells = tuple[list[str], list[list[str]]]  #: header and lines


def number(value: float | None, pattern: str) -> str:
    """A number, or a dash where there is none."""
    return "-" if value is None else format(value, pattern)


def _asked(rows: Sequence[SolveRow]) -> list[str]:
    """The columns that say what is asked."""
    return ["instance", "n", "p" if all(row.at_least is None for row in rows) else "at least"]


def _size(row: SolveRow) -> str:
    return str(row.p) if row.at_least is None else f"{row.at_least:.6g}"


def _seconds(value: float, digits: int, shared: bool) -> str:
    return f"{'~' if shared else ''}{value:.{digits}f}"


def _normalised(row: SolveRow, best: dict[Question, float]) -> float | None:
    if row.objective is None:
        return None
    return normalised_value(row.objective, row.random_mean, best[row.question])


def solve_cells(rows: Sequence[SolveRow]) -> Cells:
    """Header and text cells of the table of solves, one line per instance and solver.

    Several seeds have a line each, and one more with their mean and half their range.
    """
    header = [*_asked(rows), "solver", "objective", "bound", "gap", "score", "status"]
    best = best_known(rows)
    several = {name for name in {row.solver for row in rows} if len(_seeds(rows, name)) > 1}
    lines = []
    for group in by_question(rows_apart(rows)).values():
        for name in dict.fromkeys(row.solver for row in group):
            mine = [row for row in group if row.solver == name]
            lines += [_solve_line(row, name in several, best) for row in mine]
            if len(seeds_of(mine)) > 1:
                lines.append(_mean_line(mine, best))
    return [*header, "build s", "solve s"], lines


def _seeds(rows: Sequence[SolveRow], solver: str) -> list[int]:
    return seeds_of([row for row in rows if row.solver == solver])


def _solve_line(row: SolveRow, several: bool, best: dict[Question, float]) -> list[str]:
    return [
        row.instance,
        str(row.n),
        _size(row),
        row.solver + (f" #{row.seed}" if several else ""),
        number(row.objective, ".6g"),
        number(row.bound, ".6g"),
        number(row.gap, ".2%"),
        number(_normalised(row, best), ".3f"),
        row.status,
        _seconds(row.build_seconds, 3, row.shared),
        _seconds(row.solve_seconds, 3, row.shared),
    ]


def _mean_line(rows: Sequence[SolveRow], best: dict[Question, float]) -> list[str]:
    """Mean and half the range of one solver's seeds on one question."""
    value = average(rows, lambda row: row.objective)
    gap, way = average(rows, lambda row: row.gap), average(rows, lambda row: _normalised(row, best))
    ended = Counter(row.status for row in rows)
    shared = any(row.shared for row in rows)
    return [
        rows[0].instance,
        str(rows[0].n),
        _size(rows[0]),
        f"{rows[0].solver}, mean of {len(seeds_of(rows))}",
        "-" if value is None else value.short(lambda x: f"{x:.6g}"),
        "-",
        "-" if gap is None else gap.short(lambda x: f"{x:.2%}"),
        "-" if way is None else way.short(lambda x: f"{x:.3f}"),
        rows[0].status if len(ended) == 1 else ", ".join(f"{ended[s]} {s}" for s in ended),
        _seconds(fmean(row.build_seconds for row in rows), 3, shared),
        _seconds(fmean(row.solve_seconds for row in rows), 3, shared),
    ]


def summary_cells(rows: Sequence[SolveRow]) -> Cells:
    """Header and text cells of the verdict: one line per solver, over all instances.

    Of several seeds every number is the mean, with the range in brackets; see `SEEDS_DEFINITION`.
    """
    header = ["solver", "solves", "proven", "best found", "mean gap", "score", "total s"]
    best = best_known(rows)
    skips = any(map(skipped, rows))
    lines = []
    for name in dict.fromkeys(row.solver for row in rows):
        mine = [row for row in rows if row.solver == name]
        cells = _summary_line(mine, best)
        lines.append([name, *cells[:1], *([str(sum(map(skipped, mine)))] if skips else []), *cells[1:]])
    return [*header[:2], *(["skipped"] if skips else []), *header[2:]], lines


def _summary_line(mine: Sequence[SolveRow], best: dict[Question, float]) -> list[str]:
    proven = counted(mine, lambda row: row.status == "optimal")
    found = counted(mine, lambda row: row.objective is not None and reaches(row, best[row.question]))
    gap, way = average(mine, lambda row: row.gap), average(mine, lambda row: _normalised(row, best))
    spent = total(mine, total_seconds)
    return [
        str(len(mine)),
        proven.text(as_count),
        found.text(as_count),
        "-" if gap is None else gap.text(lambda x: f"{x:.2%}"),
        "-" if way is None else way.text(lambda x: f"{x:.3f}"),
        _seconds(spent.mean if spent else 0.0, 2, any(row.shared for row in mine)),
    ]


def value_cells(rows: Sequence[SolveRow]) -> Cells:
    """Header and text cells of best values and bounds: one line per question, with their solvers."""
    header = [*_asked(rows), "best value", "found by", "best bound", "bound by", "gap"]
    groups = by_question(rows_apart(rows)).values()
    return [*header, "published"], [_value_line(group) for group in groups]


def _value_line(group: Sequence[SolveRow]) -> list[str]:
    value = max((row.objective for row in group if row.objective is not None), default=None)
    bound = min((row.bound for row in group if row.bound is not None), default=None)
    published = [row.published for row in group if row.published is not None]
    gap = None
    if value is not None and bound is not None:
        gap = max(bound - value, 0.0) / bound if bound else 0.0
    found = {row.solver: None for row in group if value is not None and reaches(row, value)}
    proved = {row.solver: None for row in group if bound is not None and row.bound == bound}
    return [
        ", ".join(dict.fromkeys(row.instance for row in group)),  # equal ones may have several names
        str(group[0].n),
        _size(group[0]),
        number(value, ".6g"),
        ", ".join(found) or "-",
        number(bound, ".6g"),
        ", ".join(proved) or "-",
        number(gap, ".2%"),
        number(published[0] if published else None, ".6g"),
    ]
