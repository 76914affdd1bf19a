"""Shapes drawn by ourselves: images for a first look, which nobody has to fetch."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from pruning.zoo.datasets import dataset
from pruning.zoo.images import Images

NAMES = ("disc", "square", "diamond", "ring", "cross", "frame")
SIDE = 16  #: pixels
_TRAIN, _TEST = 2_500, 500
_NOISE = 45.0  # standard deviation, of 255


@dataset(
    "shapes",
    summary="2,500 training and 500 test images of 16 x 16 in six classes, drawn on the spot; a toy",
    input_shape=(3, SIDE, SIDE),
    classes=len(NAMES),
)
def load() -> Images:
    """Draw the images: one noisy shape each, of any place, size and colours; always the same ones."""
    rng = np.random.default_rng(0)
    labels = rng.integers(len(NAMES), size=_TRAIN + _TEST)
    images = _drawn(labels, rng)
    digest = hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
    return Images(
        name="shapes",
        test=images[_TRAIN:],
        test_labels=labels[_TRAIN:],
        train=images[:_TRAIN],
        train_labels=labels[:_TRAIN],
        class_names=NAMES,
        digest=digest,
    )


def _drawn(labels: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Shape (n, side, side, 3)."""
    centre = rng.uniform(5.0, SIDE - 5.0, size=(2, len(labels), 1, 1))
    size = rng.uniform(3.0, 5.0, size=(len(labels), 1, 1))
    y, x = np.abs(np.arange(SIDE).reshape(2 * [1] + [-1]) - centre)
    y = y.transpose(0, 2, 1)
    around, within = np.hypot(x, y), np.maximum(x, y)
    shapes = np.stack(
        [
            around <= size,
            within <= 0.9 * size,
            x + y <= 1.2 * size,
            np.abs(around - size) <= 1.0,
            (np.minimum(x, y) <= 1.0) & (within <= size),
            np.abs(within - size) <= 1.0,
        ]
    )
    inside = shapes[labels, np.arange(len(labels))][..., None]
    dark = rng.uniform(0.0, 128.0, size=(len(labels), 1, 1, 3))
    noise = rng.normal(0.0, _NOISE, size=(len(labels), SIDE, SIDE, 3))
    return (np.where(inside, dark + 127.0, dark) + noise).clip(0, 255).astype(np.uint8)
