"""How long it takes to repair a VGG16 that keeps a quarter of its filters, and to test it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.questions import REPAIRS, group
from pruning import Calibration, FilterLayer, Network, accuracies, load_network, prune, reconstruct

IMAGES = 10
"""Of which every one is shown a second time, mirrored."""


@pytest.fixture(scope="module")
def network(vgg16_filters: list[FilterLayer]) -> Network:
    """Skipped with the filters where it cannot be had."""
    return load_network("vgg16")


@pytest.fixture(scope="module")
def quarters(network: Network, vgg16_filters: list[FilterLayer]) -> list[Network]:
    """The network with the first quarter of the filters of every layer, and with the second."""
    sizes = {layer.name: len(layer.points) for layer in vgg16_filters}
    return [
        prune(network, {name: range(start * n // 4, (start + 1) * n // 4) for name, n in sizes.items()})
        for start in (0, 1)
    ]


def drawn(count: int) -> NDArray[np.uint8]:
    """Images of noise: times do not depend on what is seen."""
    return np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)


@pytest.mark.parametrize("network_number", [1, 2])
def test_reconstruct(
    benchmark: BenchmarkFixture, network: Network, quarters: list[Network], network_number: int
) -> None:
    """The first network of a calibration, and the next, which finds the targets measured."""
    benchmark.group = group(REPAIRS, f"least squares, VGG16 at keep ratio 0.25, {IMAGES} images")

    def prepared() -> tuple[tuple[Calibration, Network], dict[str, object]]:
        calibration = Calibration(network, drawn(IMAGES))
        if network_number == 2:
            reconstruct(calibration, quarters[1])
        return (calibration, quarters[0]), {}

    repaired = benchmark.pedantic(reconstruct, setup=prepared, rounds=2)
    assert repaired.digest != quarters[0].digest


def test_accuracies(benchmark: BenchmarkFixture, quarters: list[Network]) -> None:
    """Top-1 and top-5 of 200 images, as every network is tested."""
    benchmark.group = group(REPAIRS, "accuracies, VGG16 at keep ratio 0.25, 200 images")
    labels = np.zeros(200, dtype=np.int64)
    found = benchmark.pedantic(accuracies, args=(quarters[0], drawn(200), labels), rounds=3)
    assert found.top1.of == 200
