"""Tests of `pruning.readers`: who reads channels, in which columns, and the rows they see."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from dispersion.errors import InputError
from pruning import Network, mask
from pruning.graph import trace
from pruning.readers import outputs_at, patches, places, readers


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
    return {reader.name: reader.columns for reader in readers(traced, coupling)}


def test_a_convolution_reads_a_kernel_of_every_channel(small_vgg):
    (name,), (columns,) = zip(*found(small_vgg, "features.0").items(), strict=True)
    assert name == "features.4"
    assert columns.tolist() == np.arange(64 * 9).reshape(64, 9).tolist()


def test_a_linear_layer_reads_what_channels_were_flattened_to(flat, small_vgg):
    """All features of one channel, those of the first first."""
    assert found(flat, "conv")["head"].tolist() == np.arange(24).reshape(6, 4).tolist()
    assert found(small_vgg, "features.48")["classifier.1"].shape == (512, 1)


def test_tied_channels_have_all_their_readers(small_resnet):
    """The convolutions and the shortcut of the next stage, too."""
    blocks = {"layer1.0.conv1", "layer1.1.conv1", "layer2.0.conv1"}
    assert found(small_resnet, "conv1").keys() == blocks | {"layer2.0.shortcut.0"}


def test_columns_are_those_that_matter(small_resnet, flat):
    """Zeroing a channel's columns in all readers is masking the channel."""
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


LAYERS = [
    nn.Conv2d(3, 4, 3, padding=1),
    nn.Conv2d(3, 4, 3),
    nn.Conv2d(3, 4, (3, 2), stride=2, padding=(1, 0)),
    nn.Conv2d(3, 4, 3, stride=(2, 1), dilation=2),
    nn.Conv2d(3, 4, 3, padding="same", dilation=2),
    nn.Conv2d(3, 4, (2, 4), padding="same"),
    nn.Conv2d(3, 4, 3, padding=1, padding_mode="reflect"),
    nn.Conv2d(3, 4, 3, padding=2, padding_mode="circular", stride=3, bias=False),
    nn.Conv2d(3, 4, 1),
    nn.Conv2d(3, 4, (7, 8)),
]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_rows_are_what_a_convolution_multiplies(layer):
    """Rows @ weights + bias = outputs, at every place and at some."""
    torch.manual_seed(0)
    inputs = torch.randn(3, 3, 7, 8)
    with torch.no_grad():
        outputs = layer(inputs)
        there = places(layer, inputs)
        assert there == outputs.shape[2] * outputs.shape[3]
        for where in (torch.arange(there), torch.arange(there)[:: max(1, there // 3)]):
            rows = patches(layer, inputs, where)
            assert rows.shape == (3 * len(where), layer.weight[0].numel())
            made = rows @ layer.weight.flatten(1).T
            made = made if layer.bias is None else made + layer.bias
            assert torch.allclose(made, outputs_at(outputs, where), atol=1e-5)


def test_rows_of_a_linear_layer_are_its_inputs():
    layer, inputs = nn.Linear(6, 2), torch.randn(5, 6)
    assert places(layer, inputs) == 1
    assert (patches(layer, inputs, torch.arange(1)) == inputs).all()
    assert (outputs_at(layer(inputs), torch.arange(1)) == layer(inputs)).all()


@pytest.mark.parametrize(
    ("layer", "shape"),
    [(nn.Conv2d(4, 4, 3, groups=2), (1, 4, 5, 5)), (nn.Linear(6, 2), (1, 3, 6)), (nn.ReLU(), (1, 6))],
    ids=str,
)
def test_other_layers_are_refused(layer, shape):
    with pytest.raises(InputError, match="only plain convolutions and linear layers"):
        patches(layer, torch.zeros(shape), torch.arange(1))
