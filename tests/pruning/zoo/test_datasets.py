"""Images by name or folder."""

from pathlib import Path

import numpy as np
import pytest

from dispersion.errors import InputError, UnavailableError, UnknownNameError
from pruning import Images, datasets, load_images
from pruning.zoo.datasets.cifar10 import DIGEST, PACKAGE


def test_all_are_found() -> None:
    """Every file of the package registers its data set."""
    assert list(datasets) == ["cifar10"]


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


def test_damaged_copy_is_told(cache: Path) -> None:
    """A cached array that is cut short is told with the folder to delete."""
    folder = cache / "images" / f"cifar10-{DIGEST[:16]}"
    folder.mkdir(parents=True)
    (folder / "test.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(UnavailableError, match=r"is damaged.*delete it"):
        load_images("cifar10")
