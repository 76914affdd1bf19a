"""How many of n: a number, or a share of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Integral, Real

from dispersion.errors import InputError, shown


def count_of(size: object, n: int, name: str, rounded: Callable[[float], int] = math.floor) -> int:
    """How many of n are meant.

    Parameters
    ----------
    size : int or float
        A number, which is taken as it is, or a share, strictly between 0 and 1.
    n : int
        Of how many.
    name : str
        What messages call the size.
    rounded : callable
        What makes a whole number of the share of n.

    Raises
    ------
    InputError
        It is neither.
    """
    if isinstance(size, bool) or not isinstance(size, Real):
        raise InputError(f"{name} must be a whole number or a share, got {shown(size)}.")
    if isinstance(size, Integral):
        return int(size)
    share = float(size)
    if not 0.0 < share < 1.0:
        raise InputError(f"{name} must be a share between 0 and 1, or a whole number, got {share!r}.")
    return rounded(share * n)


def train_count(train: object, test: object, n: int) -> int:
    """How many of n samples are for training, as scikit-learn's ``train_test_split`` counts them.

    Parameters
    ----------
    train, test : int, float or None
        A number of samples or a share of them; at most one of the two.  If both are absent, a
        quarter is for the test.
    n : int
        How many samples there are.

    Raises
    ------
    InputError
        Both are given, one is no size, or fewer than two are left for training or none for the test.
    """
    if train is not None and test is not None:
        raise InputError(
            f"train_size = {shown(train)} and test_size = {shown(test)} exclude each other; give one."
        )
    if train is not None:
        return _within(count_of(train, n, "train_size"), n)
    return _within(n - count_of(0.25 if test is None else test, n, "test_size", math.ceil), n)


def _within(count: int, n: int) -> int:
    if not 2 <= count < n:
        raise InputError(
            f"{count} of {n} samples would be for training; take 2 at least and leave one for the test."
        )
    return count
