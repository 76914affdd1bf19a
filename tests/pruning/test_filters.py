"""The filters of layers as points."""

import numpy as np
import pytest
import torch
from torch import nn

from dispersion.errors import InputError, UnknownNameError
from pruning import FilterLayer, Network, filter_layers, select_layers
from pruning.zoo.networks.mobilenet_v2 import MobileNetV2
from pruning.zoo.networks.resnet import CifarResNet
from pruning.zoo.networks.vgg import Vgg


def test_vgg_has_thirteen_single_layers() -> None:
    """Each convolution of VGG-16 is a layer of its own, in forward order."""
    layers = filter_layers(Network("vgg", Vgg().eval(), (3, 32, 32), 10, None, "test"))
    assert [len(layer.points) for layer in layers] == [64] * 2 + [128] * 2 + [256] * 3 + [512] * 6
    assert not any(layer.coupled for layer in layers)
    assert layers[1].points.shape == (64, 64 * 9)


def test_resnet56_has_27_inner_and_3_tied_layers() -> None:
    """First convolutions of blocks are free, everything that is added together is tied."""
    network = Network("resnet56", CifarResNet(56).eval(), (3, 32, 32), 10, None, "test")
    layers = filter_layers(network)
    tied = {layer.name: layer for layer in layers if layer.coupled}
    assert len(layers) == 30
    assert {name: layer.points.shape for name, layer in tied.items()} == {
        "conv1": (16, 27 + 9 * 144),
        "layer2.0.conv2": (32, 9 * 288 + 16),
        "layer3.0.conv2": (64, 9 * 576 + 32),
    }
    assert "layer2.0.shortcut.0" in tied["layer2.0.conv2"].convolutions


def test_mobilenet_has_20_inner_and_5_tied_layers() -> None:
    """Inside a block the depthwise convolution goes with the one before; additions tie blocks."""
    network = Network("mobilenet", MobileNetV2().eval(), (3, 32, 32), 1000, None, "test")
    layers = {layer.name: layer for layer in filter_layers(network)}
    assert {name: layer.points.shape for name, layer in layers.items() if layer.coupled} == {
        "features.2.conv.2": (24, 96 + 144),
        "features.4.conv.2": (32, 144 + 2 * 192),
        "features.7.conv.2": (64, 192 + 3 * 384),
        "features.11.conv.2": (96, 384 + 2 * 576),
        "features.14.conv.2": (160, 576 + 2 * 960),
    }
    inner = select_layers(list(layers.values()), "inner")
    assert [len(layer.convolutions) for layer in inner] == [2, 1, *[2] * 16, 1, 1]
    assert layers["features.0.0"].convolutions == ("features.0.0", "features.1.conv.0.0")
    assert layers["features.17.conv.0.0"].points.shape == (960, 160 + 9)
    assert layers["features.18.0"].points.shape == (1280, 320)


def test_points_are_the_flattened_weights(small_resnet: Network) -> None:
    """A tied layer's point holds the weights of all its convolutions one after the other."""
    layer = filter_layers(small_resnet)[0]
    weights = [
        small_resnet.module.get_submodule(name).get_parameter("weight") for name in layer.convolutions
    ]
    expected = torch.cat([weight[3].flatten() for weight in weights]).double()
    assert layer.points.dtype == np.float64
    assert np.array_equal(layer.points[3], expected.detach().numpy())


def test_network_is_left_alone(small_resnet: Network) -> None:
    """Finding layers works on frozen parameters without gradients and changes nothing."""
    digest = small_resnet.digest
    small_resnet.module.requires_grad_(False)
    with torch.inference_mode():
        names = [layer.name for layer in filter_layers(small_resnet)]
    assert not any(p.requires_grad for p in small_resnet.module.parameters())
    small_resnet.module.requires_grad_(True)
    assert names == [layer.name for layer in filter_layers(small_resnet)]
    assert small_resnet.digest == digest


def layer(name: str, *tied: str) -> FilterLayer:
    return FilterLayer(name, (name, *tied), np.zeros((4, 2)), coupled=bool(tied))


LAYERS = [layer("conv1", "a"), layer("layer1.0.conv1"), layer("layer1.1.conv1"), layer("b.conv1")]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("inner", [1, 2, 3]),
        ("inner:2", [1, 2]),
        ("inner:9", [1, 2, 3]),
        ("all", [0, 1, 2, 3]),
        ("conv1", [0]),
        ("b.conv1, layer1.*,layer1.0.conv1", [1, 2, 3]),
        ("*.conv1", [1, 2, 3]),
    ],
)
def test_layers_are_selected_by_kind_name_or_pattern(wanted: str, expected: list[int]) -> None:
    """Each way to ask for layers gives them once, in forward order."""
    assert select_layers(LAYERS, wanted) == [LAYERS[i] for i in expected]


@pytest.mark.parametrize("wanted", ["layer1.0.conv2", "conv1,layer9.*"])
def test_unknown_layers_are_refused(wanted: str) -> None:
    """A name or pattern that matches nothing is refused even beside one that matches."""
    with pytest.raises(UnknownNameError, match="unknown layer"):
        select_layers(LAYERS, wanted)


@pytest.mark.parametrize(("layers", "wanted"), [(LAYERS, " , "), (LAYERS[:1], "inner")])
def test_empty_selections_are_refused(layers: list[FilterLayer], wanted: str) -> None:
    """Asking for nothing, or for inner layers where there are none, is refused."""
    with pytest.raises(InputError):
        select_layers(layers, wanted)


@pytest.mark.real
def test_seven_filters_of_vgg16_are_dead(vgg16: Network) -> None:
    """The trained VGG-16 has 7 filters of 4,224 a thousand times shorter than their neighbours."""
    norms = [np.linalg.norm(layer.points, axis=1) for layer in filter_layers(vgg16)]
    assert sum(len(n) for n in norms) == 4224
    assert sum(int((n < 1e-3 * np.median(n)).sum()) for n in norms) == 7


class Head(nn.Module):
    """A convolution whose channels are the classes."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Conv2d(3, 6, 3)
        self.head = nn.Conv2d(6, 10, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map images to logits."""
        return self.head(torch.relu(self.body(x))).mean((2, 3))


def test_output_channels_are_no_filters() -> None:
    """A convolution that emits the logits is not offered for pruning."""
    network = Network("head", Head().eval(), (3, 8, 8), 10, None, "test")
    assert [layer.name for layer in filter_layers(network)] == ["body"]
