"""What the tests of pictures share: ways to look at them."""

import io
from collections.abc import Callable

import pytest
from matplotlib.axes import Axes
from PIL import Image

from dispersion.study.plotting.canvas import figure_of

Points = list[tuple[float, float]]


def _drawn(axes: Axes) -> dict[str, Points]:
    return {
        str(line.get_label()): [(float(x), float(y)) for x, y in line.get_xydata().tolist()]
        for line in axes.lines
    }


def _png(axes: Axes) -> tuple[int, int]:
    content = io.BytesIO()
    figure_of(axes).savefig(content, dpi=150, format="png")
    with Image.open(content) as image:
        image.load()
        assert len(image.convert("L").getcolors() or []) > 1
        return image.size


@pytest.fixture(scope="session")
def drawn() -> Callable[[Axes], dict[str, Points]]:
    """Points of every line, by its label."""
    return _drawn


@pytest.fixture(scope="session")
def png() -> Callable[[Axes], tuple[int, int]]:
    """Render the figure and return the picture's size; warnings are errors here."""
    return _png
