"""Tests of `pruning.spaces`: filters as points, by their definitions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from dispersion.errors import InputError, UnknownNameError
from pruning import Calibration, FilterLayer, Network, filter_layers
from pruning.batches import batches
from pruning.criteria import keep, scores
from pruning.spaces import in_space, spaces
from pruning.tracing.hooks import run_until_seen

ALL = sorted(spaces)


@pytest.fixture(scope="module")
def seen(small_resnet) -> Calibration:
    images = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
    return Calibration(small_resnet, images, mirrored=False, batch=4)


@pytest.fixture(scope="module")
def layers(small_resnet) -> dict[str, FilterLayer]:
    return {layer.name: layer for layer in filter_layers(small_resnet)}


def squared(points):
    return ((points[:, None] - points[None]) ** 2).sum(2)


def test_the_four_spaces():
    assert ALL == ["activations", "contributions", "normalized", "weights"]
    assert [name for name in ALL if spaces[name].needs_images] == ["activations", "contributions"]


@pytest.mark.parametrize("name", ALL)
def test_points_are_new_and_the_layer_is_left_alone(name, seen, layers):
    layer = layers["layer1.0.conv1"]
    before = layer.points.copy()
    moved = in_space(layer, name, calibration=seen)
    assert moved.name == layer.name
    assert moved.points.dtype == np.float64
    assert len(moved.points) == 16
    assert not moved.points.flags.writeable
    assert (layer.points == before).all()
    assert (moved is layer) == (name == "weights")
    if name != "weights":
        assert moved.shapes == ()
        assert (in_space(layer, name, calibration=seen).points == moved.points).all()


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("criterion", ["l2", "fpgm", "whc", "fpici", "dpp", "dispersion", "hrank"])
def test_every_criterion_works_in_every_space(name, criterion, seen, layers):
    moved = in_space(layers["layer1.0.conv1"], name, calibration=seen)
    assert len(keep(moved, 5, criterion, calibration=seen)) == 5


def test_unit_vectors_and_zeros():
    layer = FilterLayer("conv", ("conv",), np.array([[3.0, 4.0], [0.0, 0.0], [0.0, -2.0]]))
    assert in_space(layer, "normalized").points.tolist() == [[0.6, 0.8], [0, 0], [0, -1]]


def test_activations_are_centred_feature_maps(seen, layers):
    """All of them where the cap allows; squared distances are mean squared differences."""
    layer = layers["layer3.1.conv1"]
    maps = torch.cat(list(seen.maps(layer.name))).double().numpy()
    flat = maps.transpose(1, 0, 2, 3).reshape(64, -1)
    flat -= flat.mean(axis=1, keepdims=True)
    points = in_space(layer, "activations", calibration=seen).points
    assert points.shape == flat.shape
    assert squared(points[:20]) == pytest.approx(squared(flat[:20]) / flat.shape[1])


def test_activations_are_sampled(seen, layers):
    """From all batches, close to the whole, and by the seed."""
    layer = layers["layer1.0.conv1"]
    whole = in_space(layer, "activations", calibration=seen, coordinates=10**9).points
    part = in_space(layer, "activations", calibration=seen, coordinates=2000, seed=1).points
    assert whole.shape == (16, 6 * 1024)
    assert part.shape == (16, 2000)
    difference = squared(part) - squared(whole)
    assert np.abs(difference).mean() < 0.1 * squared(whole).mean()
    other = in_space(layer, "activations", calibration=seen, coordinates=2000, seed=2).points
    assert (part != other).any()
    one = in_space(layer, "activations", calibration=seen, coordinates=10**9, images=1).points
    assert one.shape == (16, 1024)


class Flat(nn.Module):
    """Channels flattened to several features each, after pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 6, 3, padding=1), nn.Linear(6 * 4, 5)

    def forward(self, images: torch.Tensor) -> torch.Tensor:  # noqa: D102
        pooled = nn.functional.max_pool2d(self.conv(images).relu(), 2)
        return self.head(pooled.flatten(1))


