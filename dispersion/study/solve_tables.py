"""The tables of solves as text cells: every solve, every question, every solver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence

from dispersion.random_baseline import normalised_value
from dispersion.study.analysis.accuracy_correlation import best_known, reaches
from dispersion.study.analysis.profiles import (
    by_question,
    middle_repeats,
    repeats_of,
    total_seconds,
)
from dispersion.study.analysis.seeds import Spread, as_count, average, counted, seeds_of, total
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

    Several seeds have a line each, and one more with their mean and half their range.  Repeats have one
    line, see `REPEATS_DEFINITION`.
    """
    header = [*_asked(rows), "solver", "objective", "bound", "gap", "score", "status"]
    best = best_known(rows)
    several = {name for name in {row.solver for row in rows} if len(_seeds(rows, name)) > 1}
    lines = []
    for group in by_question(rows_apart(rows)).values():
        for name in dict.fromkeys(row.solver for row in group):
            mine = [row for row in group if row.solver == name]
            lines += [_solve_line(repeats, name in several, best) for repeats in repeats_of(mine)]
            if len(seeds_of(mine)) > 1:
                lines.append(_mean_line(middle_repeats(mine), best))
    return [*header, "build s", "solve s"], lines


def _seeds(rows: Sequence[SolveRow], solver: str) -> list[int]:
    return seeds_of([row for row in rows if row.solver == solver])


def _solve_line(repeats: Sequence[SolveRow], several: bool, best: dict[Question, float]) -> list[str]:
    [row] = middle_repeats(repeats)
    shared = any(one.shared for one in repeats)

    def times(value: Callable[[SolveRow], float]) -> str:
        found = [*map(value, repeats)]
        spread = Spread(value(row), min(found), max(found))
        return spread.text(lambda seconds: _seconds(seconds, 3, shared))

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
        times(lambda one: one.build_seconds),
        times(lambda one: one.solve_seconds),
    ]


def _mean_line(rows: Sequence[SolveRow], best: dict[Question, float]) -> list[str]:
    """Mean and half the range of one solver's seeds on one question."""

    def mean(value: Callable[[SolveRow], float | None], pattern: str, mark: str = "") -> str:
        found = average(rows, value)
        return "-" if found is None else mark + found.short(lambda number: format(number, pattern))

    ended = Counter(row.status for row in rows)
    mark = "~" if any(row.shared for row in rows) else ""
    return [
        rows[0].instance,
        str(rows[0].n),
        _size(rows[0]),
        f"{rows[0].solver}, mean of {len(seeds_of(rows))}",
        mean(lambda row: row.objective, ".6g"),
        "-",
        mean(lambda row: row.gap, ".2%"),
        mean(lambda row: _normalised(row, best), ".3f"),
        rows[0].status if len(ended) == 1 else ", ".join(f"{ended[s]} {s}" for s in ended),
        mean(lambda row: row.build_seconds, ".3f", mark),
        mean(lambda row: row.solve_seconds, ".3f", mark),
    ]


def summary_cells(rows: Sequence[SolveRow]) -> Cells:
    """Header and text cells of the verdict: one line per solver, over all instances.

    Of several seeds every number is the mean, with the range in brackets; see `SEEDS_DEFINITION`.
    """
    best = best_known(rows)
    solvers = {name: [row for row in rows if row.solver == name] for name in _solvers(rows)}
    counts = _shown_counts(solvers.values())
    header = ["solver", *counts, "proven", "best found", "mean gap", "score", "total s"]
    lines = []
    for name, mine in solvers.items():
        told = [str(count(mine)) for count in counts.values()]
        lines.append([name, *told, *_summary_line(middle_repeats(mine), best)])
    return header, lines


def _solvers(rows: Sequence[SolveRow]) -> list[str]:
    return list(dict.fromkeys(row.solver for row in rows))


_COUNTS: dict[str, Callable[[Sequence[SolveRow]], int]] = {
    "instances": lambda mine: len(by_question(mine)),
    "seeds": lambda mine: len(seeds_of(mine)),
    "repeats": lambda mine: len({row.repeat for row in mine}),
    "solves": len,
    "skipped": lambda mine: sum(map(skipped, mine)),
}  #: how many there are behind the numbers of a solver


def _shown_counts(
    solvers: Collection[Sequence[SolveRow]],
) -> dict[str, Callable[[Sequence[SolveRow]], int]]:
    """Those counts that say something: seeds, repeats and skips only where there are any."""
    several = {name for name in ("seeds", "repeats") if any(_COUNTS[name](of) > 1 for of in solvers)}
    wanted = {"solves", *several, *(["instances"] if several else [])}
    if any(_COUNTS["skipped"](of) for of in solvers):
        wanted.add("skipped")
    return {name: _COUNTS[name] for name in _COUNTS if name in wanted}


def _summary_line(mine: Sequence[SolveRow], best: dict[Question, float]) -> list[str]:
    proven = counted(mine, lambda row: row.status == "optimal")
    found = counted(mine, lambda row: row.objective is not None and reaches(row, best[row.question]))
    spent, mark = total(mine, total_seconds), "~" if any(row.shared for row in mine) else ""
    return [
        proven.text(as_count),
        found.text(as_count),
        _mean(mine, lambda row: row.gap, ".2%"),
        _mean(mine, lambda row: _normalised(row, best), ".3f"),
        "-" if spent is None else mark + spent.text(lambda x: f"{x:.2f}"),
    ]


def _mean(mine: Sequence[SolveRow], value: Callable[[SolveRow], float | None], pattern: str) -> str:
    """The mean over the questions, and over how many where not all of them have such a number."""
    found = average(mine, value)
    if found is None:
        return "-"
    known = len({row.question for row in mine if value(row) is not None})
    of = "" if known == len(by_question(mine)) else f" on {known}"
    return found.text(lambda number: format(number, pattern)) + of


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
