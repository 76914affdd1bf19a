"""What a network is worth and what it costs."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn

from dispersion.errors import InputError
from pruning import (
    Accuracies,
    Cost,
    Images,
    Network,
    Share,
    accuracies,
    accuracy,
    cost,
    prune,
    weight_bytes,
)
from pruning.batches import batches
from pruning.zoo.networks.mobilenet_v2 import MobileNetV2


class FirstPixel(nn.Module):
    """Class k is as likely as pixel k of the first row is bright."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the first row."""
        return self.scale * images[:, 0, 0, :]


@pytest.fixture
def toy() -> Network:
    return Network("toy", FirstPixel(), (1, 4, 4), 4, None, "test")


IMAGES = np.zeros((4, 4, 4, 1), dtype=np.uint8)
IMAGES[:, 0, :, 0] = [[9, 1, 2, 3], [1, 9, 2, 3], [1, 2, 9, 3], [4, 3, 2, 9]]


@pytest.mark.parametrize(
    ("labels", "top", "expected"),
    [([0, 1, 2, 3], 1, 1.0), ([0, 1, 2, 0], 1, 0.75), ([0, 1, 2, 0], 2, 1.0), ([1] * 4, 4, 1.0)],
)
def test_accuracy_counts_hits(toy: Network, labels: list[int], top: int, expected: float) -> None:
    """The share of labels among the largest logits is exact, whatever the batch."""
    for batch in (1, 3, 100):
        assert accuracy(toy, IMAGES, np.array(labels), top=top, batch=batch) == expected


def test_one_pass_gives_top_1_and_top_5(small_vgg: Network) -> None:
    """Both equal the accuracies measured one by one, whatever the batch."""
    images = np.random.default_rng(0).integers(0, 256, (30, 32, 32, 3), dtype=np.uint8)
    labels = np.arange(30) % 10
    measured = accuracies(small_vgg, images, labels)
    assert measured == accuracies(small_vgg, images, labels, batch=7)
    for top, share in ((1, measured.top1), (5, measured.top5)):
        assert share is not None
        assert share.of == 30
        assert share.value == accuracy(small_vgg, images, labels, top=top)
        assert share.interval[0] <= share.value <= share.interval[1]


def test_there_is_no_top_5_of_few_classes(toy: Network) -> None:
    """Among five classes or fewer every image would count."""
    assert accuracies(toy, IMAGES, np.array([0, 1, 2, 0])) == Accuracies(Share(3, 4), None)


def test_nan_logits_are_wrong(toy: Network) -> None:
    """A network that emits no numbers is always wrong."""
    with torch.no_grad():
        toy.module.get_parameter("scale").fill_(torch.nan)
    assert accuracy(toy, IMAGES, np.zeros(4, dtype=np.int64), top=4) == 0.0


@pytest.mark.parametrize(
    ("labels", "top"),
    [([0, 1, 2], 1), ([0, 1, 2, 4], 1), ([0, -1, 2, 3], 1), ([0] * 4, 0), ([0] * 4, 5)],
)
def test_bad_labels_are_refused(toy: Network, labels: list[int], top: int) -> None:
    """Labels that fit neither images nor classes are refused."""
    with pytest.raises(InputError):
        accuracy(toy, IMAGES, np.array(labels), top=top)


def test_bad_labels_have_no_accuracies(toy: Network) -> None:
    """Labels beyond the classes are refused in the pass for both, too."""
    with pytest.raises(InputError, match=r"0\.\.4, but toy has 4 classes"):
        accuracies(toy, IMAGES, np.array([0, 1, 2, 4]))


def test_cost_is_the_sum_by_hand() -> None:
    """Parameters and MACs of a small network equal the sum done by hand."""
    module = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.Conv2d(8, 8, 3, groups=4),
        nn.Flatten(), nn.Linear(8 * 4, 10),
    )  # fmt: skip
    network = Network("toy", module.eval(), (3, 4, 4), 10, None, "test")
    macs = 16 * 8 * 27 + 4 * 8 * 18 + 320
    parameters = 8 * 27 + 8 + 16 + 8 * 18 + 8 + 330
    assert cost(network) == Cost(parameters, macs)
    assert weight_bytes(network) == 4 * (parameters + 2 * 8) + 8  # two statistics, a count of batches


def test_weight_bytes_are_those_of_a_file(small_resnet: Network, tmp_path: Path) -> None:
    """A safetensors file holds as many bytes, after its header."""
    path = tmp_path / "weights.safetensors"
    save_file(small_resnet.module.state_dict(), path)
    header = int.from_bytes(path.read_bytes()[:8], "little")
    assert weight_bytes(small_resnet) == path.stat().st_size - 8 - header


def test_published_sizes(small_vgg: Network, small_resnet: Network) -> None:
    """VGG-16 and MobileNetV2 have the sizes they are known by; pruning lowers them."""
    whole = cost(small_vgg)
    assert (whole.parameters, whole.macs) == (14_991_946, 313_463_808)
    mobilenet = Network("mobilenet", MobileNetV2(), (3, 224, 224), 1000, None, "test")
    size = cost(mobilenet)
    assert (size.parameters, size.macs) == (3_504_872, 300_774_272)
    cut = cost(prune(small_resnet, {"layer1.0.conv1": range(8)}))
    whole = cost(small_resnet)
    assert whole.macs - cut.macs == 8 * 16 * 9 * 1024 * 2
    assert whole.parameters - cut.parameters == 8 * 16 * 9 * 2 + 2 * 8


@pytest.mark.real
@pytest.mark.parametrize(("name", "right"), [("vgg16", 935), ("resnet56", 945)])
def test_trained_accuracies(
    name: str, right: int, cifar10: Images, request: pytest.FixtureRequest
) -> None:
    """The first 1,000 test images are judged as when these networks were first measured."""
    network = request.getfixturevalue(name)
    assert accuracy(network, cifar10.test[:1000], cifar10.test_labels[:1000]) == right / 1000


@pytest.mark.real
def test_mobilenet_tells_dogs_from_cars(mobilenet_v2: Network, cifar10: Images) -> None:
    """Enlarged CIFAR images of dogs, not of cars, are called one of ImageNet's 118 breeds."""
    shares = []
    for label in (5, 1):
        chosen = cifar10.test[np.flatnonzero(cifar10.test_labels == label)[:20]]
        enlarged = np.stack([np.asarray(Image.fromarray(x).resize((224, 224))) for x in chosen])
        with torch.inference_mode():
            guessed = [mobilenet_v2.module(x).argmax(1) for x in batches(mobilenet_v2, enlarged, 20)]
        breeds = torch.cat(guessed)
        shares.append(float(((breeds >= 151) & (breeds <= 268)).float().mean()))
    assert shares[0] >= 0.75  # less than 0.1 where the images are not normalised
    assert shares[1] < 0.05


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize(("name", "expected"), [("vgg16", 0.9225), ("resnet56", 0.9320)])
def test_published_accuracies(
    name: str, expected: float, cifar10: Images, request: pytest.FixtureRequest
) -> None:
    """All 10,000 test images give the accuracies the checkpoints are named by."""
    network = request.getfixturevalue(name)
    assert accuracy(network, cifar10.test, cifar10.test_labels) == expected
