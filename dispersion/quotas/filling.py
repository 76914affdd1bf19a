"""A selection under way that can always be completed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dispersion.instance import Instance
from dispersion.quotas.plans import Counts, Kinds
from dispersion.quotas.quota import members


def kinds_of(instance: Instance) -> tuple[Kinds, NDArray[np.intp]]:
    """The kinds of the points of an instance, and the kind of each point, shape (n,)."""
    inside, kind = np.unique(members(instance.quota, instance.n), axis=0, return_inverse=True)
    kind = kind.reshape(-1)  # numpy 2.0 gives it another shape
    known, size = instance.membership, len(inside)
    taken = kind[np.array(known.required, dtype=np.intp)]
    left = np.delete(kind, np.array(known.excluded, dtype=np.intp))
    kinds = Kinds(
        inside,
        np.bincount(taken, minlength=size).astype(np.int64),
        np.bincount(left, minlength=size).astype(np.int64),
        np.array([quota.least for quota in instance.quota], dtype=np.int64),
        np.array([quota.most for quota in instance.quota], dtype=np.int64),
        instance.p,
    )
    return kinds, kind


class Filling:
    """Points chosen one after the other such that the quotas can still be met.

    Parameters
    ----------
    instance : Instance
        With quotas that can be met (see `dispersion.quotas.clashes.clash`).

    Attributes
    ----------
    chosen : list of int
        The points so far; at the beginning those that are required.
    """

    def __init__(self, instance: Instance) -> None:
        self._kinds, self.kind = kinds_of(instance)
        plan = self._kinds.plan()
        assert plan is not None
        self._plan: Counts = plan
        self._counts = self._kinds.fewest.copy()
        self._full = self._plan < 0  # kinds that can take no more: once so, always so
        self.chosen = list(instance.membership.required)
        self._out = {*instance.membership.excluded, *self.chosen}
        self._p = instance.p

    @property
    def done(self) -> bool:
        """Whether p points are chosen."""
        return len(self.chosen) == self._p

    def may_add(self, point: int) -> bool:
        """Whether a point may be added; one that may not be never may again."""
        return point not in self._out and self._may_take(int(self.kind[point]))

    def open(self) -> NDArray[np.bool_]:
        """Which points may be added, shape (n,)."""
        kinds = [self._may_take(kind) for kind in range(len(self._full))]
        allowed = np.array(kinds, dtype=np.bool_)[self.kind]
        allowed[list(self._out)] = False
        return allowed

    def add(self, point: int) -> None:
        """Choose a point that may be added."""
        assert self.may_add(point)
        self._counts[self.kind[point]] += 1
        self.chosen.append(point)
        self._out.add(point)

    def _exchanged(self, kind: int) -> Counts | None:
        """The plan with one more point of a kind in place of one not chosen yet, if one will do."""
        kinds = self._kinds
        spare = np.flatnonzero(self._plan > self._counts)
        totals = kinds.inside.T @ self._plan
        moved = totals + kinds.inside[kind] - kinds.inside[spare].astype(np.int64)
        fits = ((kinds.least <= moved) & (moved <= kinds.most)).all(axis=1)
        if not fits.any():
            return None
        plan = self._plan.copy()
        plan[spare[int(fits.argmax())]] -= 1
        plan[kind] += 1
        return plan

    def _planned(self, kind: int) -> Counts | None:
        """Any plan with one more point of a kind."""
        wanted = self._counts.copy()
        wanted[kind] += 1
        return replace(self._kinds, fewest=wanted).plan()

    def _may_take(self, kind: int) -> bool:
        """Whether the quotas can be met with one more point of a kind; the plan is then such a way."""
        if self._full[kind] or self.done:
            return False
        if self._plan[kind] > self._counts[kind]:
            return True
        plan = None
        if self._counts[kind] < self._kinds.available[kind]:
            plan = self._exchanged(kind)
            plan = self._planned(kind) if plan is None else plan
        if plan is None:
            self._full[kind] = True
            return False
        self._plan = plan
        return True
