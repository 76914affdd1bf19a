"""How long it takes to choose half of the filters of every layer of VGG16 by weights alone."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.questions import CHOOSES, group
from pruning import FilterLayer, uniform
from pruning.criteria import criteria, keep


@pytest.mark.parametrize("name", [name for name in criteria if not criteria[name].needs_images])
def test_weights_only(benchmark: BenchmarkFixture, vgg16_filters: list[FilterLayer], name: str) -> None:
    """One criterion on all 13 layers; the target for all criteria together is 5 s on two cores."""
    benchmark.group = group(CHOOSES, "half of the filters of all 13 layers of VGG16, by weights alone")

    def choose() -> list[int]:
        return [len(keep(layer, uniform(len(layer.points), 0.5), name)) for layer in vgg16_filters]

    kept = benchmark.pedantic(choose, rounds=3, warmup_rounds=1)
    assert sum(kept) == sum(len(layer.points) for layer in vgg16_filters) // 2
