"""What a study prints: a rich table for a terminal, or Markdown, CSV or JSON for a pipe."""

from __future__ import annotations

import dataclasses
import io
import json
import math
from collections.abc import Sequence
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table

from dispersion.errors import UnavailableError
from dispersion.study.analysis.accuracy_correlation import correlation_lines
from dispersion.study.analysis.scores import score_cells
from dispersion.study.analysis.skips import skipped
from dispersion.study.folder.frames import frame_of, write_csv
from dispersion.study.rows import RECOVERIES, NetworkRow, SolveRow, recoveries_of
from dispersion.study.solve_tables import number, solve_cells, summary_cells, value_cells
from dispersion.terminal.printable import printable_row

__all__ = [
    "FORMATS",
    "GAP_DEFINITION",
    "PARTS_DEFINITION",
    "REPEATS_DEFINITION",
    "SCORE_DEFINITION",
    "SEEDS_DEFINITION",
    "SHARED_DEFINITION",
    "SKIPPED_DEFINITION",
    "network_cells",
    "notes",
    "print_study",
    "solve_cells",
    "summary_cells",
    "summary_lines",
    "value_cells",
]

_LOG_COLUMNS = 100
_TEXT_COLUMNS = ("instance", "solver", "status", "method", "found by", "bound by")

FORMATS = ("table", "markdown", "csv", "json")

GAP_DEFINITION = "gap = (bound - objective) / bound; - if there is no bound."
SCORE_DEFINITION = (
    "score = (objective - random mean) / (best known - random mean): 0 for the mean of 100 random\n"
    "selections, 1 for the best value that any solver found.  #k: with seed k."
)
SHARED_DEFINITION = "~: timed while other solves ran on the same machine, and therefore overestimated."
TIME_DEFINITION = (
    "shifted mean = exp(mean of log(t + 1)) - 1 of the seconds t to a proof, PAR10 their mean; what\n"
    "was not proven counts as its time limit, in PAR10 as ten.  virtual best: how often the best."
)
SEEDS_DEFINITION = (
    "several seeds: numbers are means over the seeds; in brackets the lowest and the highest value of\n"
    "one seed; ± half the range."
)
REPEATS_DEFINITION = (
    "several repeats: of equal solves the one with the middle time is shown and counts, with the\n"
    "shortest and the longest time in brackets; solves.csv has all."
)
PARTS_DEFINITION = "on k: the mean over k of the instances only, as the others have no such number."
SKIPPED_DEFINITION = "skipped: the solver does not take this instance; it counts as not solved."


def notes(rows: Sequence[SolveRow]) -> list[str]:
    """The meaning of the marks and cells that these rows have, and not every table."""
    seeds: dict[str, set[int]] = {}
    for row in rows:
        seeds.setdefault(row.solver, set()).add(row.seed)
    wanted = {
        SEEDS_DEFINITION: any(len(of) > 1 for of in seeds.values()),
        REPEATS_DEFINITION: any(row.repeat for row in rows),
        PARTS_DEFINITION: any(" on " in cell for line in summary_cells(rows)[1] for cell in line[1:]),
        SKIPPED_DEFINITION: any(map(skipped, rows)),
        SHARED_DEFINITION: any(row.shared for row in rows),
    }
    return [text for text in wanted if wanted[text]]


