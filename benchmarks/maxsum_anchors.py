"""Max-sum dispersion beside published figures: how many instances are proven, how fast, how far.

    python -m benchmarks.maxsum_anchors --limit 60 --out results/maxsum

solves the families of the literature (uniform points in 2, 10 and 20 coordinates), generated from
seeds, and every layer of the trained VGG16.  Each row of the table is a study in a folder of its own;
started again with the same options the script resumes where it stopped.  At the end it prints the
table of targets against measured.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.real_layers import instances_of, layers_of
from benchmarks.scripts import ended, study_parser
from dispersion import Instance, run_study
from dispersion.errors import InputError
from dispersion.study.analysis.profiles import total_seconds
from dispersion.study.rows import SolveRow

CUTTING = "Spiers et al. 2023, CPLEX, 1 h"
PARTITIONING = "coordinate partitioning, 1,000 s"
OURS = "our target, 60 s"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A row of the table: instances of one kind, and what is to be reached on them.

    Attributes
    ----------
    name : str
        What the instances are.
    source : str
        Whose figures these are, and under which limit; empty if nobody published any.
    proven : float or None
        Share of the instances to be solved to proof.
    seconds : float or None
        Median time in which to do that.
    gap : float or None
        Largest gap allowed, as a share of the bound.
    points : int
        Of each instance; 0 for the layers of VGG16.
    dimensions : int
        Coordinates; 0 for 2 to 21, drawn by the seed.
    keep : float
        Share of the points to choose.
    seeds : int
        How many instances were published.
    """

    name: str
    source: str = ""
    proven: float | None = None
    seconds: float | None = None
    gap: float | None = None
    points: int = 0
    dimensions: int = 0
    keep: float = 0.1
    seeds: int = 5

    def instances(self, seeds: int) -> Iterator[Instance]:
        """At most `seeds` of a generated family, or all layers."""
        if not self.points:
            yield from instances_of(layers_of(["vgg16"]), ["euclidean"], [self.keep])
            return
        for seed in range(min(seeds, self.seeds)):
            rng = np.random.default_rng([self.points, self.dimensions, seed])
            d = self.dimensions or int(rng.integers(2, 22))
            points, p = rng.random((self.points, d)), round(self.keep * self.points)
            yield Instance.from_points(points, p, name=f"{d} coordinates, seed {seed}")


ANCHORS = (
    Anchor("GKD-d, 2-D, n = 2000, p = 10 %", CUTTING, 1.0, 7.4, None, 2000, 2, 0.1, 10),
    Anchor("GKD-d, 20-D, n = 2000, p = 50 %", CUTTING, 1.0, 72.0, None, 2000, 20, 0.5),
    Anchor("GKD-d, 20-D, n = 100, p = 10 %", CUTTING, 0.0, None, 0.031, 100, 20),
    Anchor("GKD-c, 2-D to 21-D, n = 500, p = 20 %", CUTTING, 0.95, 114.0, None, 500, 0, 0.2, 20),
    Anchor("20-D, n = 100, p = 10 %", PARTITIONING, 1.0, 18.0, None, 100, 20),
    Anchor("20-D, n = 500, p = 10 %", PARTITIONING, 0.6, None, None, 500, 20),
    Anchor("20-D, n = 500, p = 20 %", PARTITIONING, 1.0, 238.0, None, 500, 20, 0.2),
    Anchor("10-D, n = 500, p = 10 %", points=500, dimensions=10),
    Anchor("10-D, n = 2000, p = 10 %", points=2000, dimensions=10),
    Anchor("VGG16, keep 0.5", OURS, gap=0.0005, keep=0.5),
    Anchor("VGG16, keep 0.25", OURS, gap=0.005, keep=0.25),
    Anchor("VGG16, keep 0.1", OURS, gap=0.03, keep=0.1),
)


def solve_anchor(
    anchor: Anchor, solver: str, limit: float, threads: int, folder: Path | None, seeds: int = 20
) -> list[SolveRow]:
    """Solve the instances of a row of the table, in a folder of its own below `folder`."""
    own = None if folder is None else folder / re.sub(r"[^a-z0-9]+", "-", anchor.name.lower())
    instances = list(anchor.instances(seeds))
    study = run_study(
        instances,
        solver,
        objective="max-sum",
        time_limit=limit,
        threads=threads,
        folder=own,
        progress=True,
    )
    if study.outcome == "interrupted":
        raise KeyboardInterrupt
    return study.solves


def table(solved: Mapping[Anchor, Sequence[SolveRow]]) -> str:
    """Targets against measured, in Markdown."""
    lines = ["| instances | figures of | target | measured | reached |", "|---|---|---|---|---|"]
    for anchor, rows in solved.items():
        cells = [anchor.name, anchor.source or "nobody", target(anchor), *result(anchor, rows)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def target(anchor: Anchor) -> str:
    """What is to be reached, in words."""
    parts = [] if anchor.proven is None else [f"{anchor.proven:.0%} proven"]
    parts += [] if anchor.seconds is None else [f"median {anchor.seconds:g} s"]
    parts += [] if anchor.gap is None else [f"gap {anchor.gap:.2%}"]
    return ", ".join(parts) or "none"


def result(anchor: Anchor, rows: Sequence[SolveRow]) -> tuple[str, str]:
    """What was measured, in words, and whether that is what was to be reached."""
    proven = sum(row.status == "optimal" for row in rows)
    median = statistics.median(total_seconds(row) for row in rows)
    worst = max(1.0 if row.gap is None else row.gap for row in rows)
    measured = f"{proven} of {len(rows)} proven, median {median:.1f} s, worst gap {worst:.4%}"
    checks = [
        (anchor.proven, anchor.proven is None or proven >= anchor.proven * len(rows)),
        (anchor.seconds, anchor.seconds is None or median <= anchor.seconds),
        (anchor.gap, anchor.gap is None or worst <= anchor.gap),
    ]
    asked = [reached for wanted, reached in checks if wanted is not None]
    return measured, ("yes" if all(asked) else "no") if asked else "-"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = study_parser("benchmarks.maxsum_anchors", __doc__, "qcr", 1)
    add = parser.add_argument
    add("--seeds", type=int, default=20, metavar="N", help="instances per family at most (default: 20)")
    add("--only", default="", metavar="TEXT", help="only rows of the table whose name holds this")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; the exit code is 0, 2 for bad input, 130 when interrupted."""
    options = _options(arguments)
    anchors = [anchor for anchor in ANCHORS if options.only in anchor.name]

    def work() -> int:
        if not anchors:
            names = "; ".join(anchor.name for anchor in ANCHORS)
            raise InputError(f"no row of the table holds {options.only!r}; there are: {names}.")
        asked = options.solver, options.limit, options.threads, options.out, options.seeds
        print(table({anchor: solve_anchor(anchor, *asked) for anchor in anchors}))
        return 0

    return ended(work)


if __name__ == "__main__":
    sys.exit(main())
