"""Images as batches of floats."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dispersion.errors import InputError
from pruning import Network, Normalization
from pruning.batches import batches

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 32, 32, 3), dtype=np.uint8)


def test_batches_are_scaled_and_even(small_resnet: Network) -> None:
    """Pixels become x / 255 with channels first, in batches of nearly one size and in order."""
    IMAGES.setflags(write=False)
    parts = list(batches(small_resnet, IMAGES, 3))
    assert [len(part) for part in parts] == [3, 2, 2]
    expected = torch.tensor(IMAGES.transpose(0, 3, 1, 2) / np.float32(255))
    torch.testing.assert_close(torch.cat(parts), expected)


def test_normalization_is_per_channel(small_resnet: Network) -> None:
    """A network's mean and deviation are applied to each channel."""
    network = replace(small_resnet, normalization=Normalization((0.1, 0.2, 0.3), (1.0, 2.0, 4.0)))
    plain, normal = next(batches(small_resnet, IMAGES, 7)), next(batches(network, IMAGES, 7))
    torch.testing.assert_close(normal[:, 2], (plain[:, 2] - 0.3) / 4)


@pytest.mark.parametrize(
    ("images", "size"),
    [
        (IMAGES.astype(np.float32), 2),
        (IMAGES[:, :, :16], 2),
        (IMAGES.transpose(0, 3, 1, 2), 2),
        (IMAGES[0], 2),
        (IMAGES[:0], 2),
        (IMAGES, 0),
    ],
)
def test_other_images_are_refused(small_resnet: Network, images: np.ndarray, size: int) -> None:
    """Images of another type, shape or number are refused."""
    with pytest.raises(InputError):
        next(batches(small_resnet, images, size))


def test_a_tensor_of_images_is_told_what_is_expected(small_resnet: Network) -> None:
    """Its type is uint8, too; what is missing is that it is an array."""
    images = torch.zeros((2, 32, 32, 3), dtype=torch.uint8)
    with pytest.raises(InputError, match=r"not Tensor; of a tensor, give its \.numpy"):
        next(batches(small_resnet, images, 2))  # type: ignore[arg-type]
