"""What an instance asks for: p points, or as many as are pairwise at least so far apart."""

from __future__ import annotations

import math
from numbers import Real

import numpy as np

from dispersion.errors import InputError, shown


def checked_p(p: object, n: int) -> int:
    """`p` if so many of n points can be chosen; `InputError` if not."""
    if isinstance(p, bool) or not isinstance(p, (int, np.integer)):
        raise InputError(f"p must be a whole number, got {shown(p)}.")
    if not 2 <= p <= n:
        raise InputError(f"p must lie between 2 and n = {n}, got {p}.")
    return int(p)


def checked_at_least(distance: object, name: str = "at_least") -> float:
    """`distance` if points can be asked to be so far apart; if not, `InputError` by that `name`."""
    if isinstance(distance, bool) or not isinstance(distance, Real):
        raise InputError(f"{name} must be a distance, a number of 0 or more, got {shown(distance)}.")
    try:
        value = float(distance)
    except OverflowError:
        value = math.inf
    if not 0.0 <= value < math.inf:
        raise InputError(f"{name} must be a finite distance of 0 or more, got {shown(distance)}.")
    return value + 0.0  # -0.0 is 0


def size_of(p: object, at_least: object, n: int) -> tuple[int, float | None]:
    """Which of the two is asked: p and `None`, or n and the distance.

    Raises
    ------
    InputError
        Neither or both are given, or the one that is given is out of range.
    """
    if p is not None and at_least is not None:
        raise InputError(
            f"p = {shown(p)} and at_least = {shown(at_least)} exclude each other; give one of them."
        )
    if at_least is not None:
        return n, checked_at_least(at_least)
    if p is None:
        raise InputError(
            "p must be a whole number, got None; give it, or how far apart points must be (at_least)."
        )
    return checked_p(p, n), None


def in_words(p: int, at_least: float | None) -> str:
    """``p = 10``, or ``at least 0.5 apart``; shortened as tables are."""
    return f"p = {p}" if at_least is None else f"at least {at_least:.6g} apart"
