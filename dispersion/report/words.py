"""Numbers and lists as a sentence wants them."""

from __future__ import annotations

from collections.abc import Sequence


def count(number: int, noun: str) -> str:
    """``count(2, "layer")`` is "2 layers"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def listed(names: Sequence[str], most: int | None = None) -> str:
    """``listed(["a", "b", "c"])`` is "a, b and c", and with ``most=1`` "a and 2 others"."""
    if most is not None and len(names) > most + 1:
        names = [*names[:most], f"{len(names) - most} others"]
    *others, last = names or [""]
    return f"{', '.join(others)} and {last}" if others else last


def seconds(value: float) -> str:
    """A duration with three digits and its unit."""
    return (
        f"{value * 1000:.3g} ms"
        if value < 1
        else f"{value:,.3g} s"
        if value < 1000
        else f"{value:,.0f} s"
    )
