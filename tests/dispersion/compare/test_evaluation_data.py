"""On how many images pruned networks are tested."""

from typing import Any

import numpy as np
import pytest

from dispersion.compare.cli.words import USUAL_TEST_IMAGES
from dispersion.compare.evaluation_data import _tested
from dispersion.errors import InputError
from pruning import Images
from pruning.measuring.intervals import wilson


def _images(count: int) -> Any:
    pixels, labels = np.zeros((count, 2, 2, 3), np.uint8), np.zeros(count, np.int64)
    return Images("some", pixels, labels, pixels, labels, ("one",), "digest", None)


@pytest.mark.parametrize(
    ("there", "asked", "tested"),
    [(10_000, None, 2_000), (500, None, 500), (10_000, "all", 10_000), (10_000, 9_999, 9_999)],
)
def test_so_many_as_asked_for(there: int, asked: int | str | None, tested: int) -> None:
    """By default the usual number, or all if there are fewer."""
    assert _tested(_images(there), asked) == tested


def test_more_than_there_are_is_refused() -> None:
    """With both numbers."""
    with pytest.raises(InputError, match="--test-images 11 are more than the 10 of some"):
        _tested(_images(10), 11)


def test_the_usual_number_leaves_what_the_help_says() -> None:
    """Half of the interval at an accuracy of 90 %, in percentage points."""
    low, high = wilson(round(0.9 * USUAL_TEST_IMAGES), USUAL_TEST_IMAGES)
    assert round(50 * (high - low), 1) == 1.3
