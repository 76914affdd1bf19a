"""Read a user's own images from a folder of folders, one for each class."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dispersion.errors import InputError
from pruning.zoo.images import Images

_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp"})


def read_folder(folder: Path) -> Images:
    """Read ``folder/train/<class>/*`` and ``folder/test/<class>/*`` into memory.

    Parameters
    ----------
    folder : Path
        Holds PNG, JPEG or BMP images, all of one size; they are read as RGB.  Labels number the
        classes' folders in alphabetical order.  The images are put in a mixed order, always the same,
        so that the first N are of all classes.

    Returns
    -------
    Images
        Named by the folder.

    Raises
    ------
    InputError
        Another layout, no images, differing sizes, or a file that is no image.
    """
    names = _class_names(folder / "train")
    if _class_names(folder / "test") != names:
        raise InputError(f"{folder}/train and {folder}/test must hold folders of the same names")
    train, train_labels = _read_split(folder / "train", names)
    test, test_labels = _read_split(folder / "test", names)
    if train.shape[1:] != test.shape[1:]:
        raise InputError(
            f"images in {folder}/train are {_size(train[0])}, in {folder}/test {_size(test[0])};"
            " all must share one size"
        )
    digest = hashlib.sha256()
    for array in (train, train_labels, test, test_labels):
        digest.update(f"{array.shape}".encode())
        digest.update(array.data)
    return Images(str(folder), test, test_labels, train, train_labels, names, digest=digest.hexdigest())


def _class_names(split: Path) -> tuple[str, ...]:
    names = (
        tuple(sorted(path.name for path in split.iterdir() if path.is_dir()))
        if (split.is_dir())
        else ()
    )
    if not names:
        raise InputError(
            f"{split} holds no class folders; expected are {split.parent}/train/<class>/*.png and"
            f" {split.parent}/test/<class>/*.png"
        )
    return names


def _read_split(split: Path, names: tuple[str, ...]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    for label, name in enumerate(names):
        paths = sorted(p for p in (split / name).iterdir() if p.suffix.lower() in _SUFFIXES)
        if not paths:
            raise InputError(f"{split / name} holds no PNG, JPEG or BMP images")
        for path in paths:
            image = _read_image(path)
            if images and image.shape != images[0].shape:
                raise InputError(
                    f"{path} is {_size(image)} where the images before it are {_size(images[0])};"
                    " all must share one size"
                )
            images.append(image)
        labels += [label] * len(paths)
    order = np.random.default_rng(0).permutation(len(images))  # or the first N would be of one class
    return np.stack(images)[order], np.asarray(labels, dtype=np.int64)[order]


def _read_image(path: Path) -> NDArray[np.uint8]:
    try:
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{path} is not an image that can be read ({error})") from error


def _size(image: NDArray[np.uint8]) -> str:
    return f"{image.shape[1]} x {image.shape[0]}"
