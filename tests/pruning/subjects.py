"""Networks with their size models, and budget problems too small to get wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from pruning import Budget, Calibration, FilterLayer, Network, SizeModel, filter_layers, size_model
from pruning.budgets.problem import BudgetProblem
from pruning.measuring.quadratic import Quadratic


@dataclass(frozen=True)
class Subject:
    """A network's layers and sizes."""

    layers: list[FilterLayer]
    model: SizeModel

    def share(self, budget: Budget, counts: dict[str, int]) -> float:
        """What share of the network remains."""
        whole, left = self.model.cost({}), self.model.cost(counts)
        if budget.resource == "macs":
            return left.macs / whole.macs
        return left.parameters / whole.parameters


def _subject(network: Network) -> Subject:
    return Subject(filter_layers(network), size_model(network))


@pytest.fixture(scope="session")
def vgg(small_vgg: Network) -> Subject:
    return _subject(small_vgg)


@pytest.fixture(scope="session")
def resnet(small_resnet: Network) -> Subject:
    return _subject(small_resnet)


@pytest.fixture(scope="session")
def seen(small_resnet: Network) -> Calibration:
    """The network of `resnet` with labelled noise."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (8, 32, 32, 3), dtype=np.uint8)
    return Calibration(small_resnet, images, rng.integers(0, 10, 8), mirrored=False)


@pytest.fixture(scope="session")
def mobilenet(small_mobilenet: Network) -> Subject:
    return _subject(small_mobilenet)


@pytest.fixture(scope="session")
def real_vgg16(vgg16: Network) -> Subject:
    return _subject(vgg16)


@pytest.fixture(scope="session")
def real_resnet56(resnet56: Network) -> Subject:
    return _subject(resnet56)


def _toy(widths: Sequence[int], share: float, seed: int) -> BudgetProblem:
    rng = np.random.default_rng(seed)
    most = np.array(widths)
    matrix = np.triu(rng.integers(0, 20, size=(len(widths) + 1,) * 2)) + np.eye(
        len(widths) + 1, dtype=int
    )
    size = Quadratic(matrix)
    layers = tuple(FilterLayer(str(k), (str(k),), rng.random((n, 4))) for k, n in enumerate(widths))
    least = np.minimum(most, 2)
    return BudgetProblem(layers, least, most, size, size(most), Budget("macs", share))


@pytest.fixture(scope="session")
def toy() -> Callable[[Sequence[int], float, int], BudgetProblem]:
    """A problem of random layers of given widths with a random quadratic size, by share and seed."""
    return _toy
