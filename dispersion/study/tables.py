"""What a study prints: a rich table for a terminal, or Markdown, CSV or JSON for a pipe."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Sequence
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table

from dispersion.study.tasks import COLUMNS, RECOVERIES, NetworkRow, Question, SolveRow
from dispersion.study.worth import best_known, reaches, worth_lines
from dispersion.yardstick import share_of_the_way

_TEXT_COLUMNS = ("instance", "solver", "status", "method", "found by", "bound by")

FORMATS = ("table", "markdown", "csv", "json")

GAP_DEFINITION = "gap = (bound - objective) / bound; no bound, no gap."
WAY_DEFINITION = (
    "of the way = (objective - random mean) / (best known - random mean): 0 is random (the mean of\n"
    "100 uniform selections), 1 the best any solver found.  #k: with seed k."
)
SHARED_DEFINITION = "~: timed while other solves ran on the same machine; alone it is faster."


def shared_note(rows: Sequence[SolveRow]) -> str | None:
    """The meaning of the mark on seconds; `None` if none of the rows has it."""
    return SHARED_DEFINITION if any(row.shared for row in rows) else None


def _seconds(value: float, digits: int, shared: bool) -> str:
    return f"{'~' if shared else ''}{value:.{digits}f}"


def _number(value: float | None, pattern: str) -> str:
    return "-" if value is None else format(value, pattern)


def _way(row: SolveRow, best: dict[Question, float]) -> float | None:
    if row.objective is None:
        return None
    return share_of_the_way(row.objective, row.random_mean, best[row.question])


def solve_cells(rows: Sequence[SolveRow]) -> tuple[list[str], list[list[str]]]:
    """Header and text cells of the table of solves, one line an instance and solver."""
    header = ["instance", "n", "p", "solver", "objective", "bound", "gap", "of the way", "status"]
    best = best_known(rows)
    seeds = {
        name: len({row.seed for row in rows if row.solver == name}) for name in {r.solver for r in rows}
    }
    lines = [
        [
            row.instance,
            str(row.n),
            str(row.p),
            row.solver + (f" #{row.seed}" if seeds[row.solver] > 1 else ""),
            _number(row.objective, ".6g"),
            _number(row.bound, ".6g"),
            _number(row.gap, ".2%"),
            _number(_way(row, best), ".3f"),
            row.status,
            _seconds(row.build_seconds, 3, row.shared),
            _seconds(row.solve_seconds, 3, row.shared),
        ]
        for row in rows
    ]
    return [*header, "build s", "solve s"], lines


def _recoveries(rows: Sequence[NetworkRow]) -> list[str]:
    """What was done to any of these networks before they were tested."""
    done = [name for name in RECOVERIES if any(row.accuracy(name) is not None for row in rows)]
    return done or ["raw"]


def _spread(values: Sequence[float | None]) -> str:
    """Mean and half-range."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return "-" if known else "no data"
    return f"{sum(known) / len(known):.4f} ± {(max(known) - min(known)) / 2:.4f}"


def _network_line(row: NetworkRow, several: bool, recoveries: Sequence[str], timed: bool) -> list[str]:
    absent = "-" if row.accuracy_raw is not None else "no data"
    found = [row.accuracy(name) for name in recoveries]
    return [
        row.method + (f" #{row.seed}" if several else ""),
        _number(row.keep, "g"),
        f"{row.parameters:,}",
        f"{row.macs:,}",
        *([_number(row.speedup, ".2f")] if timed else []),
        *(absent if value is None else f"{value:.4f}" for value in found),
    ]


def _mean_line(rows: Sequence[NetworkRow], recoveries: Sequence[str], timed: bool) -> list[str]:
    """Mean and half-range of the accuracies of one method over its seeds."""
    counts = [row.parameters for row in rows], [row.macs for row in rows]
    return [
        f"{rows[0].method}, mean of {len(rows)}",
        _number(rows[0].keep, "g"),
        *(f"{round(sum(count) / len(rows)):,}" for count in counts),
        *(["-"] if timed else []),
        *(_spread([row.accuracy(name) for row in rows]) for name in recoveries),
    ]


def network_cells(rows: Sequence[NetworkRow]) -> tuple[list[str], list[list[str]]]:
    """Header and text cells of the table of networks; methods with several seeds get a mean."""
    recoveries = _recoveries(rows)
    timed = any(row.speedup is not None for row in rows)
    named = ["accuracy" if name == "raw" else f"after {RECOVERIES[name]}" for name in recoveries]
    header = ["method", "keep", "parameters", "MACs", *(["speed-up"] if timed else []), *named]
    groups: dict[tuple[str, float], list[NetworkRow]] = {}
    for row in rows:
        groups.setdefault((row.method, row.keep), []).append(row)
    lines = []
    for group in groups.values():
        lines += [_network_line(row, len(group) > 1, recoveries, timed) for row in group]
        if len(group) > 1:
            lines.append(_mean_line(group, recoveries, timed))
    return header, lines


