"""Tests of parameters: keyword-only arguments that are read from text."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion.errors import InputError, UnknownNameError
from dispersion.parameters import defaults, keyword_arguments, read, whole, writable


def told(
    run: object, *, flag: bool = False, count: int = 1, share: float | None = None, seed: int = 0
) -> None:
    """Something with a parameter of every kind."""


def test_parameters_are_keyword_only_arguments() -> None:
    """With their defaults; what is positional is the caller's."""
    assert keyword_arguments(told) == {"flag": False, "count": 1, "share": None, "seed": 0}
    assert list(writable(told, ("seed",))) == ["flag", "count", "share"]


def test_defaults_read_back() -> None:
    """What lists show is what may be written."""
    text = defaults(told, ("seed",))
    assert text == "flag=off,count=1,share=none"
    assert read("told", writable(told), text) == {"flag": False, "count": 1, "share": None}
    assert defaults(lambda run: None) == ""


def test_values_are_read_by_their_types() -> None:
    """Truth values, which may be written as in Python too, whole numbers and numbers."""
    assert read("told", writable(told), "flag=on") == {"flag": True}
    given = read("told", writable(told), "flag=true,count=-2,share=0.5")
    assert given == {"flag": True, "count": -2, "share": 0.5}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("flag=yes", "flag of told must be on or off, not 'yes'"),
        ("count=1.5", "count of told must be a whole number, not '1.5'"),
        ("share=nan", "share of told must be a finite number, or none, not 'nan'"),
        ("count=1,count=2", "count of told is given twice"),
        ("count", "arguments of told read key=value,key=value, not 'count'"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, message: str) -> None:
    """In one sentence."""
    with pytest.raises(InputError, match=message):
        read("told", writable(told), text)


def test_unknown_names_come_with_the_nearest() -> None:
    """Hidden ones are unknown."""
    with pytest.raises(UnknownNameError, match="argument of told 'coumt'; did you mean count"):
        read("told", writable(told), "coumt=1")
    with pytest.raises(UnknownNameError, match="argument of told 'seed'"):
        read("told", writable(told, ("seed",)), "seed=1")


def test_whole_numbers_have_bounds() -> None:
    """Numpy's will do; truth values and fractions will not."""
    assert whole(np.int32(3), "size", 1, 3) == 3
    for value in (True, 2.0, "2", None):
        with pytest.raises(InputError, match="size must be a whole number, got"):
            whole(value, "size", 1, 3)
    with pytest.raises(InputError, match="size must lie between 1 and 3, got 4"):
        whole(4, "size", 1, 3)
