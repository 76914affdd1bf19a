"""Make the shipped matrices and the table of layers from the trained networks.

    python docs/coursework/data/make.py

The networks are fetched once (see the README of the repository); it takes seconds after that.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from dispersion import Instance
from dispersion.yardstick import random_values
from pruning import FilterLayer, filter_layers, load_network, select_layers
from solvers import solve

HERE = Path(__file__).parent
SHIPPED = {
    "resnet56": ("layer1.4.conv1", "layer2.1.conv1"),
    "vgg16": ("features.0",),
}
KEEP = 0.5


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


def main() -> None:
    """Write ``*.npy``, one distance matrix each, and ``layers.csv``, one row a layer."""
    rows = []
    for model, names in SHIPPED.items():
        layers = select_layers(filter_layers(load_network(model)))
        rows += [row_of(model, layer) for layer in layers]
        for layer in layers:
            if layer.name in names:
                np.save(HERE / f"{model}-{layer.name}.npy", instance_of(layer).distances)
    with (HERE / "layers.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
