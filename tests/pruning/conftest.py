"""Networks for the tests: small untrained ones, and the trained ones where they can be had."""

import os
from collections.abc import Callable
from typing import TypeVar
from unittest.mock import patch

import pytest
import torch
from torch import nn

from dispersion.errors import UnavailableError
from pruning import Images, Network, load_images, load_network
from pruning.training import loop
from pruning.zoo.networks import mobilenet_v2 as mobilenet_v2_module
from pruning.zoo.networks import vgg
from pruning.zoo.networks.mobilenet_v2 import MobileNetV2
from pruning.zoo.networks.resnet import CifarResNet
from pruning.zoo.networks.vgg import Vgg

T = TypeVar("T")


def untrained(name: str, module: nn.Module, input_shape: tuple[int, int, int]) -> Network:
    """Wrap a module whose batch norms are randomised, so that forgetting one shows."""
    torch.manual_seed(0)
    for norm in module.modules():
        if isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.uniform_(norm.weight, 0.5, 1.5)
            nn.init.uniform_(norm.bias, -0.5, 0.5)
            nn.init.uniform_(norm.running_mean, -0.5, 0.5)
            nn.init.uniform_(norm.running_var, 0.5, 1.5)
    return Network(name, module.eval(), input_shape, 10, None, "made for a test")


def had(load: Callable[[], T]) -> T:
    """Load something published; skip the test where it cannot be had, but not in CI."""
    try:
        return load()
    except UnavailableError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def small_vgg() -> Network:
    torch.manual_seed(1)
    with patch.object(vgg, "_WIDTHS", (16, 32, 64, 64, 64)):
        return untrained("small-vgg", Vgg(), (3, 32, 32))


@pytest.fixture(scope="session")
def small_resnet() -> Network:
    torch.manual_seed(2)
    return untrained("small-resnet", CifarResNet(depth=14), (3, 32, 32))


@pytest.fixture(scope="session")
def small_mobilenet() -> Network:
    torch.manual_seed(3)
    narrow = [(times, wide // 4, *rest) for times, wide, *rest in mobilenet_v2_module._STAGES]
    with patch.multiple(mobilenet_v2_module, _STAGES=narrow, _STEM=8, _LAST=64):
        return untrained("small-mobilenet", MobileNetV2(10), (3, 32, 32))


@pytest.fixture(scope="session")
def vgg16() -> Network:
    return had(lambda: load_network("vgg16"))


@pytest.fixture(scope="session")
def resnet56() -> Network:
    return had(lambda: load_network("resnet56"))


@pytest.fixture(scope="session")
def mobilenet_v2() -> Network:
    return had(lambda: load_network("mobilenet_v2"))


@pytest.fixture(scope="session")
def cifar10() -> Images:
    return had(lambda: load_images("cifar10"))


@pytest.fixture
def long_floats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train as processors without bfloat16 do."""
    monkeypatch.setattr(loop, "_processor_has_them", lambda: False)
