"""Points without a matrix beside published figures: what is proven, how fast, how far.

    python -m benchmarks.points --folder TSPLIB --limit 60 --out results/points

solves those TSPLIB files of the table that the folder holds.  Every answer becomes a line of
``points.jsonl`` in the folder of results; started again with the same options the script resumes where
it stopped.  At the end it prints the table of published values beside ours.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.scripts import ended
from dispersion.errors import InputError
from dispersion.library.formats._keywords import parts_of
from dispersion.library.formats.geo import numbered_points
from dispersion.library.source import Source
from solvers import Finding, recheck_points, solve_points

SIZES = (5, 10, 15, 20)
ROUNDING = {"EUC_2D": "nint", "CEIL_2D": "ceil"}

#: by file and p: lower and upper bound, and seconds if they are equal (Contardo, INFORMS Journal on
#: Optimization 2(2), 2020: one thread, a commercial engine, a day at most)
PUBLISHED: dict[str, tuple[tuple[int, int, int | None], ...]] = {
    "u1817": ((1535, 1535, 32), (881, 881, 56), (665, 665, 442), (559, 559, 1609)),
    "rl1889": ((10166, 10166, 36), (5846, 5846, 70), (4478, 4478, 259), (3727, 3727, 297)),
    "pr2392": ((8086, 8086, 45), (4976, 4976, 156), (3788, 3788, 535), (3150, 3150, 7490)),
    "pcb3038": ((2390, 2390, 58), (1414, 1414, 403), (1075, 1075, 4752), (898, 898, 20582)),
    "rl5915": ((9793, 9793, 200), (6160, 6160, 307), (4544, 4544, 16074), (3887, 3887, 20739)),
    "rl11849": ((10736, 10736, 671), (6243, 6243, 1344), (4719, 4719, 9661), (3538, 4005, None)),
    "usa13509": (
        (229767, 229767, 845),
        (133500, 133500, 1480),
        (99689, 99689, 9178),
        (79495, 83894, None),
    ),
    "d15112": ((12348, 12348, 1428), (7319, 7319, 4423), (5907, 5907, 9965), (4494, 4944, None)),
    "pba38478": ((698, 698, 7101), (407, 407, 12192), (311, 311, 30705), (234, 267, None)),
    "sra104815": ((1066, 1066, 71589), (669, 669, 84254), (242, 522, None), (347, 437, None)),
}

Row = dict[str, Any]


def read(path: Path) -> tuple[NDArray[np.float64], str]:
    """Coordinates of a TSPLIB file, and how its distances are rounded."""
    source = Source(path)
    parts = parts_of(source)
    n = source.whole_number(*parts.value("DIMENSION"), "DIMENSION", 2)
    kind = parts.choice("EDGE_WEIGHT_TYPE", list(ROUNDING))
    return numbered_points(source, n, 2, *parts.section("NODE_COORD_SECTION")), ROUNDING[kind]


def solved(path: Path, p: int, options: argparse.Namespace) -> Row:
    """One row of the table: what was asked, and the answer."""
    points, rounding = read(path)
    how = {"rounding": rounding, "threads": options.threads}
    cpu = time.process_time()
    limits = {"time_limit": options.limit, "seed": options.seed, "prove": not options.heuristic}
    answer = solve_points(points, p, **how, **limits)
    row: Row = {**_key(path.stem, p, options), "n": len(points), "status": answer.status.value}
    row |= {"value": answer.objective, "bound": answer.bound, "seconds": answer.solve_seconds}
    row |= {"cpu": time.process_time() - cpu, "message": answer.message}
    row["found"] = next(at.seconds for at in answer.trace if at.objective == answer.objective)
    if answer.status.value == "interrupted":
        raise KeyboardInterrupt
    if options.recheck:
        found = recheck_points(points, p, answer, **how, seconds=options.recheck)
        row["recheck"] = found.finding.value
        if found.finding is Finding.CONTRADICTED:
            raise InputError(str(found))
    return row


def _key(name: str, p: int, options: argparse.Namespace) -> Row:
    """What tells one row from the others."""
    asked = {key: getattr(options, key) for key in ("limit", "threads", "seed", "heuristic")}
    return {"name": name, "p": p, **asked}


def rows(options: argparse.Namespace) -> Iterator[Row]:
    """The rows that were asked for: from the folder of results, or solved now and kept there."""
    options.out.mkdir(parents=True, exist_ok=True)
    kept = options.out / "points.jsonl"
    before = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    names = [name for name in PUBLISHED if (options.folder / f"{name}.tsp").exists()]
    if not names:
        wanted = ", ".join(f"{name}.tsp" for name in PUBLISHED)
        raise InputError(f"'{options.folder}' has none of the files {wanted}.")
    for name in [name for name in names if options.only in name]:
        for p in options.p:
            asked = _key(name, p, options)
            row = next((row for row in before if asked.items() <= row.items()), None)
            if row is None:
                row = solved(options.folder / f"{name}.tsp", p, options)
                with kept.open("a") as file:
                    file.write(json.dumps(row) + os.linesep)
            yield row


def table(some: Sequence[Row]) -> str:
    """Published beside ours, in Markdown."""
    lines = [
        "| file | n | p | published | seconds | ours | found after | seconds | CPU seconds |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in some:
        published = dict(zip(SIZES, PUBLISHED[row["name"]], strict=True)).get(row["p"])
        theirs = ("none", "") if published is None else _theirs(*published)
        proven = row["value"] == row["bound"]
        ours = f"{row['value']:g}" if proven else f"[{row['value']:g}, {row['bound']:g}]"
        times = [f"{row[key]:.1f}" for key in ("found", "seconds", "cpu")]
        cells = [row["name"], f"{row['n']:,}", str(row["p"]), *theirs, ours, *times]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _theirs(low: int, high: int, seconds: int | None) -> tuple[str, str]:
    """A published value or bounds, and the seconds."""
    return (f"{low}", f"{seconds:,}") if low == high else (f"[{low}, {high}]", "a day")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks.points", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--folder", type=Path, required=True, metavar="FOLDER", help="with the files .tsp")
    add("--out", type=Path, required=True, metavar="FOLDER", help="where results go, or are resumed")
    add("--limit", type=float, default=60.0, metavar="SECONDS", help="per solve (default: 60)")
    add("--threads", type=int, default=1, metavar="N", help="per solve (default: 1)")
    add("--seed", type=int, default=0, metavar="N", help="of random choices (default: 0)")
    add("--p", type=int, nargs="+", default=SIZES, metavar="P", help="(default: 5 10 15 20)")
    add("--only", default="", metavar="TEXT", help="only files whose name holds this")
    add("--heuristic", action="store_true", help="look for good selections only, and prove nothing")
    add("--recheck", type=float, metavar="SECONDS", help="check every proof again (default: off)")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; the exit code is 0, 2 for bad input, 130 when interrupted."""
    options = _options(arguments)

    def work() -> int:
        found: list[Row] = []
        for row in rows(options):
            found.append(row)
            print(table([row]).splitlines()[-1], flush=True)
        print(table(found))
        return 0

    return ended(work)


if __name__ == "__main__":
    sys.exit(main())
