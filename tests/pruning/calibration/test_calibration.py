"""Tests of `pruning.calibration`: what is seen of a network at work."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from dispersion.errors import InputError, UnknownNameError
from pruning import Calibration, Network
from pruning.batches import batches
from pruning.tracing.hooks import run_until_seen


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (7, 32, 32, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def resnet(small_resnet, images) -> Calibration:
    """Few images, so that every place is looked at."""
    return Calibration(small_resnet, images, mirrored=False, batch=3)


@pytest.fixture(scope="module")
def vgg(small_vgg, images) -> Calibration:
    return Calibration(small_vgg, images, mirrored=False, batch=3)


def seen_whole(network: Network, images, name: str) -> tuple[torch.Tensor, torch.Tensor]:
    """A layer's inputs and outputs on all images at once."""
    found: list[tuple[torch.Tensor, torch.Tensor]] = []
    (pixels,) = batches(network, images, len(images))
    run_until_seen(
        network.module, pixels, [name], lambda _, __, x, y: found.append((x.clone(), y.clone()))
    )
    return found[0]


def test_covariances_are_those_of_patches(resnet, images):
    """Of `unfold`, centred; of layers asked for in any order."""
    for name in ("layer3.0.conv1", "layer1.0.conv2", "layer2.0.conv1"):
        module = resnet.network.module.get_submodule(name)
        inputs, _ = seen_whole(resnet.network, images, name)
        cut = nn.functional.unfold(inputs, 3, padding=1, stride=module.stride)
        rows = cut.transpose(1, 2).flatten(0, 1).double().numpy()
        found = resnet.covariance(name)
        slow = np.cov(rows, rowvar=False, bias=True)
        assert found.numpy() == pytest.approx(slow, abs=1e-5 * np.abs(slow).max())
        assert resnet.covariance(name) is found


def test_sampled_rows_are_true_rows(vgg, images):
    """Each row with the weights gives the output at the same place; as many images each."""
    names = ["features.4", "features.24", "classifier.1"]
    seen = vgg.samples
    for index, (rows, (outputs, _)) in enumerate(
        zip(seen.inputs(names), seen.outputs(names), strict=True)
    ):
        for name in names:
            module = vgg.network.module.get_submodule(name)
            made = rows[name] @ module.weight.detach().flatten(1).T + module.bias.detach()
            assert made.shape == outputs[name].shape
            assert torch.allclose(made, outputs[name], atol=1e-4 * float(made.abs().max()))
            assert len(made) % (3, 2, 2)[index] == 0


def test_few_places_of_many_images_are_drawn_by_the_seed(small_resnet):
    """Thirty thousand rows, or the next whole number of places; other seeds draw others."""
    images = np.random.default_rng(1).integers(0, 256, (30, 32, 32, 3), dtype=np.uint8)

    def rows(seed: int) -> torch.Tensor:
        seen = Calibration(small_resnet, images, mirrored=False, batch=8, seed=seed)
        return torch.cat([some["layer1.0.conv2"] for some in seen.samples.inputs(["layer1.0.conv2"])])

    first = rows(0)
    assert len(first) == 30 * -(-30_000 // 30)
    assert (rows(0) == first).all()
    assert (rows(1) != first).any()


def test_another_network_is_seen_at_the_same_places(vgg):
    same = vgg.network.copy()
    names = ["features.4"]
    samples = vgg.samples
    pairs = zip(
        samples.pruned_inputs(names, vgg.network), samples.pruned_inputs(names, same), strict=True
    )
    for (here, _), (there, _) in pairs:
        assert (here["features.4"] == there["features.4"]).all()


@pytest.mark.parametrize("layer", ["features.0", "features.4", "features.48"])
def test_maps_are_what_comes_before_pooling(vgg, layer):
    """Convolution, batch norm and rectifier, of all images; as the next layer gets them."""
    maps = torch.cat(list(vgg.maps(layer)))
    whole = vgg.network.module.features
    (pixels,) = batches(vgg.network, vgg.images, len(vgg.images))
    with torch.inference_mode():
        slow = whole[: int(layer.split(".")[1]) + 3](pixels)
    assert torch.allclose(maps, slow, atol=1e-5)
    assert (maps >= 0).all()


def test_maps_of_tied_layers_are_those_of_the_first_reader(resnet, images):
    for layer in ("conv1", "layer2.0.conv1"):
        maps = torch.cat(list(resnet.maps(layer)))
        first = resnet.consumers(layer)[0].name
        inputs, _ = seen_whole(resnet.network, images, first)
        assert torch.allclose(maps, inputs, atol=1e-5)


class TwoBranches(nn.Module):
    """Two branches of equal width, side by side; one rectifier is a layer, the other a function."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(3, 4, 1)
        self.relu, self.pool = nn.ReLU(), nn.MaxPool2d(2)
        self.c, self.d = nn.Conv2d(8, 6, 3), nn.Linear(6, 10)

    def forward(self, x):
        """Both branches, joined, pooled and read."""
        seen = self.pool(torch.cat([self.a(x).relu(), self.relu(self.b(x))], dim=1))
        return self.d(self.c(seen).mean((2, 3)))


@pytest.mark.parametrize("name", ["a", "b"])
def test_maps_of_a_branch_are_its_own(name, images):
    """Maps of another branch have the same shape, and come between."""
    torch.manual_seed(0)
    network = Network("two", TwoBranches().eval(), (3, 32, 32), 10, None, "made for a test")
    maps = torch.cat(list(Calibration(network, images, mirrored=False).maps(name)))
    (pixels,) = batches(network, images, len(images))
    with torch.inference_mode():
        made = network.module.get_submodule(name)(pixels)
    expected = made if name == "a" else made.relu()  # what the function makes of it no layer receives
    assert torch.equal(maps, expected)


def test_images_are_mirrored_with_their_labels(small_resnet, images):
    labels = np.arange(7)
    seen = Calibration(small_resnet, images, labels)
    assert seen.images.shape == (14, 32, 32, 3)
    assert (seen.images[7:] == images[:, :, ::-1]).all()
    assert seen.labels is not None
    assert seen.labels.tolist() == [*range(7), *range(7)]
    assert Calibration(small_resnet, images).labels is None


def test_the_network_is_left_as_it_was(resnet):
    """No hook stays behind, even where a run ends early or fails."""
    digest = resnet.network.digest
    next(iter(resnet.maps("conv1")))
    resnet.covariance("layer1.0.conv2")
    module = nn.Module()
    module.unused, module.forward = nn.Identity(), lambda pixels: pixels
    with pytest.raises(InputError, match="the network never calls its layer 'unused'"):
        run_until_seen(module, torch.zeros(1), ["unused"], lambda *_: None)
    assert resnet.network.digest == digest
    for one in (*resnet.network.module.modules(), *module.modules()):
        assert not one._forward_hooks


def test_what_does_not_fit_is_refused(resnet, small_resnet, images):
    with pytest.raises(InputError, match="2 images or more, not 1"):
        Calibration(small_resnet, images[:1])
    with pytest.raises(InputError, match=r"7 images need as many labels, not shape \(6,\)"):
        Calibration(small_resnet, images, np.zeros(6, dtype=np.int64))
    with pytest.raises(UnknownNameError, match="layer 'conv'; did you mean"):
        resnet.consumers("conv")
    with pytest.raises(UnknownNameError, match="layer 'conv9'"):
        next(iter(resnet.maps("conv9")))
