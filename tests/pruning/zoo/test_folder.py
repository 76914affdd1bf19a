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


def test_grey_images_of_sixteen_bits_are_scaled(folder: Path) -> None:
    """The same grey in 8 and 16 bits is the same image, in colour and in grey."""
    for split in ("train", "test"):
        for name in ("cat", "dog"):
            for path in (folder / split / name).iterdir():
                Image.fromarray(np.full((4, 6), 100 * 257, dtype=np.uint16)).save(path)
    Image.fromarray(np.full((4, 6), 100, dtype=np.uint8)).save(folder / "train" / "cat" / "0.png")
    assert np.unique(load_images(str(folder)).train).tolist() == [100]
    grey = load_images(str(folder), channels=1)
    assert grey.train.shape == (6, 4, 6, 1)
    assert np.unique(grey.train).tolist() == [100]


def test_colours_are_made_grey(folder: Path) -> None:
    """A network of one channel gets luminance; one of four channels gets a sentence."""
    image = load_images(str(folder), channels=1).test[0, 0, 0]
    assert image.shape == (1,)
    with pytest.raises(InputError, match="the network takes 4"):
        load_images(str(folder), channels=4)


def test_hidden_files_are_passed_over(folder: Path) -> None:
    """What an editor or a file manager leaves behind is neither class nor image."""
    for split in ("train", "test"):
        paint(folder / split / ".ipynb_checkpoints" / "0.png", 0)
        paint(folder / split / "__MACOSX" / "0.png", 0)
    (folder / "train" / "cat" / "._0.png").write_bytes(b"\0\5\x16\7")
    images = load_images(str(folder))
    assert images.class_names == ("cat", "dog")
    assert len(images.train) == 6


def test_every_image_is_read_or_named(folder: Path) -> None:
    """WEBP and the other names of JPEG are read; images that are not read are not left out silently."""
    picture = Image.new("RGB", (6, 4), (9, 9, 9))
    picture.save(folder / "train" / "cat" / "9.webp")
    picture.save(folder / "train" / "cat" / "8.jfif", "JPEG")
    assert np.bincount(load_images(str(folder)).train_labels).tolist() == [5, 3]
    picture.save(folder / "train" / "cat" / "7.tiff")
    with pytest.raises(InputError, match=r"7\.tiff has a format that is not supported"):
        load_images(str(folder))


def test_only_the_formats_that_are_promised_are_opened(folder: Path) -> None:
    """A PostScript file that is called .png would start an interpreter."""
    Image.new("RGB", (6, 4)).save(folder / "train" / "cat" / "0.eps")
    (folder / "train" / "cat" / "0.eps").replace(folder / "train" / "cat" / "0.png")
    with pytest.raises(InputError, match=r"0\.png is not an image that can be read"):
        load_images(str(folder))
