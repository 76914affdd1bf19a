"""Tests of `pruning.saliency.interactions`: on games whose interactions are known."""

import numpy as np
import pytest

from dispersion.errors import InputError
from pruning.saliency.interactions import interaction_strengths


def test_interactions_of_a_product():
    """V = the product of two players: only this pair interacts, by 1, whoever else is there."""
    found = interaction_strengths(
        lambda active: float(active[0] & active[1]),
        3,
        [0.0, 0.5, 1.0],
        600,
        1,
        np.random.default_rng(0),
    )
    assert found == pytest.approx([1 / 3] * 3, abs=0.07)
    additive = interaction_strengths(
        lambda active: float(active @ np.arange(5.0)), 5, [0.2, 0.6], 4, 2, np.random.default_rng(0)
    )
    assert additive == pytest.approx([0, 0], abs=1e-12)


def test_interactions_by_order():
    """V = 1 for three of four players or more: pairs interact with one other, and against two."""

    def value(active):
        return float(active.sum() >= 3)

    rng = np.random.default_rng(0)
    found = interaction_strengths(value, 4, [0.0, 0.25, 0.5], 5, 2, rng)
    assert found.tolist() == [0.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"players": 1}, "2 channels or more, not 1"),
        ({"pairs": 0}, "1 pair or more, not 0"),
        ({"contexts": 0}, "1 context or more, not 0"),
        ({"orders": ()}, "1 order or more"),
        ({"orders": (0.5, 1.5)}, "share of the channels in .0, 1., not 1.5"),
    ],
)
def test_arguments_out_of_range(arguments, message):
    how = {"players": 4, "orders": (0.5,), "pairs": 1, "contexts": 1} | arguments
    with pytest.raises(InputError, match=message):
        interaction_strengths(lambda _: 0.0, **how, rng=np.random.default_rng(0))