def summary_cells(rows: Sequence[SolveRow]) -> tuple[list[str], list[list[str]]]:
    """Header and text cells of the verdict: one line a solver, over all instances."""
    header = ["solver", "solves", "proven", "best found", "mean gap", "of the way", "total s"]
    best = best_known(rows)
    lines = []
    for name in dict.fromkeys(row.solver for row in rows):
        mine = [row for row in rows if row.solver == name]
        gaps = [row.gap for row in mine if row.gap is not None]
        answered = [row for row in mine if row.objective is not None]
        ways = [way for row in answered if (way := _way(row, best)) is not None]
        seconds = sum(row.build_seconds + row.solve_seconds for row in mine)
        lines.append(
            [
                name,
                str(len(mine)),
                str(sum(row.status == "optimal" for row in mine)),
                str(sum(reaches(row, best[row.question]) for row in answered)),
                _number(sum(gaps) / len(gaps) if gaps else None, ".2%"),
                _number(sum(ways) / len(ways) if ways else None, ".3f"),
                _seconds(seconds, 2, any(row.shared for row in mine)),
            ]
        )
    return header, lines


def value_cells(rows: Sequence[SolveRow]) -> tuple[list[str], list[list[str]]]:
    """Header and text cells of what is known: one line a question, with who found and who proved it."""
    header = ["instance", "n", "p", "best value", "found by", "best bound", "bound by", "gap"]
    questions: dict[Question, list[SolveRow]] = {}
    for row in rows:
        questions.setdefault(row.question, []).append(row)
    lines = []
    for group in questions.values():
        value = max((row.objective for row in group if row.objective is not None), default=None)
        bound = min((row.bound for row in group if row.bound is not None), default=None)
        gap = None
        if value is not None and bound is not None:
            gap = max(bound - value, 0.0) / bound if bound else 0.0
        found = {row.solver: None for row in group if value is not None and reaches(row, value)}
        proved = {row.solver: None for row in group if bound is not None and row.bound == bound}
        lines.append(
            [
                group[0].instance,
                str(group[0].n),
                str(group[0].p),
                _number(value, ".6g"),
                ", ".join(found) or "-",
                _number(bound, ".6g"),
                ", ".join(proved) or "-",
                _number(gap, ".2%"),
                _number(group[0].published, ".6g"),
            ]
        )
    return [*header, "published"], lines


def _rich(title: str, header: list[str], lines: list[list[str]], console: Console) -> None:
    table = Table(
        title=title,
        title_justify="left",
        header_style="bold",
        box=box.ROUNDED if console.is_terminal else box.SIMPLE,
    )
    for name in header:
        justify: Literal["left", "right"] = "left" if name in _TEXT_COLUMNS else "right"
        table.add_column(name, justify=justify, overflow="fold")  # too narrow: wrap, never cut
    previous = None
    for line in lines:
        repeated = header[0] == "instance" and line[0] == previous
        if header[0] == "instance" and previous is not None and not repeated:
            table.add_section()
        table.add_row(*(["", *line[1:]] if repeated else line))
        previous = line[0]
    console.print(table, markup=False)  # a name in brackets is a name


def _markdown(title: str, header: list[str], lines: list[list[str]], console: Console) -> None:
    text = [f"**{title}**", "", "| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    text += ["| " + " | ".join(line) + " |" for line in lines]
    console.out("\n".join(text) + "\n", highlight=False)


def _csv(rows: Sequence[SolveRow], console: Console) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS[SolveRow], lineterminator="\n")
    writer.writeheader()
    writer.writerows(dataclasses.asdict(row) for row in rows)
    console.out(text.getvalue(), end="", highlight=False)


def _json(solves: Sequence[SolveRow], networks: Sequence[NetworkRow], console: Console) -> None:
    content = {
        "solves": [dataclasses.asdict(row) for row in solves],
        "networks": [dataclasses.asdict(row) for row in networks],
    }
    console.out(json.dumps(content, indent=2), highlight=False)


def print_study(
    style: str, solves: Sequence[SolveRow], networks: Sequence[NetworkRow], console: Console
) -> None:
    """Print a study in one of `FORMATS`; ``csv`` holds the solves, ``json`` everything."""
    if style == "csv":
        _csv(solves, console)
    elif style == "json":
        _json(solves, networks, console)
    else:
        show = _markdown if style == "markdown" else _rich
        show("Every instance, every solver", *solve_cells(solves), console)
        if any(row.keep is None for row in solves):
            show("What is known of every instance", *value_cells(solves), console)
        show("Solvers over all instances", *summary_cells(solves), console)
        legend = [GAP_DEFINITION, WAY_DEFINITION, shared_note(solves)]
        console.out("\n".join(filter(None, legend)) + "\n", highlight=False)
        if networks:
            show("Pruned networks", *network_cells(networks), console)
            for line in worth_lines(solves, networks):
                console.out(line, highlight=False)
