"""Filters that must stay or go, whoever chooses the others."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion.errors import InputError, UnknownNameError
from pruning import FilterLayer, fixed_filters
from pruning.criteria import best, criteria, keep, scores

LAYERS = [
    FilterLayer(name, (name,), np.random.default_rng(k).normal(size=(9, 4)))
    for k, name in enumerate(("one", "two"))
]


def weights_only() -> list[str]:
    """The criteria that can be told, and need no images."""
    return [
        name for name in criteria if criteria[name].can_heed_fixed and not criteria[name].needs_images
    ]


@pytest.mark.parametrize("name", weights_only())
def test_what_must_stay_stays_and_what_must_go_goes(name: str) -> None:
    """The others are chosen as they would be: of those with scores, by their scores."""
    one, two = fixed_filters(LAYERS, required={"one": [4, 0]}, excluded={"one": [8, 3]})
    assert two.required == two.excluded == ()
    for p in range(2, 8):
        chosen = set(keep(one, p, name).tolist())
        assert len(chosen) == p
        assert {0, 4} <= chosen <= {0, 1, 2, 4, 5, 6, 7}
        if criteria[name].score is not None:
            free = [1, 2, 5, 6, 7]
            order = best(scores(LAYERS[0], name)[free], p - 2)
            assert chosen == {0, 4, *(free[k] for k in order)}


def test_scores_say_who_is_fixed() -> None:
    """Whatever their range is: what must stay is above all, what must go below."""
    one, _ = fixed_filters(LAYERS, required={"one": [4, 0]}, excluded={"one": [8, 3]})
    scored = scores(one, "l1")
    assert (scored[[0, 4]] == np.inf).all()
    assert (scored[[3, 8]] == -np.inf).all()
    assert scored[1] == scores(LAYERS[0], "l1")[1]


def test_some_weights_only_criteria_are_there() -> None:
    """Else the test above would test nothing."""
    assert {"l1", "fpgm", "whc", "dispersion", "random"} <= {*weights_only()}


@pytest.mark.parametrize(
    ("fixed", "message"),
    [
        ({"required": {"three": [1]}}, "unknown layer 'three'"),
        ({"required": {"one": [9]}}, "layer one: required holds 9; points are counted from 0 to 8"),
        ({"required": {"one": [1]}, "excluded": {"one": [1]}}, "layer one: point 1 is both required"),
        ({"excluded": {"one": range(9)}}, "layer one: 9 of 9 points are excluded"),
    ],
)
def test_what_cannot_be_fixed(fixed: dict[str, dict[str, list[int]]], message: str) -> None:
    """The layer and the filter are named."""
    with pytest.raises((InputError, UnknownNameError), match=message):
        fixed_filters(LAYERS, **fixed)


def test_too_few_or_too_many_to_keep() -> None:
    """And a criterion that selects a set as a whole cannot be told."""
    one, _ = fixed_filters(LAYERS, required={"one": [4, 0]}, excluded={"one": [8, 3]})
    for p in (1, 8):
        with pytest.raises(
            InputError, match=f"2 must stay and 2 must go, so it cannot keep {p}; keep 2 to 7"
        ):
            keep(one, p, "l1")
    with pytest.raises(InputError, match="dpp selects a set as a whole, and cannot be told"):
        keep(one, 4, "dpp")
