"""How many layers of trained networks are solved to proof, and how far are the others?

    python -m benchmarks.real_layers --limit 60 --out results/real.csv

solves every layer of three networks at five keep ratios under three metrics and appends a line to
the file as soon as an instance is solved.  Started again with the same file it goes on where it
stopped; an instance that stayed open is solved again only under a longer limit.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rows import append_row, read_rows
from dispersion import Instance, Status
from dispersion.errors import DispersionError
from pruning import FilterLayer, filter_layers, load_network, uniform
from solvers import Limits, prepare, solve

NETWORKS = ("vgg16", "resnet56", "mobilenet_v2")
METRICS = ("euclidean", "normalized", "angular")
KEEPS = (0.1, 0.25, 0.5, 0.75, 0.9)
SMALLEST = 8  # filters; below that an instance is no test


@dataclass(frozen=True, slots=True)
class Row:
    """One solve, a line of the file; CPU seconds are those of all threads."""

    network: str
    metric: str
    layer: str
    keep: float
    n: int
    p: int
    solver: str
    limit: float
    threads: int
    status: str
    objective: float | None
    bound: float | None
    gap: float | None
    seconds: float
    cpu_seconds: float
    digest: str

    def __str__(self) -> str:
        name = f"{self.network}/{self.layer}/{self.metric}/{self.keep:g} (n = {self.n}, p = {self.p})"
        gap = "no bound" if self.gap is None else f"gap {self.gap:.2%}"
        return f"{name}: {self.status}, {gap} in {self.seconds:.2f} s"


@dataclass(frozen=True, slots=True)
class Case:
    """An instance, named by its layer, and where it comes from."""

    network: str
    keep: float
    instance: Instance


def layers_of(networks: Iterable[str]) -> dict[str, list[FilterLayer]]:
    """All layers of trained networks that have filters enough, tied ones as one."""
    found = {name: filter_layers(load_network(name)) for name in networks}
    return {
        name: [layer for layer in layers if len(layer.points) >= SMALLEST]
        for name, layers in found.items()
    }


def cases(
    layers: Mapping[str, Sequence[FilterLayer]], metrics: Iterable[str], keeps: Iterable[float]
) -> Iterator[Case]:
    """Every layer under every metric at every keep ratio; of equal instances only the first."""
    seen: set[str] = set()
    ratios = tuple(keeps)
    for network, metric in ((network, metric) for network in layers for metric in metrics):
        for layer in layers[network]:
            base = Instance.from_points(layer.points, 2, metric, name=layer.name)
            for keep in ratios:
                instance = base.with_p(uniform(base.n, keep))
                if instance.digest not in seen:
                    seen.add(instance.digest)
                    yield Case(network, keep, instance)


def measure(case: Case, solver: str, limits: Limits) -> Row:
    """Solve a case; raises `KeyboardInterrupt` if the user stops it, for half a solve is no result."""
    begun, instance = time.process_time(), case.instance
    solution = solve(instance, solver, time_limit=limits.seconds, threads=limits.threads)
    if solution.status is Status.INTERRUPTED:
        raise KeyboardInterrupt
    return Row(
        network=case.network,
        metric=str(instance.metric),
        layer=instance.name,
        keep=case.keep,
        n=instance.n,
        p=instance.p,
        solver=solver,
        limit=limits.seconds,
        threads=limits.threads,
        status=solution.status.value,
        objective=solution.objective,
        bound=solution.bound,
        gap=solution.gap,
        seconds=solution.build_seconds + solution.solve_seconds,
        cpu_seconds=time.process_time() - begun,
        digest=instance.digest,
    )


def solve_all(
    todo: Iterable[Case], solver: str, limits: Limits, path: Path | None = None
) -> Iterator[Row]:
    """Solve what `path` does not hold yet, keep it there, and yield the rows, old and new, in turn."""
    rows = read_rows(path, Row) if path else []
    known = {row.digest: row for row in sorted(rows, key=lambda row: row.limit) if row.solver == solver}
    for case in todo:
        old = known.get(case.instance.digest)
        if old and (old.status == Status.OPTIMAL.value or old.limit >= limits.seconds):
            yield old
            continue
        row = measure(case, solver, limits)
        if path:
            append_row(path, row)
        yield row


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """Counts, times and the open instances, ready for JSON and for print."""
    proven = [row for row in rows if row.status == Status.OPTIMAL.value]
    result: dict[str, Any] = {
        "instances": len(rows),
        "proven": len(proven),
        "share_proven": len(proven) / len(rows) if rows else None,
        "seconds": sum(row.seconds for row in rows),
        "cpu_seconds": sum(row.cpu_seconds for row in rows),
    }
    for kind in dict.fromkeys((row.network, row.metric) for row in rows):
        of_kind, proven_of_kind = (
            [row for row in some if (row.network, row.metric) == kind] for some in (rows, proven)
        )
        result[" ".join(kind)] = f"{len(proven_of_kind)} of {len(of_kind)} proven"
    return result | {"open": [str(row) for row in rows if row not in proven]}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks.real_layers", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("--out", type=Path, required=True, metavar="FILE", help="a CSV file; goes on where it ends")
    add("--limit", type=float, default=60.0, metavar="SECONDS", help="of a solve (default: 60)")
    add("--threads", type=int, default=2, metavar="N", help="of a solve (default: 2)")
    add("--solver", default="clique", metavar="NAME", help="who solves (default: clique)")
    add("--networks", nargs="+", default=NETWORKS, metavar="NAME")
    add("--metrics", nargs="+", default=METRICS, metavar="NAME")
    add("--keep", nargs="+", default=KEEPS, metavar="SHARE", type=float)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; the exit code is 0, 2 for bad input, 130 when interrupted."""
    options = _options(arguments)
    try:
        limits = Limits(options.limit, options.threads)
        prepare(options.solver)
        todo = cases(layers_of(options.networks), options.metrics, options.keep)
        rows = []
        for row in solve_all(todo, options.solver, limits, options.out):
            print(row, flush=True)
            rows.append(row)
    except (DispersionError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; start again with the same file to go on", file=sys.stderr)
        return 130
    for name, value in summary(rows).items():
        print(f"{name}: {value}" if name != "open" else "\n".join(["open:", *value]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
