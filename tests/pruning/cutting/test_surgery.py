"""Cutting networks down, held against masking."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from dispersion.errors import ContradictionError, InputError
from pruning import Network, filter_layers, mask, prune, select_layers, uniform
from pruning.cutting.cut_audit import CutAudit


def random_kept(network: Network, wanted: str, keep: float) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {
        layer.name: rng.choice(len(layer.points), uniform(len(layer.points), keep), replace=False)
        for layer in select_layers(filter_layers(network), wanted)
    }


def logits(network: Network) -> torch.Tensor:
    images = torch.rand(2, *network.input_shape, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        return network.module(images)


def assert_pruned_is_masked(network: Network, wanted: str, keep: float) -> None:
    kept = random_kept(network, wanted, keep)
    pruned, masked = logits(prune(network, kept)), logits(mask(network, kept))
    torch.testing.assert_close(pruned, masked, rtol=1e-4, atol=1e-4)
    assert not torch.allclose(pruned, logits(network), rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("keep", [0.25, 0.5, 0.9])
def test_pruned_vgg_computes_what_the_masked_one_does(small_vgg: Network, keep: float) -> None:
    """Removing channels equals silencing them, and differs from doing nothing."""
    assert_pruned_is_masked(small_vgg, "all", keep)


@pytest.mark.parametrize("keep", [0.25, 0.5, 0.9])
@pytest.mark.parametrize("wanted", ["inner", "all"])
def test_pruned_resnet_computes_what_the_masked_one_does(
    small_resnet: Network, wanted: str, keep: float
) -> None:
    """Tied layers, too, are removed as they are silenced."""
    assert_pruned_is_masked(small_resnet, wanted, keep)


@pytest.mark.parametrize("keep", [0.1, 0.5])
@pytest.mark.parametrize("wanted", ["inner", "all"])
def test_pruned_mobilenet_computes_what_the_masked_one_does(
    small_mobilenet: Network, wanted: str, keep: float
) -> None:
    """Depthwise convolutions go with the channels they filter, inside the blocks and between them."""
    assert_pruned_is_masked(small_mobilenet, wanted, keep)


def test_depthwise_convolutions_keep_the_same_filters(small_mobilenet: Network) -> None:
    """The depthwise convolution holds the rows that its input keeps, with as many groups."""
    pruned = prune(small_mobilenet, {"features.2.conv.0.0": [20, 7, 13]})
    for name, groups in (("features.2.conv.0.0", 1), ("features.2.conv.1.0", 3)):
        before = small_mobilenet.module.get_submodule(name).get_parameter("weight")
        after = pruned.module.get_submodule(name)
        assert after.groups == groups
        assert torch.equal(after.get_parameter("weight"), before[[7, 13, 20]])
    narrow = pruned.module.get_submodule("features.2.conv.2").get_parameter("weight")
    assert narrow.shape == (6, 3, 1, 1)


def test_every_layer_of_mobilenet_can_keep_one_filter(small_mobilenet: Network) -> None:
    """A depthwise convolution of one channel still runs, and can be cut again without change."""
    one = {layer.name: [0] for layer in filter_layers(small_mobilenet)}
    pruned = prune(small_mobilenet, one)
    assert logits(pruned).shape == (2, 10)
    assert {len(layer.points) for layer in filter_layers(pruned)} == {1}


@pytest.mark.real
@pytest.mark.parametrize(
    "name",
    [
        "vgg16",
        "resnet56",
        pytest.param("mobilenet_v2", marks=pytest.mark.slow),  # 224 x 224 pixels; see small_mobilenet
    ],
)
def test_trained_networks_prune_as_they_mask(name: str, request: pytest.FixtureRequest) -> None:
    """The trained networks agree with their masked selves after every kind of cut."""
    network = request.getfixturevalue(name)
    assert_pruned_is_masked(network, "inner", 0.5)
    assert_pruned_is_masked(network, "all", 0.9)


def test_exactly_the_kept_filters_remain(small_resnet: Network) -> None:
    """All tied convolutions hold the original's kept rows, in the original order."""
    layer = filter_layers(small_resnet)[0]
    pruned = prune(small_resnet, {layer.name: [9, 2, 5]})
    for name in layer.convolutions:
        before = small_resnet.module.get_submodule(name).get_parameter("weight")
        after = pruned.module.get_submodule(name).get_parameter("weight")
        columns = [2, 5, 9] if before.shape[1] == 16 and "conv2" not in name else slice(None)
        assert torch.equal(after, before[[2, 5, 9]][:, columns])


