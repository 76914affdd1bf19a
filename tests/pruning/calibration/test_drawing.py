"""Calibration images are drawn by a seed, from those that may be learned from."""

import numpy as np
import pytest

from dispersion.errors import InputError
from pruning import Images, calibration_images


def folder(train: int) -> Images:
    pixels = np.arange(train, dtype=np.uint8).repeat(3).reshape(train, 1, 1, 3)
    labels = np.zeros(train, dtype=np.int64)
    return Images("toy", pixels[:1], labels[:1], pixels, labels, ("a",), "0")


def test_drawing_is_seeded_and_without_repeats() -> None:
    """The same seed draws the same distinct images of the pool, another seed others."""
    images = folder(200)
    drawn = calibration_images(images, 50, seed=1, pool=100)
    values = drawn[:, 0, 0, 0]
    assert len(np.unique(values)) == 50
    assert values.max() < 100
    assert np.array_equal(drawn, calibration_images(images, 50, seed=1, pool=100))
    assert not np.array_equal(drawn, calibration_images(images, 50, seed=2, pool=100))
    assert len(calibration_images(images, 200)) == 200


@pytest.mark.parametrize(("count", "pool"), [(0, None), (201, None), (50, 49), (50, 201)])
def test_impossible_draws_are_refused(count: int, pool: int | None) -> None:
    """More images than there are, or none, cannot be drawn."""
    with pytest.raises(InputError, match="cannot draw"):
        calibration_images(folder(200), count, pool=pool)
