"""Data sets of labelled images, split into training and test images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Images:
    """A data set of images of one size.

    Parameters
    ----------
    name : str
        A registered name, or the user's folder.
    test : ndarray of uint8, shape (n, height, width, channels)
        Test images.
    test_labels : ndarray of int64, shape (n,)
        Their classes.
    train : ndarray of uint8, shape (m, height, width, channels)
        Training images; may be memory-mapped and read-only.
    train_labels : ndarray of int64, shape (m,)
        Their classes.
    class_names : tuple of str
        Name of each label.
    digest : str
        A sha256 over all four arrays.
    published : int or None
        How many of the first training images the published networks learned from; None where there
        are no such networks.
    """

    name: str
    test: NDArray[np.uint8]
    test_labels: NDArray[np.int64]
    train: NDArray[np.uint8]
    train_labels: NDArray[np.int64]
    class_names: tuple[str, ...]
    digest: str
    published: int | None = None

    @property
    def classes(self) -> int:
        """The number of classes."""
        return len(self.class_names)

    @property
    def learnable(self) -> int:
        """How many of the first training images may be learned from; the rest is held out."""
        return len(self.train) if self.published is None else min(self.published, len(self.train))