def test_original_and_flags_are_left_alone(small_resnet: Network) -> None:
    """A frozen network is pruned into a frozen copy; the original keeps weights and shape."""
    digest = small_resnet.digest
    small_resnet.module.requires_grad_(False)
    with torch.inference_mode():
        pruned = prune(small_resnet, random_kept(small_resnet, "all", 0.5))
    assert not any(parameter.requires_grad for parameter in pruned.module.parameters())
    assert not any(parameter.is_inference() for parameter in pruned.module.parameters())
    small_resnet.module.requires_grad_(True)
    assert small_resnet.digest == digest != pruned.digest
    assert replace(pruned, module=small_resnet.module, kept={}) == small_resnet


@pytest.mark.parametrize("cut", [prune, mask])
def test_keeping_everything_changes_nothing(small_resnet: Network, cut: Callable[..., Network]) -> None:
    """No request and requests for all filters give an equal network."""
    everything = {layer.name: range(len(layer.points)) for layer in filter_layers(small_resnet)}
    assert cut(small_resnet, {}).digest == small_resnet.digest
    assert cut(small_resnet, everything).digest == small_resnet.digest


@pytest.mark.parametrize("cut", [prune, mask])
@pytest.mark.parametrize(
    "kept",
    [{"conv1": []}, {"conv1": [0, 0]}, {"conv1": [16]}, {"layer9": [0]}, {"conv1": [0.5]}],
)
def test_bad_requests_touch_nothing(
    small_resnet: Network, cut: Callable[..., Network], kept: dict[str, Any]
) -> None:
    """A bad request beside a good one is refused before anything is cut."""
    digest = small_resnet.digest
    with pytest.raises(InputError):
        cut(small_resnet, {"layer1.0.conv1": [0, 1]} | kept)
    assert small_resnet.digest == digest


def test_one_filter_can_be_kept(small_vgg: Network) -> None:
    """A layer may be cut to a single filter and the network still runs."""
    assert logits(prune(small_vgg, {"features.48": [63]})).shape == (2, 10)


def test_a_wrong_cut_is_a_contradiction(small_resnet: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """If torch-pruning cut other filters than it announced, the audit would say so."""
    note = CutAudit.note

    def shifted(self: CutAudit, name: str, handler: object, indices: list[int]) -> None:
        moved = [5 if i == 4 else i for i in indices] if name == "layer1.0.bn1" else indices
        note(self, name, handler, moved)

    monkeypatch.setattr(CutAudit, "note", shifted)
    kept = [i for i in range(16) if i != 4]
    with pytest.raises(ContradictionError, match=r"layer1\.0\.bn1"):
        prune(small_resnet, {"layer1.0.conv1": kept})


class Shuffled(torch.nn.Module):
    """Two convolutions with a channel shuffle between them, as in ShuffleNet."""

    def __init__(self) -> None:
        super().__init__()
        self.first = torch.nn.Conv2d(3, 8, 1)
        self.second = torch.nn.Conv2d(8, 8, 1)
        self.head = torch.nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map images to logits."""
        x = self.first(x).unflatten(1, (2, -1)).transpose(1, 2).flatten(1, 2)
        return self.head(self.second(x).mean((2, 3)))


@pytest.mark.parametrize("kept", [[0, 1], [0, 2, 5]])
def test_operations_that_shuffle_channels_are_refused(kept: list[int]) -> None:
    """What torch-pruning cannot follow is refused, whether the result runs (even) or not (odd)."""
    torch.manual_seed(0)
    network = Network("shuffled", Shuffled().eval(), (3, 8, 8), 4, None, "test")
    with pytest.raises(InputError, match="cannot follow"):
        prune(network, {"first": kept})


def test_activations_that_lift_zero_are_fine() -> None:
    """A sigmoid turns silence into a constant, so masking differs, yet the cut is right."""
    torch.manual_seed(0)
    module = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 1), torch.nn.Sigmoid(), torch.nn.Conv2d(8, 4, 8), torch.nn.Flatten()
    )
    network = Network("sigmoid", module.eval(), (3, 8, 8), 4, None, "test")
    assert logits(prune(network, {"0": [1, 6]})).shape == (2, 4)
