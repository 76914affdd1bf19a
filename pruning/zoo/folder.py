"""Read the user's images from a folder with one folder per class."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dispersion.errors import InputError
from pruning.zoo.images import Images

_FORMATS = ("PNG", "JPEG", "BMP", "WEBP")  #: what is opened, whatever a file is called
_FULL = {"I;16": 65_535, "I;16B": 65_535, "I": 65_535}  # white, in modes that Pillow would clip
_GREY, _COLOURS = 1, 3
_CLUTTER = ("__MACOSX",)


def read_folder(folder: Path, channels: int = _COLOURS) -> Images:
    """Read ``folder/train/<class>/*`` and ``folder/test/<class>/*`` into memory.

    Parameters
    ----------
    folder : Path
        Holds PNG, JPEG, BMP or WEBP images, all of one size.  Grey images of 16 bits are brought to 8.
        Labels number the classes' folders in alphabetical order.  The images are put in a mixed order,
        always the same, so that the first N are of all classes.  Hidden files and folders, and files
        that are no images, are passed over.
    channels : int
        3 to read them as RGB, 1 as grey.

    Returns
    -------
    Images
        The images; their name is the folder's.

    Raises
    ------
    InputError
        Another layout, no images, images of another format, differing sizes, a file that is no image,
        or another number of channels.
    """
    if channels not in (_GREY, _COLOURS):
        raise InputError(
            f"images of a folder have 3 channels, or 1 if they are read as grey; the network takes"
            f" {channels}"
        )
    names = _class_names(folder / "train")
    if _class_names(folder / "test") != names:
        raise InputError(f"{folder}/train and {folder}/test must hold folders of the same names")
    train, train_labels = _read_split(folder / "train", names, channels)
    test, test_labels = _read_split(folder / "test", names, channels)
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
        tuple(sorted(path.name for path in _shown(split) if path.is_dir())) if split.is_dir() else ()
    )
    if not names:
        raise InputError(
            f"{split} holds no class folders; expected are {split.parent}/train/<class>/*.png and"
            f" {split.parent}/test/<class>/*.png"
        )
    return names


def _shown(folder: Path) -> list[Path]:
    """The visible entries of a folder."""
    return [
        path
        for path in sorted(folder.iterdir())
        if not path.name.startswith(".") and path.name not in _CLUTTER
    ]


def _image_files(folder: Path) -> list[Path]:
    """List the images in a folder; refuse formats that are not supported."""
    Image.init()
    known = {suffix: name for suffix, name in Image.EXTENSION.items() if name in Image.OPEN}
    images = [path for path in _shown(folder) if path.suffix.lower() in known and path.is_file()]
    for path in images:
        if known[path.suffix.lower()] not in _FORMATS:
            raise InputError(
                f"{path} has a format that is not supported; convert it to PNG, or move it away"
            )
    if not images:
        raise InputError(f"{folder} holds no PNG, JPEG, BMP or WEBP images")
    return images


def _read_split(
    split: Path, names: tuple[str, ...], channels: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    for label, name in enumerate(names):
        paths = _image_files(split / name)
        for path in paths:
            image = _read_image(path, channels)
            if images and image.shape != images[0].shape:
                raise InputError(
                    f"{path} is {_size(image)} where the images before it are {_size(images[0])};"
                    " all must share one size"
                )
            images.append(image)
        labels += [label] * len(paths)
    order = np.random.default_rng(0).permutation(len(images))  # or the first N would be of one class
    return np.stack(images)[order], np.asarray(labels, dtype=np.int64)[order]


def _read_image(path: Path, channels: int) -> NDArray[np.uint8]:
    mode = "L" if channels == _GREY else "RGB"
    try:
        with Image.open(path, formats=_FORMATS) as image:
            shown = _eight_bits(image) if image.mode in _FULL else image
            return np.asarray(shown.convert(mode)).reshape(shown.height, shown.width, channels)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{path} is not an image that can be read ({error})") from error


def _eight_bits(image: Image.Image) -> Image.Image:
    """Reduce a grey image from 16 bits to 8; Pillow would make everything above 255 white."""
    values = np.asarray(image, dtype=np.float64) * (255 / _FULL[image.mode])
    return Image.fromarray(np.rint(values).clip(0, 255).astype(np.uint8))


def _size(image: NDArray[np.uint8]) -> str:
    return f"{image.shape[1]} x {image.shape[0]}"
