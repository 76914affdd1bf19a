"""Images by name or folder."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dispersion.errors import DamagedError, InputError, UnavailableError, UnknownNameError
from pruning import Images, datasets, load_images
from pruning.zoo.datasets import cifar10 as module
from pruning.zoo.datasets.cifar10 import DIGEST, PACKAGE


def test_all_are_found() -> None:
    """Every file of the package registers its data set."""
    assert list(datasets) == ["cifar10", "shapes"]


def test_shapes_are_drawn_the_same_every_time() -> None:
    """All classes, in training and test images, and none of them in both."""
    images = load_images("shapes")
    assert (images.train.shape, images.test.shape) == ((2_500, 16, 16, 3), (500, 16, 16, 3))
    assert images.train.dtype == np.uint8
    assert load_images("shapes").digest == images.digest
    for labels in (images.train_labels, images.test_labels):
        assert np.bincount(labels).min() > len(labels) / 10
        assert np.bincount(labels).size == images.classes == 6
    every = np.concatenate([images.train, images.test]).reshape(3_000, -1)
    assert len(np.unique(every, axis=0)) == 3_000


def test_neither_name_nor_folder(tmp_path: Path) -> None:
    """A misspelt name gives the nearest one; a path gives the expected layout."""
    with pytest.raises(UnknownNameError, match="did you mean cifar10"):
        load_images("cifar1o")
    with pytest.raises(InputError, match=r"train/<class>/\*\.png"):
        load_images(str(tmp_path / "nothing"))


def test_offline_without_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline with nothing cached, the sentence names the file to bring."""
    monkeypatch.setenv("P_DISPERSION_CACHE", str(tmp_path))
    monkeypatch.setenv("P_DISPERSION_OFFLINE", "1")
    with pytest.raises(UnavailableError, match=PACKAGE.file):
        load_images("cifar10")


@pytest.mark.real
def test_cifar10_is_whole(cifar10: Images) -> None:
    """CIFAR-10 has its sizes, its balanced labels, and cannot be changed."""
    assert cifar10.test.shape == (10_000, 32, 32, 3)
    assert cifar10.train.shape == (50_000, 32, 32, 3)
    assert cifar10.classes == 10
    assert np.bincount(cifar10.test_labels).tolist() == [1000] * 10
    assert np.bincount(cifar10.train_labels).tolist() == [5000] * 10
    assert not cifar10.train.flags.writeable


@pytest.fixture
def kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A decoded copy in the cache, of four images that are CIFAR-10 for the length of a test."""
    rng = np.random.default_rng(0)
    arrays: dict[str, np.ndarray] = {
        "test": rng.integers(0, 256, (4, 32, 32, 3), dtype=np.uint8),
        "test_labels": np.arange(4, dtype="<i8"),
        "train": rng.integers(0, 256, (4, 32, 32, 3), dtype=np.uint8),
        "train_labels": np.arange(4, dtype="<i8"),
    }
    digests = {name: hashlib.sha256(array.data).hexdigest() for name, array in arrays.items()}
    shapes = {name: (array.dtype.str, array.shape) for name, array in arrays.items()}
    monkeypatch.setattr(module, "DIGESTS", digests)
    monkeypatch.setattr(module, "_SHAPES", shapes)
    folder = cache / "images" / f"cifar10-{DIGEST[:16]}"
    folder.mkdir(parents=True)
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    return folder


def test_a_whole_copy_is_taken(kept: Path) -> None:
    """Nothing is fetched, and the digest is that of what was hashed."""
    images = load_images("cifar10")
    assert images.test_labels.tolist() == [0, 1, 2, 3]
    assert images.digest == DIGEST


@pytest.mark.parametrize("name", ["test", "test_labels", "train", "train_labels"])
def test_a_planted_array_is_refused(kept: Path, name: str) -> None:
    """Other values under the right name are told with the file and what to delete."""
    path = kept / f"{name}.npy"
    array = np.load(path)
    array.flat[-1] += 1
    np.save(path, array)
    with pytest.raises(DamagedError, match=rf"{path} is damaged: .* delete {kept} and run again"):
        load_images("cifar10")


def reversed_axes(array: np.ndarray) -> np.ndarray:
    return np.asfortranarray(array)


def other_type(array: np.ndarray) -> np.ndarray:
    return array.view(np.int8)


def other_shape(array: np.ndarray) -> np.ndarray:
    return array.reshape(2, 64, 32, 3)


@pytest.mark.parametrize("change", [reversed_axes, other_type, other_shape])
def test_the_same_bytes_in_another_form_are_refused(
    kept: Path, change: Callable[[np.ndarray], np.ndarray]
) -> None:
    """A header that says something else makes other images of them."""
    path = kept / "test.npy"
    np.save(path, change(np.load(path)))
    with pytest.raises(DamagedError, match=rf"{path} is damaged \(it holds .*delete the folder {kept}"):
        load_images("cifar10")


@pytest.mark.parametrize("content", [None, b"", b"\x93NUMPY", b"PK\x03\x04"])
def test_damaged_copy_is_told(kept: Path, content: bytes | None) -> None:
    """A cached array that is cut short, or gone, is told with the folder to delete."""
    path = kept / "test.npy"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(DamagedError, match=rf"{path} is damaged.*delete the folder {kept}"):
        load_images("cifar10")