def _spread(values: Sequence[float | None]) -> str:
    """Mean and half-range."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return "-" if known else "no data"
    return f"{sum(known) / len(known):.4f} ± {(max(known) - min(known)) / 2:.4f}"


def _network_line(row: NetworkRow, several: bool, recoveries: Sequence[str], timed: bool) -> list[str]:
    absent = "-" if row.tested else "no data"
    found = [row.accuracy(name) for name in recoveries]
    if row.method == "unpruned":  # it needs no recovery: its accuracy stands first
        found[0] = row.accuracy_raw
    return [
        row.method + (f" #{row.seed}" if several else ""),
        number(row.keep, "g"),
        f"{row.parameters:,}",
        f"{row.macs:,}",
        *([number(row.speedup, ".2f")] if timed else []),
        *(absent if value is None else f"{value:.4f}" for value in found),
    ]


def _mean_line(rows: Sequence[NetworkRow], recoveries: Sequence[str], timed: bool) -> list[str]:
    """Mean and half-range of the accuracies of one method over its seeds."""
    counts = [row.parameters for row in rows], [row.macs for row in rows]
    return [
        f"{rows[0].method}, mean of {len(rows)}",
        number(rows[0].keep, "g"),
        *(f"{round(sum(count) / len(rows)):,}" for count in counts),
        *(["-"] if timed else []),
        *(_spread([row.accuracy(name) for row in rows]) for name in recoveries),
    ]


def network_cells(rows: Sequence[NetworkRow]) -> tuple[list[str], list[list[str]]]:
    """Header and text cells of the table of networks; methods with several seeds get a mean."""
    recoveries = recoveries_of(rows) or ["raw"]
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


def summary_lines(title: str, rows: Sequence[SolveRow]) -> list[str]:
    """The lines of the table of solvers over all instances, for a log."""
    text = Console(file=io.StringIO(), width=_LOG_COLUMNS, color_system=None)
    with text.capture() as lines:
        _rich(title, *summary_cells([*map(printable_row, rows)]), text)
    return [line.rstrip() for line in lines.get().splitlines() if line.strip()]


def _markdown(title: str, header: list[str], lines: list[list[str]], console: Console) -> None:
    text = [f"**{title}**", "", "| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    text += ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    console.out("\n".join(text) + "\n", highlight=False)


def _csv(rows: Sequence[SolveRow], console: Console) -> None:
    text = io.StringIO()
    shown = map(printable_row, rows) if console.is_terminal else rows
    write_csv(frame_of(SolveRow, [*shown]), text)
    try:
        console.file.write(text.getvalue())  # as it is: rich would leave out some characters
        console.file.flush()
    except BrokenPipeError:
        console.on_broken_pipe()


def _json(solves: Sequence[SolveRow], networks: Sequence[NetworkRow], console: Console) -> None:
    content = {"solves": [*map(_finite, solves)], "networks": [*map(_finite, networks)]}
    console.out(json.dumps(content, indent=2, allow_nan=False), highlight=False)


def _finite(row: SolveRow | NetworkRow) -> dict[str, object]:
    """A row whose infinite numbers are null: JSON has none."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in dataclasses.asdict(row).items()
    }


def print_study(
    style: str, solves: Sequence[SolveRow], networks: Sequence[NetworkRow], console: Console
) -> None:
    """Print a study in one of `FORMATS`; ``csv`` holds the solves, ``json`` everything.

    Raises
    ------
    UnavailableError
        It cannot be printed: standard output is a file on a full disk, say.
    """
    try:
        _print(style, solves, networks, console)
    except OSError as error:
        raise UnavailableError(
            f"cannot print the results: {error.strerror}; they are in the study's folder."
        ) from error


def _print(
    style: str, solves: Sequence[SolveRow], networks: Sequence[NetworkRow], console: Console
) -> None:
    if style == "csv":
        _csv(solves, console)
    elif style == "json":
        _json(solves, networks, console)
    else:
        solves, networks = [*map(printable_row, solves)], [*map(printable_row, networks)]
        show = _markdown if style == "markdown" else _rich
        show("Every instance, every solver", *solve_cells(solves), console)
        if any(row.keep is None for row in solves):
            show("What is known of every instance", *value_cells(solves), console)
        show("Solvers over all instances", *summary_cells(solves), console)
        legend = [GAP_DEFINITION, SCORE_DEFINITION, *notes(solves)]
        if any(row.status == "optimal" for row in solves):
            show("Times to a proof", *score_cells(solves, {}), console)
            legend.insert(2, TIME_DEFINITION)
        console.out("\n".join(legend) + "\n", highlight=False)
        if networks:
            show("Pruned networks", *network_cells(networks), console)
            for line in correlation_lines(solves, networks):
                console.out(line, highlight=False)
