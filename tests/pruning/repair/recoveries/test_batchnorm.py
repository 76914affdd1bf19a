"""Re-estimation of batch norms."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from dispersion.errors import InputError
from pruning import (
    Images,
    Network,
    accuracy,
    calibration_images,
    filter_layers,
    mask,
    prune,
    reestimate_batchnorm,
    select_layers,
    uniform,
)

IMAGES = np.random.default_rng(0).integers(0, 256, (12, 4, 4, 3), dtype=np.uint8)


@pytest.fixture
def toy() -> Network:
    module = nn.Sequential(nn.Dropout(0.9), nn.BatchNorm2d(3, momentum=0.2), nn.Flatten())
    return Network("toy", module.eval(), (3, 4, 4), 48, None, "test")


def test_statistics_become_those_of_the_images(toy: Network) -> None:
    """In one batch the statistics are the images' mean and unbiased variance, without dropout."""
    repaired = reestimate_batchnorm(toy, IMAGES)
    pixels = (IMAGES / 255).reshape(-1, 3)
    norm = repaired.module.get_submodule("1")
    np.testing.assert_allclose(norm.get_buffer("running_mean"), pixels.mean(0), rtol=1e-5)
    np.testing.assert_allclose(norm.get_buffer("running_var"), pixels.var(0, ddof=1), rtol=1e-5)


def test_batches_are_averaged(toy: Network) -> None:
    """Over several batches the mean is still that of all images."""
    repaired = reestimate_batchnorm(toy, IMAGES, batch=4)
    mean = repaired.module.get_submodule("1").get_buffer("running_mean")
    np.testing.assert_allclose(mean, (IMAGES / 255).reshape(-1, 3).mean(0), rtol=1e-5)


def test_network_is_left_alone(toy: Network) -> None:
    """The original keeps its statistics; the copy keeps mode and momentum and can be trained."""
    digest = toy.digest
    repaired = reestimate_batchnorm(toy, IMAGES)
    norm = repaired.module.get_submodule("1")
    assert toy.digest == digest != repaired.digest
    assert not any(module.training for module in repaired.module.modules())
    assert norm.momentum == 0.2
    repaired.module.train()(torch.rand(2, 3, 4, 4)).sum().backward()


def test_no_image_is_left_alone(small_vgg: Network) -> None:
    """An odd number of images never leaves a batch of one, of which no variance can be taken."""
    images = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    reestimate_batchnorm(small_vgg, images, batch=3)


@pytest.mark.parametrize(("count", "batch"), [(0, 100), (1, 100), (12, 2)])
def test_too_few_images_are_refused(toy: Network, count: int, batch: int) -> None:
    """Fewer than two images, or batches that could leave one alone, are refused."""
    with pytest.raises(InputError):
        reestimate_batchnorm(toy, IMAGES[:count], batch=batch)


@pytest.mark.slow  # test_least_squares.py has this repair beside its own
@pytest.mark.real
def test_pruned_resnet_recovers(resnet56: Network, cifar10: Images) -> None:
    """Without 40 % of its inner filters ResNet-56 falls below 0.6 and comes back above 0.8."""
    layers = select_layers(filter_layers(resnet56), "inner")
    kept = {
        layer.name: np.argsort(-np.abs(layer.points).sum(1))[: uniform(len(layer.points), 0.6)]
        for layer in layers
    }
    test, labels = cifar10.test[:300], cifar10.test_labels[:300]
    pruned = prune(resnet56, kept)
    assert accuracy(pruned, test, labels) < 0.6
    repaired = reestimate_batchnorm(pruned, calibration_images(cifar10))
    assert accuracy(repaired, test, labels) > 0.8


class Normed(nn.Module):
    """A batch norm of each kind, and one synchronised between devices."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3)
        self.flat, self.line = nn.BatchNorm2d(8), nn.BatchNorm1d(8)
        self.deep, self.sync = nn.BatchNorm3d(8), nn.SyncBatchNorm(8)
        self.head = nn.Linear(8, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map images to logits."""
        x = self.sync(self.second(self.flat(self.first(x)).relu())).relu()
        x = self.deep(x[:, :, None]).squeeze(2).relu()
        return self.head(self.line(x.mean((2, 3))))


def test_all_kinds_of_batch_norms_are_silenced_and_estimated_anew() -> None:
    """Masked channels make nothing, pruned networks equal masked ones, statistics change."""
    torch.manual_seed(0)
    module = Normed()
    norms = [one for one in module.modules() if isinstance(one, _BatchNorm)]
    for norm in norms:
        nn.init.uniform_(norm.bias, 1.0, 2.0)
        nn.init.uniform_(norm.running_mean, -1.0, 1.0)
    network = Network("normed", module.eval(), (3, 12, 12), 10, None, "made for a test")
    kept = {"first": [0, 1], "second": [2, 3, 7]}
    pruned = prune(network, kept)
    images = np.random.default_rng(0).integers(0, 256, (50, 12, 12, 3), dtype=np.uint8)
    x = torch.rand(8, 3, 12, 12)
    with torch.no_grad():
        torch.testing.assert_close(mask(network, kept).module(x), pruned.module(x))
    new = reestimate_batchnorm(pruned, images)
    for name in ("flat", "line", "deep", "sync"):
        before, after = (one.module.get_submodule(name) for one in (pruned, new))
        assert not torch.equal(before.running_var, after.running_var)
