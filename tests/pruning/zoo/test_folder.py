"""A user's own images."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dispersion.errors import InputError
from pruning import load_images


def paint(path: Path, value: int, size: tuple[int, int] = (6, 4)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (value, 0, 255 - value)).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for split, count in (("train", 3), ("test", 2)):
        for label, name in enumerate(("dog", "cat")):
            for index in range(count):
                paint(tmp_path / split / name / f"{index}.png", 10 * label + index)
    return tmp_path


def test_images_and_labels(folder: Path) -> None:
    """Classes are numbered by their sorted names; images come mixed, always in the same order."""
    (folder / "train" / "notes.txt").write_text("not a class")
    (folder / "train" / "cat" / "notes.txt").write_text("not an image")
    images = load_images(str(folder))
    assert images.class_names == ("cat", "dog")
    assert images.train.shape == (6, 4, 6, 3)
    pixels, labels = images.train[:, 0, 0, 0], images.train_labels
    assert sorted(zip(labels.tolist(), pixels.tolist(), strict=True)) == [
        *((0, 10), (0, 11), (0, 12)),
        *((1, 0), (1, 1), (1, 2)),
    ]
    assert set(labels[:3].tolist()) == set(images.test_labels[:2].tolist()) == {0, 1}
    assert images.test_labels.dtype == np.int64
    assert images.digest == load_images(str(folder)).digest
    paint(folder / "test" / "cat" / "0.png", 99)
    assert images.digest != load_images(str(folder)).digest


def test_layouts_are_refused(folder: Path) -> None:
    """Empty classes, other classes in the test split, and no classes at all are refused."""
    (folder / "train" / "ant").mkdir()
    with pytest.raises(InputError, match="same names"):
        load_images(str(folder))
    (folder / "test" / "ant").mkdir()
    with pytest.raises(InputError, match="ant holds no PNG"):
        load_images(str(folder))
    with pytest.raises(InputError, match=r"expected are .*train/<class>"):
        load_images(str(folder / "train"))


def test_sizes_must_agree(folder: Path) -> None:
    """An image of another size is named, in one split or between them."""
    paint(folder / "train" / "dog" / "1.png", 0, size=(5, 5))
    with pytest.raises(InputError, match=r"dog/1\.png is 5 x 5 .* 6 x 4"):
        load_images(str(folder))
    for path in (folder / "train").rglob("*.png"):
        paint(path, 0, size=(5, 5))
    with pytest.raises(InputError, match=r"train are 5 x 5, in .*test 6 x 4"):
        load_images(str(folder))


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n broken", b"text"])
def test_broken_images_are_named(folder: Path, content: bytes) -> None:
    """A file that is no image is named."""
    (folder / "test" / "cat" / "1.png").write_bytes(content)
    with pytest.raises(InputError, match=r"cat/1\.png is not an image"):
        load_images(str(folder))
