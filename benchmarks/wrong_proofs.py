"""How often does an engine prove what is not true?

    python -m benchmarks.wrong_proofs --count 500 --limit 10 --out results/wrong-proofs

solves mid-size instances with our prover, and with every Pyomo model through every engine that is
here, and counts the proofs that another selection contradicts: a table solver x engine x version.  The
folder is that of a study, and is resumed.  An engine's version is no part of what a solve is known by,
so each version gets a folder of its own; ``--beside`` adds the rows of other folders to the table::

    pip install highspy==1.13.1
    python -m benchmarks.wrong_proofs --engines highs --out results/1.13.1 --beside results/wrong-proofs
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.mid_size import instance_of
from benchmarks.scripts import ended, outcome_code, study_parser
from dispersion import read_study, run_study
from dispersion.solution import Status
from dispersion.study.rows import SolveRow
from solvers import list_solvers
from solvers.engines.registration import list_engines

HEADS = ("solver", "engine", "solves", "proven", "wrong", "failed", "skipped", "open")


def models() -> list[str]:
    """The max-min solvers that take any engine."""
    return [info.name for info in list_solvers("max-min") if info.parameters.startswith("engine=")]


def here() -> list[str]:
    """The engines that are on this machine."""
    return [info.name for info in list_engines() if info.version() is not None]


def names(prover: str, engines: Iterable[str], asked: Iterable[str]) -> list[str]:
    """The prover, and every model through every engine."""
    return [prover, *(f"{model}:engine={engine}" for model in asked for engine in engines)]


def table(rows: Sequence[SolveRow]) -> list[tuple[str | int, ...]]:
    """One line a solver and engine with its version; the prover is the line without an engine."""
    groups: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        solver = row.solver.partition(":")[0]
        groups.setdefault((solver, row.engine or ""), []).append(row.status)
    lines = []
    for (solver, engine), found in sorted(groups.items()):
        counts = [
            found.count(status.value)
            for status in (Status.OPTIMAL, Status.CONTRADICTED, Status.ERROR, Status.SKIPPED)
        ]
        lines.append((solver, engine, len(found), *counts, len(found) - sum(counts)))
    return lines


def print_table(lines: Sequence[tuple[str | int, ...]]) -> None:
    """As Markdown."""
    for line in (HEADS, ["---"] * len(HEADS), *lines):
        print(f"| {' | '.join(str(cell) for cell in line)} |")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = study_parser("benchmarks.wrong_proofs", __doc__, "clique", 1)
    add = parser.add_argument
    add("--count", type=int, default=10, metavar="N", help="instances (default: 10)")
    add("--engines", nargs="+", default=here(), metavar="NAME", help="(default: all that are here)")
    add("--models", nargs="+", default=models(), metavar="NAME", help="(default: %(default)s)")
    add("--beside", nargs="+", default=[], type=Path, metavar="FOLDER", help="(default: none)")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; the exit code is 0, 1 for any fault, 2 for bad input, 130 when interrupted."""
    options = _options(arguments)

    def work() -> int:
        study = run_study(
            [instance_of(number) for number in range(options.count)],
            names(options.solver, options.engines, options.models),
            time_limit=options.limit,
            threads=options.threads,
            folder=options.out,
            progress=True,
        )
        others = [row for folder in options.beside for row in read_study(folder).solves]
        print_table(table([*study.solves, *others]))
        print(*(f"FAIL {fault}" for fault in study.faults), sep="\n")
        return outcome_code(study.outcome)

    return ended(work)


if __name__ == "__main__":
    sys.exit(main())
