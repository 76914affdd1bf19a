"""Which filters are shown, and how they are marked."""

import base64
import dataclasses
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dispersion.report.blocks import Folded, Pictures, Text, Tile, Tiles
from dispersion.report.sections.filters import filters, shown_methods
from dispersion.study.folder.layers import Layers
from dispersion.study.reading import read_study
from dispersion.study.study import Study

Studies = Callable[..., Study]


@pytest.fixture(scope="module")
def study(read_only_folder: Path) -> Study:
    """The usual one, with its layers."""
    return read_study(read_only_folder)


def tiles_of(study: Study) -> list[Tile]:
    """The kernels."""
    [tiles] = [block for block in filters(study) if isinstance(block, Tiles)]
    return list(tiles.tiles)


def test_layers_are_drawn_for_three_methods(study: Study) -> None:
    """The best solver, a criterion and random: the first layer, and the others folded."""
    blocks = filters(study)
    assert [method.solver for method in shown_methods(study)] == ["clique", "l1", "random"]
    [first] = [block for block in blocks if isinstance(block, Pictures)]
    assert [one.caption for one in first.pictures] == [
        f"layer1.conv: selected by {name}" for name in ("clique", "l1", "random")
    ]
    [folded] = [block for block in blocks if isinstance(block, Folded)]
    assert len(folded.blocks) == 2


def test_kernels_are_framed_as_selected(study: Study) -> None:
    """Every filter once, in its own words; selected ones as the best solver selected them."""
    tiles = tiles_of(study)
    assert [tile.selected for tile in tiles] == [True, False] * 4
    assert [tile.label for tile in tiles[:2]] == ["filter 0, selected", "filter 1, dropped"]


def test_a_kernel_is_its_picture(study: Study) -> None:
    """Grey is 0, the largest weight is black or white, and dead filters are grey."""
    kernels = np.zeros((2, 3, 3, 3))
    kernels[0, 0, 1, 2], kernels[0, 2, 0, 0] = 2.0, -1.0
    layers = Layers(first="elsewhere", kernels=kernels)
    one, dead = tiles_of(dataclasses.replace(study, layers=layers))
    assert one.selected is None
    assert one.label == "filter 0"
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(one.source.partition(",")[2]))))
    assert pixels.shape == (48, 48, 3)
    assert pixels[24, 40].tolist() == [255, 128, 128]
    assert pixels[8, 8].tolist() == [128, 128, 64]
    grey = np.asarray(Image.open(io.BytesIO(base64.b64decode(dead.source.partition(",")[2]))))
    assert (grey == 128).all()


def test_one_channel_is_grey(study: Study) -> None:
    """Networks for grey images have kernels, too."""
    layers = Layers(first="x", kernels=np.ones((1, 1, 5, 5)))
    [tile] = tiles_of(dataclasses.replace(study, layers=layers))
    assert Image.open(io.BytesIO(base64.b64decode(tile.source.partition(",")[2]))).mode == "L"


def test_without_the_file_one_sentence(make_study: Studies) -> None:
    """A study that kept no layers says so; one without a network has nothing to say."""
    [text] = filters(make_study())
    assert isinstance(text, Text)
    assert "kept no layers.npz" in text.text
    assert filters(make_study(run={})) == []


def test_selections_that_do_not_fit_are_left_out(study: Study) -> None:
    """Points beyond the layer, or none, make no picture, and no error."""
    odd = {name: {layer: [0, 99] for layer in kept} for name, kept in study.selections.items()}
    shown = filters(dataclasses.replace(study, selections=odd))
    assert all(not block.pictures for block in shown if isinstance(block, Pictures))
    bare = filters(dataclasses.replace(study, selections={}))
    assert [type(block) for block in bare] == [Tiles]
