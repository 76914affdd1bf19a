"""Batches of an epoch."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from dispersion.errors import InputError
from pruning import Network
from pruning.training import Schedule
from pruning.training.data import augmented, check_data, epoch_batches, steps
from pruning.training.loop import Labelled

PLAIN = Schedule(epochs=3, batch=8, augment=False)


def epoch(network: Network, data: Labelled, schedule: Schedule, number: int) -> list[torch.Tensor]:
    return [batch for batch, _ in epoch_batches(network, *data, schedule, number)]


def test_every_image_comes_once(tiny: Network, coloured: Labelled) -> None:
    """An epoch holds each image with its label exactly once, in batches of about one size."""
    images, labels = coloured
    found = list(epoch_batches(tiny, images, labels, PLAIN, 1))
    assert [len(truth) for _, truth in found] == [8, 8, 8, 7]
    assert len(found) == steps(PLAIN, len(images))
    seen = sorted(
        (*(batch[k] * 255).round().byte().permute(1, 2, 0).flatten().tolist(), int(truth[k]))
        for batch, truth in found
        for k in range(len(truth))
    )
    assert seen == sorted(
        (*image.flatten().tolist(), int(label)) for image, label in zip(images, labels, strict=True)
    )


@pytest.mark.parametrize("augment", [True, False])
def test_an_epoch_can_be_repeated(tiny: Network, coloured: Labelled, augment: bool) -> None:
    """Seed and epoch decide everything; other epochs and seeds differ."""
    schedule = Schedule(epochs=3, batch=8, augment=augment, seed=5)
    first = epoch(tiny, coloured, schedule, 1)
    again = epoch(tiny, coloured, schedule, 1)
    assert all(torch.equal(a, b) for a, b in zip(again, first, strict=True))
    assert not torch.equal(epoch(tiny, coloured, schedule, 2)[0], first[0])
    other = Schedule(epochs=3, batch=8, augment=augment, seed=6)
    assert not torch.equal(epoch(tiny, coloured, other, 1)[0], first[0])


def test_augmented_images_are_crops() -> None:
    """Each is one of the 2 x 81 crops of its padded original; in time all shifts and mirrors come."""
    generator = torch.Generator().manual_seed(0)
    original = np.random.default_rng(0).integers(1, 256, (6, 5, 3), dtype=np.uint8)
    padded = np.pad(original, ((4, 4), (4, 4), (0, 0)))
    crops = {}
    for top in range(9):
        for left in range(9):
            crop = padded[top : top + 6, left : left + 5]
            crops[crop.tobytes()] = (top, left, False)
            crops[crop[:, ::-1].tobytes()] = (top, left, True)
    pixels = torch.from_numpy(np.repeat(original[None], 600, axis=0))
    found = {crops[image.tobytes()] for image in augmented(pixels, generator).numpy()}
    assert {top for top, _, _ in found} == {left for _, left, _ in found} == set(range(9))
    assert {mirrored for _, _, mirrored in found} == {False, True}
    assert torch.equal(pixels[0], torch.from_numpy(original))


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        (np.zeros((3, 9, 8, 3), np.uint8), np.zeros(3, np.int64), r"images of shape \(n, 8, 8, 3\)"),
        (np.zeros((3, 8, 8, 3)), np.zeros(3, np.int64), "must be uint8, not float64"),
        (np.zeros((3, 8, 8, 3), np.uint8), np.zeros(2, np.int64), r"3 images need as many labels"),
        (np.zeros((3, 8, 8, 3), np.uint8), np.array([0, 1, 3]), r"0\.\.3, but tiny has 3 classes"),
        (np.zeros((3, 8, 8, 3), np.uint8), np.array([0, -1, 1]), r"labels lie in -1\.\.1"),
        (np.zeros((1, 8, 8, 3), np.uint8), np.zeros(1, np.int64), "one image is too few"),
    ],
)
def test_data_that_do_not_fit_are_refused(
    tiny: Network, images: NDArray[np.uint8], labels: NDArray[np.int64], message: str
) -> None:
    """Images and labels are checked before anything is trained."""
    with pytest.raises(InputError, match=message):
        check_data(tiny, images, labels)
