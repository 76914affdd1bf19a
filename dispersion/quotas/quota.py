"""How many points of a group may be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.arrays.foreign import unwrapped
from dispersion.errors import InputError, UnknownNameError, shown
from dispersion.membership import Indices, checked_indices


@dataclass(frozen=True, slots=True)
class Quota:
    """How many points of a group may be chosen.

    Attributes
    ----------
    group : str
        Its name.
    points : tuple of int
        Its points, ascending; other groups may hold them too.
    least, most : int
        How many of them a selection has, at least and at most.
    """

    group: str
    points: Indices
    least: int
    most: int

    def __str__(self) -> str:
        """The group and its numbers: ``a 2 to 5``, ``a at least 2``, ``a at most 5``, ``a 2``."""
        if self.least == self.most:
            return f"{self.group} {self.least}"
        if self.most >= len(self.points):
            return f"{self.group} at least {self.least}"
        if self.least == 0:
            return f"{self.group} at most {self.most}"
        return f"{self.group} {self.least} to {self.most}"

    def count(self, selected: NDArray[np.intp]) -> int:
        """How many points of the group a selection has."""
        return int(np.isin(selected, self.points).sum())

    def met(self, selected: NDArray[np.intp]) -> bool:
        """Whether a selection has as many as it should."""
        return self.least <= self.count(selected) <= self.most


Quotas = tuple[Quota, ...]


def members(quotas: Quotas, n: int) -> NDArray[np.bool_]:
    """Which of n points each group holds, shape (n, groups)."""
    inside: NDArray[np.bool_] = np.zeros((n, len(quotas)), dtype=np.bool_)
    for column, quota in enumerate(quotas):
        inside[list(quota.points), column] = True
    return inside


class Swaps:
    """Which points may take the place of which under quotas.

    Parameters
    ----------
    quotas : tuple of Quota
        The quotas.
    n : int
        How many points there are.
    """

    def __init__(self, quotas: Quotas, n: int) -> None:
        self._inside = members(quotas, n).astype(np.int64)
        self._least = np.array([quota.least for quota in quotas], dtype=np.int64)
        self._most = np.array([quota.most for quota in quotas], dtype=np.int64)

    def allowed(self, selected: NDArray[np.intp], leaver: int) -> NDArray[np.bool_]:
        """Which points may take the place of `leaver` in a selection, shape (n,)."""
        rest = self._inside[selected].sum(axis=0) - self._inside[leaver]
        counts = rest + self._inside
        allowed: NDArray[np.bool_] = ((self._least <= counts) & (counts <= self._most)).all(axis=1)
        allowed[selected] = False
        return allowed


def checked_quotas(groups: object, quota: object, n: int, p: int) -> Quotas:
    """What is asked of the groups, as `Quota`.

    Parameters
    ----------
    groups : sequence or mapping
        The label of every point, in their order: `None` for a point without a group, and several
        labels in a list, tuple or set for one of several groups.  Or label to points.
    quota : mapping
        Label to how many points are chosen: a number, or the least and the most as a pair, of which
        `None` sets no limit.  Groups without a quota may have any number.  Or `Quota` objects.
    n, p : int
        How many points there are, and how many are to be chosen.

    Raises
    ------
    InputError
        There is one without the other, a label is unknown, or a quota is none, or cannot be met by its
        group.
    """
    known = () if quota is None else quota
    if groups is None and isinstance(known, tuple) and all(isinstance(one, Quota) for one in known):
        return tuple(_checked(one, n, p) for one in known)
    if quota is None or not isinstance(quota, Mapping):
        raise InputError(
            f"quota must say how many points of each group are chosen, such as {{'a': (2, 5)}}, "
            f"got {shown(quota)}."
        )
    if groups is None:
        raise InputError("there is a quota without groups; give the label of every point as groups.")
    points, asked = _by_label(groups, n), _by_text(quota, "quota")
    for label in asked:
        if label not in points:
            raise UnknownNameError("group", label, points)
    return tuple(
        _checked(Quota(label, points[label], *_numbers(label, numbers, n)), n, p)
        for label, numbers in asked.items()
    )


def _by_label(groups: object, n: int) -> dict[str, Indices]:
    """The points of each label."""
    if isinstance(groups, Mapping):
        return {
            label: checked_indices(points, f"group {label}", n)
            for label, points in _by_text(groups, "groups").items()
        }
    if not isinstance(groups, Iterable):
        raise InputError(f"groups must be a label for every point, got {shown(groups)}.")
    labels = list(unwrapped(groups, "a label for every point"))
    if len(labels) != n:
        raise InputError(f"groups has {len(labels)} labels for {n} points; give one for every point.")
    found: dict[str, list[int]] = {}
    for point, label in enumerate(labels):
        for one in _labels(label):
            found.setdefault(one, []).append(point)
    return {label: tuple(points) for label, points in found.items()}


def _by_text(mapping: Mapping[object, Any], name: str) -> dict[str, Any]:
    """The same by the text of its labels, of which no two may have the same."""
    found: dict[str, Any] = {}
    for label, value in mapping.items():
        if str(label) in found:
            raise InputError(f"{name} has two labels that read {str(label)!r}; rename one of them.")
        found[str(label)] = value
    return found


def _labels(label: object) -> list[str]:
    """The distinct labels of a point; none for `None` and what is not equal to itself: NaN, NA."""
    if isinstance(label, np.ndarray):
        label = label.tolist()
    if isinstance(label, (list, tuple, set, frozenset)):
        return sorted({one for each in label for one in _labels(each)})
    same = label == label
    missing = label is None or not isinstance(same, (bool, np.bool_)) or not same
    return [] if missing else [str(label)]


def _numbers(label: str, numbers: object, n: int) -> tuple[int, int]:
    """The least and the most of a group; n points are no limit, whatever p becomes."""
    pair = numbers if isinstance(numbers, (tuple, list)) else (numbers, numbers)
    if len(pair) == 2:
        least, most = (0 if pair[0] is None else pair[0]), (n if pair[1] is None else pair[1])
        if _is_count(least) and _is_count(most):
            return int(least), int(most)
    raise InputError(
        f"the quota of group {shown(label)} must be a whole number, or the least and the most as a "
        f"pair, got {shown(numbers)}."
    )


def _is_count(number: object) -> bool:
    return isinstance(number, Integral) and not isinstance(number, bool)


def _checked(quota: Quota, n: int, p: int) -> Quota:
    """The quota, if its group can meet it."""
    of = f"the quota of group {shown(quota.group)}"
    checked_indices(quota.points, f"group {quota.group}", n)
    if not 0 <= quota.least <= quota.most:
        raise InputError(
            f"{of} is {quota.least} to {quota.most}; the least must be 0 or more, and at most the most."
        )
    most, why = min((len(quota.points), "the group has"), (p, "p is"))
    if quota.least > most:
        raise InputError(f"{of} is at least {quota.least}, and {why} {most}; lower it.")
    return quota


def in_words(quotas: Sequence[Quota]) -> str:
    """``quotas: a 2 to 5, b 1``; "" if there are none."""
    return f"quotas: {', '.join(map(str, quotas))}" if quotas else ""
