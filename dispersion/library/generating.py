"""An instance by chance: a family, its size, and a seed."""

from __future__ import annotations

import numpy as np

from dispersion.arrays.matrices import of_pairs
from dispersion.arrays.memory import need
from dispersion.errors import InputError, UnknownNameError, shown
from dispersion.instance import Instance
from dispersion.library.content import Content
from dispersion.library.families import Distances, Points, families
from dispersion.library.reading import instance_of
from dispersion.library.source import DIGITS

PREFIX = "generate:"
MOST_COORDINATES = 10_000  # beyond, points take more memory than their distances
_PARAMETERS = ("n", "p", "seed", "d")
_EXAMPLE = "such as generate:geo:n=500,p=50,seed=1"


def generate(family: str, n: int, p: int, seed: int = 0, d: int | None = None) -> Instance:
    """Draw an instance of a published family.

    Parameters
    ----------
    family : str
        geo, ran, ran-200, gkd-a, gkd-b, gkd-c, mdg-a, mdg-b, mdg-c, som, uniform, gaussian.
    n, p : int
        How many points there are, and how many of them to choose.
    seed : int
        The same seed gives the same instance, to the last bit, with the same numpy.
    d : int, optional
        How many coordinates the points have; by default the seed decides, as the family says.

    Returns
    -------
    Instance
        Euclidean where the family consists of points; of no claimed metric otherwise.

    Raises
    ------
    InputError
        A number is out of range, the family has no coordinates to choose, or memory does not suffice.
    UnknownNameError
        No family has this name.
    """
    chosen = families[family]
    name = f"{family}, n = {n}, seed = {seed}" + ("" if d is None else f", d = {d}")
    for letter, value, least in (("n", n, 2), ("seed", seed, 0), ("d", d, 1)):
        if value is not None and value < least:
            raise InputError(f"{letter} must be at least {least}, got {value}.")
    if d is not None and d > MOST_COORDINATES:
        raise InputError(f"d must be at most {MOST_COORDINATES:,}, got {d:,}.")
    need(n, f"the instance ({name})")
    return instance_of(_draw(chosen, n, np.random.default_rng(seed), d), p, name, name)


def _draw(family: Points | Distances, n: int, rng: np.random.Generator, d: int | None) -> Content:
    if isinstance(family, Points):
        least, most = family.coordinates
        drawn = int(rng.integers(least, most, endpoint=True))
        return Content.of_points(family.draw(rng, n, drawn if d is None else d))
    if d is not None:
        raise InputError(f"the family {family.name} has no coordinates; leave out d = {d}.")
    return Content(of_pairs(family.draw(rng, n * (n - 1) // 2), n))


def generate_from(text: str, p: int | None = None) -> Instance:
    """Draw the instance that ``generate:FAMILY:n=...,p=...,seed=...,d=...`` describes.

    Parameters
    ----------
    text : str
        The description; n is needed, the seed is 0 and d up to the seed unless given.
    p : int, optional
        Takes the place of the p in `text`.

    Raises
    ------
    InputError
        The text is not of this form; the message shows an example.
    """
    told = shown(text)
    family, _, rest = text.removeprefix(PREFIX).partition(":")
    numbers: dict[str, int] = {}
    for part in rest.split(",") if rest else []:
        key, _, value = (piece.strip() for piece in part.partition("="))
        if key not in _PARAMETERS:
            raise UnknownNameError(f"parameter in {told}", key, _PARAMETERS)
        if key in numbers:
            raise InputError(f"{told} says {key} twice.")
        digits = value.removeprefix("-")
        if not (digits.isdecimal() and digits.isascii() and len(digits) <= DIGITS):
            raise InputError(f"{key} in {told} must be a whole number, got {shown(value)}.")
        numbers[key] = int(value)
    if p is not None:
        numbers["p"] = p
    families[family]
    for key in ("n", "p"):
        if key not in numbers:
            raise InputError(f"{told} does not say {key}; write it {_EXAMPLE}.")
    return generate(family, **numbers)
