"""How often a network is right."""

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from dispersion.errors import InputError
from pruning import (
    Accuracies,
    Images,
    Network,
    Share,
    accuracies,
    accuracy,
)
from pruning.batches import batches


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
