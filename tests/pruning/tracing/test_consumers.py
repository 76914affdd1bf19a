"""Tests of `pruning.tracing.consumers`: who reads channels, in which columns."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from pruning import Network, mask
from pruning.tracing.consumers import consumers
from pruning.tracing.graph import trace


class Flat(nn.Module):
    """Channels flattened to four features each."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 6, 3, padding=1), nn.Linear(6 * 4, 5)

    def forward(self, images: torch.Tensor) -> torch.Tensor:  # noqa: D102
        return self.head(nn.functional.max_pool2d(self.conv(images).relu(), 2).flatten(1))


@pytest.fixture(scope="module")
def flat() -> Network:
    torch.manual_seed(0)
    return Network("flat", Flat().eval(), (3, 4, 4), 5, None, "made for a test")


def found(network: Network, layer: str) -> dict[str, np.ndarray]:
    traced = trace(network)
    (coupling,) = [one for one in traced.couplings if one.convolutions[0] == layer]
    return {consumer.name: consumer.columns for consumer in consumers(traced, coupling)}


def test_a_convolution_reads_a_kernel_of_every_channel(small_vgg):
    (name,), (columns,) = zip(*found(small_vgg, "features.0").items(), strict=True)
    assert name == "features.4"
    assert columns.tolist() == np.arange(16 * 9).reshape(16, 9).tolist()


def test_a_linear_layer_reads_what_channels_were_flattened_to(flat, small_vgg):
    """All features of one channel, those of the first first."""
    assert found(flat, "conv")["head"].tolist() == np.arange(24).reshape(6, 4).tolist()
    assert found(small_vgg, "features.48")["classifier.1"].shape == (64, 1)


def test_tied_channels_have_all_their_readers(small_resnet):
    """The convolutions and the shortcut of the next stage, too."""
    blocks = {"layer1.0.conv1", "layer1.1.conv1", "layer2.0.conv1"}
    assert found(small_resnet, "conv1").keys() == blocks | {"layer2.0.shortcut.0"}


def test_columns_are_those_that_matter(small_resnet, flat):
    """Zeroing a channel's columns in all consumers is masking the channel."""
    torch.manual_seed(1)
    for network, layer in ((small_resnet, "layer2.0.conv1"), (small_resnet, "conv1"), (flat, "conv")):
        channels = network.module.get_submodule(layer).out_channels
        kept = {layer: np.delete(np.arange(channels), [1, 4])}
        blind = network.copy()
        for name, columns in found(network, layer).items():
            weight = blind.module.get_submodule(name).weight.detach().flatten(1)
            weight[:, columns[[1, 4]].ravel()] = 0.0
        images = torch.rand(2, *network.input_shape)
        with torch.inference_mode():
            assert torch.allclose(blind.module(images), mask(network, kept).module(images), atol=1e-5)
