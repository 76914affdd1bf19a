"""Which points are in and which are out, before anything is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dispersion.errors import InputError, shown

Indices = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Membership:
    """What is known of a selection before it is made.

    Attributes
    ----------
    required, excluded : tuple of int
        Points, ascending, that every selection holds, and that none does.
    between : bool
        Whether distances between two required points count.
    """

    required: Indices = ()
    excluded: Indices = ()
    between: bool = True

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return bool(self.required or self.excluded)

    def __str__(self) -> str:
        """How many are in and out: ``2 required, 1 excluded``; "" if none."""
        counts = {"required": len(self.required), "excluded": len(self.excluded)}
        return ", ".join(f"{count} {word}" for word, count in counts.items() if count)


def checked_membership(
    required: ArrayLike, excluded: ArrayLike, between: bool, n: int, p: int, counts: bool
) -> Membership:
    """The points as indices.

    Parameters
    ----------
    required, excluded : array_like of int
        Points, counted from 0.
    between : bool
        Whether distances between two required points count.
    n, p : int
        How many points there are, and how many are to be chosen.
    counts : bool
        Whether as many as possible are to be chosen, in place of p.

    Raises
    ------
    InputError
        A point is none of these, comes twice, or is both required and excluded; more than p are
        required, fewer than p are left, or nothing that counts.
    """
    taken, away = checked_indices(required, "required", n), checked_indices(excluded, "excluded", n)
    both = sorted({*taken} & {*away})
    if both:
        raise InputError(f"point {both[0]} is both required and excluded; leave it out of one of them.")
    if len(taken) > p:
        raise InputError(f"{len(taken)} points are required, and p = {p} are to be chosen; raise p.")
    if n - len(away) < (1 if counts else p):
        raise InputError(
            f"{len(away)} of {n} points are excluded, which leaves fewer than p = {p}; exclude fewer."
        )
    if not isinstance(between, (bool, np.bool_)):
        raise InputError(f"between_required must be True or False, got {shown(between)}.")
    if not between and len(taken) == p and not counts:
        raise InputError(
            f"all p = {p} points are required, and distances between them do not count, so nothing "
            "does; require fewer."
        )
    return Membership(taken, away, bool(between))


def checked_indices(points: ArrayLike, name: str, n: int) -> Indices:
    """Distinct points of n, ascending; if they are not, `InputError` by that `name`."""
    wrong = InputError(
        f"{name} must be a list of points, whole numbers counted from 0, got {shown(points)}."
    )
    try:
        found: NDArray[np.generic] = np.asarray(points)
    except ValueError as error:  # lists of different lengths
        raise wrong from error
    if found.size == 0:
        return ()
    if found.ndim != 1 or not np.issubdtype(found.dtype, np.integer):
        raise wrong
    chosen = sorted(found.tolist())
    for point in chosen:
        if not 0 <= point < n:
            raise InputError(f"{name} holds {shown(point)}; points are counted from 0 to {n - 1}.")
    for one, other in pairwise(chosen):
        if one == other:
            raise InputError(f"{name} holds point {one} twice; name it once.")
    return tuple(chosen)