def added_alone(module: nn.Module, inputs: torch.Tensor, mine: np.ndarray) -> np.ndarray:
    """What some of a layer's inputs add to its outputs, centred, shape (outputs, samples)."""
    alone = torch.zeros_like(inputs)
    alone[:, mine] = inputs[:, mine]
    with torch.no_grad():
        out = (module(alone) - module(torch.zeros_like(alone))).double()
    out = out.transpose(0, 1).flatten(1)
    return (out - out.mean(1, keepdim=True)).numpy()


@pytest.mark.parametrize("name", ["layer2.0.conv1", "conv1", "conv"])
def test_contributions_are_what_readers_add_up(name, small_resnet):
    """Each consumer is run with one channel at a time; tied and flattened channels too."""
    torch.manual_seed(0)
    flat = Network("flat", Flat().eval(), (3, 4, 4), 5, None, "made for a test")
    network, side = (flat, 4) if name == "conv" else (small_resnet, 32)
    images = np.random.default_rng(0).integers(0, 256, (6, side, side, 3), dtype=np.uint8)
    whole = Calibration(network, images, mirrored=False)  # so few that every place is looked at
    layer = next(one for one in filter_layers(network) if one.name == name)
    slow = np.zeros((6, 6))
    (pixels,) = batches(network, images, 6)
    inputs: dict[str, torch.Tensor] = {}
    names = [consumer.name for consumer in whole.consumers(name)]
    run_until_seen(network.module, pixels, names, lambda one, _, x, __: inputs.update({one: x.clone()}))
    for consumer in whole.consumers(name):
        module = network.module.get_submodule(consumer.name)
        mine = [np.unique(columns // module.weight[0, 0].numel()) for columns in consumer.columns[:6]]
        added = [added_alone(module, inputs[consumer.name], one) for one in mine]
        slow += [[(a * b).sum() / a.shape[1] for a in added] for b in added]
    points = in_space(layer, "contributions", calibration=whole).points[:6]
    assert points @ points.T == pytest.approx(slow, rel=1e-3, abs=1e-4 * np.abs(slow).max())


def test_what_is_never_read_is_a_point_at_the_origin(seen, layers):
    """And a layer of which nothing is read has all points there."""
    network = seen.network.copy()
    with torch.no_grad():
        network.module.get_submodule("layer1.0.conv2").weight[:, 5] = 0.0
    images = seen.images
    points = in_space(
        layers["layer1.0.conv1"],
        "contributions",
        calibration=Calibration(network, images, mirrored=False),
    ).points
    assert np.linalg.norm(points[5]) == pytest.approx(0.0, abs=1e-6)
    assert np.median(np.linalg.norm(points, axis=1)) > 1e-2
    with torch.no_grad():
        network.module.get_submodule("layer1.0.conv2").weight[:] = 0.0
    dead = Calibration(network, images, mirrored=False)
    moved = in_space(layers["layer1.0.conv1"], "contributions", calibration=dead)
    assert (moved.points == 0).all()
    assert (scores(moved, "l2") == 0).all()


@pytest.mark.parametrize("name", ["activations", "contributions"])
def test_images_are_asked_for(name, layers):
    with pytest.raises(InputError, match=f"the space {name} needs calibration images: give"):
        in_space(layers["layer1.0.conv1"], name)


def test_arguments_are_checked(seen, layers):
    layer = layers["layer1.0.conv1"]
    with pytest.raises(UnknownNameError, match="space 'weight'; did you mean weights"):
        in_space(layer, "weight")
    with pytest.raises(UnknownNameError, match="argument of activations 'coords'"):
        in_space(layer, "activations", calibration=seen, coords=3)
    for argument in ("images", "coordinates"):
        with pytest.raises(InputError, match=r"1 \w+ or more, not 0"):
            in_space(layer, "activations", calibration=seen, **{argument: 0})
