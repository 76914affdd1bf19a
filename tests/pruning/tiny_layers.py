"""Four filters small enough to score by hand, and random layers."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from pruning import Calibration, FilterLayer, Network, filter_layers


def a_layer(points, *shapes) -> FilterLayer:
    """A layer of one convolution, or of several tied ones."""
    names = tuple(f"conv{k}" for k in range(max(1, len(shapes))))
    return FilterLayer(names[0], names, np.asarray(points, dtype=float), len(shapes) > 1, shapes)


@pytest.fixture
def four() -> FilterLayer:
    """Norms 5, 10, 5 and 1; the first two are parallel, and both are orthogonal to the third."""
    return a_layer([[3, 4], [6, 8], [4, -3], [0, 1]], (2, 1, 1))


@pytest.fixture(params=range(4))
def some_layer(request) -> FilterLayer:
    """Gaussian weights of two tied convolutions; in some layers filters are equal, or zero."""
    rng = np.random.default_rng(request.param)
    points = rng.normal(size=(12, 3 * 9 + 5))
    if request.param % 2:
        points[4] = points[2]
        points[7] = 0.0
    return a_layer(points, (3, 3, 3), (5, 1, 1))


class Tiny(nn.Module):
    """One layer of channels and one that reads them; logits are the means of its outputs."""

    def __init__(self, made: nn.Conv2d, read: nn.Conv2d) -> None:
        super().__init__()
        self.conv0, self.relu, self.read = made, nn.ReLU(inplace=True), read

    def forward(self, images: torch.Tensor) -> torch.Tensor:  # noqa: D102
        return self.read(self.relu(self.conv0(images))).mean((2, 3))


def a_calibration(channels: int, *, seed: int = 0, dead: bool = False) -> Calibration:
    """Of 3 by 3 kernels, with ten labelled images."""
    torch.manual_seed(seed)
    made, read = nn.Conv2d(3, channels, 3, padding=1), nn.Conv2d(channels, 4, 3)
    if dead:
        nn.init.zeros_(made.weight)
        nn.init.zeros_(made.bias)
    network = Network("tiny", Tiny(made, read).eval(), (3, 6, 6), 4, None, "made for a test")
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (10, 6, 6, 3), dtype=np.uint8)
    return Calibration(network, images, rng.integers(0, 4, 10), mirrored=False, batch=4, seed=seed)


@pytest.fixture
def tiny() -> Callable[..., Calibration]:
    """Makes calibrations of small networks."""
    return a_calibration


@pytest.fixture(scope="session")
def calibration() -> Calibration:
    """Of a network whose `conv0` has twelve channels."""
    return a_calibration(12)


@pytest.fixture
def by_hand() -> Calibration:
    """Four channels A, B, A - B and B - A, rectified, on two images.

    First A is the identity and B all ones; then A has one pixel and B none.  They are read with
    weights 1, 1, 2, 1 and 0, 1, 0, 1.
    """
    made, read = nn.Conv2d(2, 4, 1, bias=False), nn.Conv2d(4, 2, 1, bias=False)
    with torch.no_grad():
        made.weight.copy_(torch.tensor([[1.0, 0], [0, 1], [1, -1], [-1, 1]]).view(4, 2, 1, 1))
        read.weight.copy_(torch.tensor([[1.0, 1, 2, 1], [0, 1, 0, 1]]).view(2, 4, 1, 1))
    network = Network("four", Tiny(made, read).eval(), (2, 2, 2), 2, None, "made for a test")
    first = [[[1, 1], [0, 1]], [[0, 1], [1, 1]]]
    second = [[[1, 0], [0, 0]], [[0, 0], [0, 0]]]
    images = 255 * np.array([first, second], dtype=np.uint8)
    return Calibration(network, images, np.array([0, 0]), mirrored=False)


@pytest.fixture(scope="session")
def noise(small_resnet) -> Calibration:
    """A few images of noise; a network whose additions couple layers with several consumers."""
    images = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), dtype=np.uint8)
    return Calibration(small_resnet, images)


@pytest.fixture(scope="session")
def coupled(small_resnet, noise) -> FilterLayer:
    """The first layer: tied to others, and read by more than one."""
    layer = filter_layers(small_resnet)[0]
    assert len(noise.consumers(layer.name)) > 1
    return layer
