"""An instance with required or excluded points, as a plain one of the points that are left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.instance import Instance
from dispersion.objectives import objectives
from dispersion.quotas.filling import Filling
from dispersion.quotas.quota import Quota, Quotas

Points = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Fixed:
    """What is left to be chosen once the required points are in and the excluded ones out.

    That is a plain instance of the other points, of which the q that are still wanted are chosen, by
    distances that have absorbed those to the required points:

    - max-min: ``min(d_ij, m_i, m_j, c)``, where m_i is the distance from i to the nearest required
      point, and c the least among the required ones.  The least of these over q >= 2 points is the
      least of all pairs that count.
    - max-sum: ``d_ij + (s_i + s_j) / (q - 1) + 2 C / (q (q - 1))``, where s_i is the sum of the
      distances from i to the required points, and C the sum among these.  Each of q points is in q - 1
      pairs, so the sum over all pairs is that of all pairs that count.
    - packing: the points that are not too near to a required one, and these.

    Quotas ask of the other points what the required ones leave of them.

    So every solver takes required and excluded points, as it takes any matrix; its bounds hold, and
    there is less to solve than without them.  Such distances obey no triangle inequality in general, so
    the plain instance of required points has no metric.  The problem with existing facilities is that
    of Cherkesly and Contardo, "The conditional p-dispersion problem" (2021); the reduction is ours.

    Attributes
    ----------
    whole : Instance
        As it was asked.
    plain : Instance or None
        What is left to be solved; `None` if fewer than two points are left to be chosen.
    points : ndarray of int, shape (m,)
        Which points of the whole the plain instance has.
    taken : ndarray of int, shape (r,)
        The required points.
    """

    whole: Instance
    plain: Instance | None
    points: Points
    taken: Points

    @classmethod
    def of(cls, instance: Instance, objective_name: str) -> Fixed | None:
        """That of an instance; `None` if no point is required or excluded."""
        known = instance.membership
        if not known:
            return None
        taken = np.array(known.required, dtype=np.intp)
        left = np.setdiff1d(np.arange(instance.n), np.array(known.excluded, dtype=np.intp))
        if instance.at_least is not None:
            too_near = instance.distances[np.ix_(left, taken)] < instance.at_least
            left = left[~too_near.any(axis=1) | np.isin(left, taken)]
            apart = _plain(instance, left, at_least=instance.at_least) if len(left) > 1 else None
            return cls(instance, apart, left, taken)
        free, more = np.setdiff1d(left, taken), instance.p - len(taken)
        if more < 2:
            return cls(instance, None, free, taken)
        quota = _left(instance.quota, free, taken, more)
        if not len(taken):
            return cls(instance, _plain(instance, free, p=more).with_quota(quota=quota), free, taken)
        objective = objectives[objective_name]
        alone = objective.worth(instance, taken) if len(taken) > 1 else objective.nothing
        among, near = (instance.distances[np.ix_(free, ends)] for ends in (free, taken))
        absorbed = objective.absorbed(among, near, alone, more)
        np.fill_diagonal(absorbed, 0.0)
        return cls(instance, Instance(absorbed, more, instance.name, quota=quota), free, taken)

    def selection(self, chosen: Points) -> Points:
        """The selection of the whole that points of the plain instance make with the required ones."""
        return np.union1d(self.points[chosen], self.taken)

    def inside(self, selected: Points) -> Points:
        """Where the points of a selection of the whole stand in the plain instance."""
        return np.flatnonzero(np.isin(self.points, selected))

    def choices(self) -> list[Points]:
        """All selections, where at most one point is left to be chosen."""
        if self.whole.at_least is not None:
            return [self.points]
        if self.whole.p == len(self.taken):
            return [self.taken]
        if not self.whole.quota:
            return [np.union1d(self.taken, [point]) for point in self.points]
        last = np.flatnonzero(Filling(self.whole).open())
        return [np.union1d(self.taken, [point]) for point in last]


def _left(quotas: Quotas, free: Points, taken: Points, more: int) -> Quotas:
    """What quotas ask of the points that are left, of which `more` are chosen, if they ask anything."""
    left = []
    for quota in quotas:
        inside = np.isin(taken, quota.points).sum()
        least, most = max(0, quota.least - int(inside)), min(more, quota.most - int(inside))
        points = np.flatnonzero(np.isin(free, quota.points))
        in_any_case = max(0, more - (len(free) - len(points)))
        if least > in_any_case or most < min(len(points), more):
            left.append(Quota(quota.group, tuple(points.tolist()), least, most))
    return tuple(left)


def _plain(
    whole: Instance, points: Points, p: int | None = None, at_least: float | None = None
) -> Instance:
    """Some points of an instance, without anything required or excluded."""
    inner = whole.distances[np.ix_(points, points)]
    return Instance(inner, p, whole.name, whole.metric, at_least=at_least, is_metric=whole.is_metric)
