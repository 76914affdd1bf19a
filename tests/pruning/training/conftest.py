"""A network and images small enough to train in no time."""

import numpy as np
import pytest
import torch
from torch import nn

from pruning import Network
from pruning.training.loop import Labelled


def tiny_network() -> Network:
    """Convolution, batch norm, dropout and a linear layer, for images of 8 x 8 in three classes."""
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.Dropout(0.2),
        nn.Conv2d(6, 5, 3),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(20, 3),
    )
    return Network("tiny", module.eval(), (3, 8, 8), 3, None, "made for a test")


def coloured_images(count: int = 31) -> Labelled:
    """Noise in which one colour stands out: the class."""
    generator = np.random.default_rng(0)
    pixels = generator.integers(0, 160, (count, 8, 8, 3), dtype=np.uint8)
    labels = np.arange(count, dtype=np.int64) % 3
    pixels[np.arange(count), :, :, labels] += 80
    return pixels, labels


@pytest.fixture
def tiny() -> Network:
    return tiny_network()


@pytest.fixture(scope="session")
def coloured() -> Labelled:
    return coloured_images()
