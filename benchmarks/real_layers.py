"""How many layers of trained networks are solved to proof, and how far are the others?

    python -m benchmarks.real_layers --limit 60 --out results/real

solves every layer of three networks at five keep ratios under three metrics.  The folder is that of a
study: started again with the same options it resumes where it stopped, `read_study` reads it, and
``python -m dispersion.report`` makes a page of it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.scripts import ended, outcome_code, study_parser
from dispersion import Instance, Study, run_study
from dispersion.study.rows import SolveRow
from pruning import FilterLayer, filter_layers, load_network, uniform

NETWORKS = ("vgg16", "resnet56", "mobilenet_v2")
METRICS = ("euclidean", "normalized", "angular")
KEEPS = (0.1, 0.25, 0.5, 0.75, 0.9)
SMALLEST = 8  # filters; below that an instance is no test


def layers_of(networks: Iterable[str]) -> dict[str, list[FilterLayer]]:
    """All layers of trained networks that have filters enough, tied ones as one."""
    layers = {name: filter_layers(load_network(name)) for name in networks}
    return {
        name: [layer for layer in some if len(layer.points) >= SMALLEST]
        for name, some in layers.items()
    }


def instances_of(
    layers: Mapping[str, Sequence[FilterLayer]], metrics: Iterable[str], keeps: Iterable[float]
) -> list[Instance]:
    """Every layer under every metric at every keep ratio; of equal instances only the first.

    An instance is called NETWORK/METRIC/LAYER.
    """
    instances: dict[str, Instance] = {}
    ratios = tuple(keeps)
    for network, metric in ((network, metric) for network in layers for metric in metrics):
        for layer in layers[network]:
            name = f"{network}/{metric}/{layer.name}"
            base = Instance.from_points(layer.points, 2, metric, name=name)
            for keep in ratios:
                instance = base.with_p(uniform(base.n, keep))
                instances.setdefault(instance.digest, instance)
    return list(instances.values())


def summary(rows: Sequence[SolveRow]) -> dict[str, Any]:
    """Counts, times and the open instances, ready for JSON and for print."""
    proven = [row for row in rows if row.status == "optimal"]
    result: dict[str, Any] = {
        "instances": len(rows),
        "proven": len(proven),
        "share_proven": len(proven) / len(rows) if rows else None,
        "seconds": sum(row.build_seconds + row.solve_seconds for row in rows),
    }
    for kind in dict.fromkeys(_kind(row) for row in rows):
        counts = [sum(_kind(row) == kind for row in some) for some in (proven, rows)]
        result[kind] = f"{counts[0]} of {counts[1]} proven"
    return result | {"open": [_told(row) for row in rows if row not in proven]}


def _kind(row: SolveRow) -> str:
    """Network and metric."""
    return " ".join(row.instance.split("/")[:2])


def _told(row: SolveRow) -> str:
    gap = "no bound" if row.gap is None else f"gap {row.gap:.2%}"
    return f"{row.instance} (n = {row.n}, p = {row.p}): {row.status}, {gap}"


def print_summary(rows: Sequence[SolveRow]) -> None:
    """One line a count, and one for each open instance."""
    for name, value in summary(rows).items():
        print(f"{name}: {value}" if name != "open" else "\n".join(["open:", *value]))


def run(instances: Sequence[Instance], options: argparse.Namespace) -> Study:
    """The study of these instances, begun or resumed."""
    return run_study(
        instances,
        options.solver,
        time_limit=options.limit,
        threads=options.threads,
        folder=options.out,
        progress=True,
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = study_parser("benchmarks.real_layers", __doc__, "clique", 2)
    parser.add_argument("--networks", nargs="+", default=NETWORKS, metavar="NAME")
    parser.add_argument("--metrics", nargs="+", default=METRICS, metavar="NAME")
    parser.add_argument("--keep", nargs="+", default=KEEPS, metavar="SHARE", type=float)
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script; the exit code is 0, 1 for any fault, 2 for bad input, 130 when interrupted."""
    options = _options(arguments)

    def work() -> int:
        layers = layers_of(options.networks)
        study = run(instances_of(layers, options.metrics, options.keep), options)
        print_summary(study.solves)
        return outcome_code(study.outcome)

    return ended(work)


if __name__ == "__main__":
    sys.exit(main())
