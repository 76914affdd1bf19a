"""Make the shipped files from the trained networks; see the README beside it.

::

    python docs/coursework/data/make.py                              # matrices, layers.csv: seconds
    python docs/coursework/data/make.py --study results/resnet56     # pruned.csv, values.csv
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from dispersion import Instance
from dispersion.random_baseline import random_values
from dispersion.study.reading import read_study
from pruning import FilterLayer, filter_layers, load_network, select_layers
from solvers import solve

HERE = Path(__file__).parent
SHIPPED = {
    "resnet56": ("layer1.4.conv1", "layer2.1.conv1"),
    "vgg16": ("features.0",),
}
KEEP = 0.5
PRUNED = ("method", "keep", "seed", "parameters", "macs", "accuracy_raw", "accuracy_bn", "accuracy_ls")
VALUES = ("instance", "n", "p", "keep", "solver", "seed", "objective", "random_mean")


def instance_of(layer: FilterLayer) -> Instance:
    """The layer's filters as points, Euclidean distances, half of them to be kept."""
    return Instance.from_points(layer.points, round(KEEP * len(layer.points)), name=layer.name)


def row_of(model: str, layer: FilterLayer) -> dict[str, object]:
    """How the distances of a layer are spread, and what three ways to keep half of it are worth."""
    instance = instance_of(layer)
    apart = instance.distances[np.triu_indices(instance.n, k=1)]
    best, greedy = solve(instance, "clique"), solve(instance, "greedy")
    assert best.status.value == "optimal", layer.name
    return {
        "model": model,
        "layer": layer.name,
        "n": instance.n,
        "d": layer.points.shape[1],
        "p": instance.p,
        "mean": float(apart.mean()),
        "std": float(apart.std()),
        "optimum": best.objective,
        "greedy": greedy.objective,
        "random_mean": random_values(instance).mean,
    }


def from_networks() -> None:
    """Write ``*.npy``, one distance matrix each, and ``layers.csv``, one row per layer."""
    rows = []
    for model, names in SHIPPED.items():
        layers = select_layers(filter_layers(load_network(model)))
        rows += [row_of(model, layer) for layer in layers]
        for layer in layers:
            if layer.name in names:
                np.save(HERE / f"{model}-{layer.name}.npy", instance_of(layer).distances)
    pd.DataFrame(rows).to_csv(HERE / "layers.csv", index=False)


def from_study(folder: Path) -> None:
    """Write ``pruned.csv`` and ``values.csv``: what selections did, and what they are worth."""
    study = read_study(folder)
    solves, networks = study.solves, study.networks
    solvers = [*solves["solver"].unique(), "unpruned"]  # other methods solve nothing
    networks = networks[networks["method"].isin(solvers)]
    networks[list(PRUNED)].to_csv(HERE / "pruned.csv", index=False)
    solves[list(VALUES)].to_csv(HERE / "values.csv", index=False)


def main() -> None:
    """Make what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--study", type=Path, metavar="FOLDER", help="the folder of a finished study")
    folder = parser.parse_args().study
    if folder is None:
        from_networks()
    else:
        from_study(folder)


if __name__ == "__main__":
    main()
