"""The approximation for quotas: clusters of near points, then a matching of groups and clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.instance import Instance
from dispersion.quotas.quota import members
from solvers.ranks.fair_start import climbed, fair_start
from solvers.registration import Guarantee, solver
from solvers.run import Run

_ROUNDING = 1.0 - 1e-9  # distances are rounded: what is proven for them needs some room

Points = NDArray[np.intp]
Distances = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Colours:
    """The groups as colours, of which every point has one; points without a quota share one more.

    Attributes
    ----------
    of : ndarray of int, shape (n,)
        The colour of each point.
    least, most : list of int
        The quotas, by colour.
    """

    of: Points
    least: list[int]
    most: list[int]

    @classmethod
    def of_instance(cls, instance: Instance) -> Colours | None:
        """Those of an instance; `None` if two groups share a point."""
        inside = members(instance.quota, instance.n)
        if (inside.sum(axis=1) > 1).any():
            return None
        other = len(instance.quota)
        of = np.where(inside.any(axis=1), inside.argmax(axis=1) if other else 0, other)
        least = [quota.least for quota in instance.quota] + [0]
        most = [quota.most for quota in instance.quota] + [instance.p]
        return cls(of, least, most)

    @property
    def present(self) -> int:
        """How many colours points have."""
        return len(np.unique(self.of))


@dataclass(frozen=True, eq=False)
class Cluster:
    """Near points of different colours, and which points they stand for.

    Attributes
    ----------
    members : dict of int to int
        Colour to point.
    around : ndarray of int
        All points that were as near to one of them; each has the colour of one of them.
    """

    members: dict[int, int]
    around: Points


def clusters(distances: Distances, colour: Points, apart: float) -> list[Cluster]:
    """Every point is around one cluster; members of different clusters are `apart` or farther.

    A cluster begins with the first point that is left, and takes points of other colours for as long as
    there are some that are nearer than `apart` to it.
    """
    left = np.ones(len(distances), dtype=np.bool_)
    found = []
    while left.any():
        taken: dict[int, int] = {}
        near = np.zeros(len(distances), dtype=np.bool_)
        new = left & (np.cumsum(left) == 1)
        while new.any():
            point = int(new.argmax())
            taken[int(colour[point])] = point
            near |= (distances[point] < apart) & left
            near[point] = True
            new = near & ~np.isin(colour, list(taken))
        found.append(Cluster(taken, np.flatnonzero(near)))
        left &= ~near
    return found


def matched(found: list[Cluster], colours: Colours, p: int) -> Points | None:
    """p points of different clusters that meet the quotas; `None` if there are none.

    Paths that augment a matching never take a cluster from a colour without giving it another, so the
    least of each colour is matched first, and then as many more as there may be.
    """
    owner = np.full(len(found), -1)

    def augment(colour: int) -> bool:
        """Give a colour one more cluster, by a path of clusters that change hands."""
        reached, queue = {colour: -1}, [colour]
        by: dict[int, int] = {}
        while queue:
            one = queue.pop()
            for place, cluster in enumerate(found):
                if one not in cluster.members or place in by:
                    continue
                by[place] = one
                holder = int(owner[place])
                if holder < 0:
                    while place >= 0:
                        owner[place], place = by[place], reached[by[place]]
                    return True
                if holder not in reached:
                    reached[holder] = place
                    queue.append(holder)
        return False

    for colour, least in enumerate(colours.least):
        for _ in range(least):
            if not augment(colour):
                return None
    for colour, most in enumerate(colours.most):
        room = min(most - int((owner == colour).sum()), p - int((owner >= 0).sum()))
        while room > 0 and augment(colour):
            room -= 1
    if (owner >= 0).sum() < p:
        return None
    return np.array(
        [found[k].members[int(owner[k])] for k in np.flatnonzero(owner >= 0)], dtype=np.intp
    )


@solver(
    "fair-greedy-flow",
    objective="max-min",
    guarantee=Guarantee.APPROXIMATION,
    summary="for quotas: clusters, matched with groups; >= optimum / (groups + 1) under a metric",
    by_default=False,
    takes_quotas=True,
    shares_process=True,
    reference="Addanki, McGregor, Meliou and Moumoulidou 2022",
)
def fair_greedy_flow(run: Run) -> None:
    """Bisect over the distances g: are there points at g / (m + 1) that meet the quotas of m groups?

    Points nearer than that form clusters, with at most one member of each group; one member of each of
    p clusters is chosen by a matching of groups and clusters.

    Guarantee: at least 1 / (m + 1) of the optimum under a metric, where m counts the groups that share
    no point; points without a quota are one more.  Why: two points around one cluster are nearer than
    g, as its members are linked by at most m - 1 steps below g / (m + 1), and both are a step away.  So
    of a selection whose points are g apart, each is around another cluster, which has a member of the
    same group: a matching exists.  If none does, nothing reaches g.  That two points around a cluster
    are nearer than g is looked up, so the bound that is reported rests on no inequality.  Swaps that
    keep the quotas then improve the answer.  Without quotas all points are one group, and the factor is
    that of greedy, 1/2.

    Source: Addanki, McGregor, Meliou and Moumoulidou, "Improved approximation and scalability for fair
    max-min diversification", ICDT 2022 (Fair-Greedy-Flow), for groups that have exact quotas; the least
    and the most of a group, the search over all distances, the bound and the swaps are ours.

    Raises
    ------
    NotApplicableError
        Two groups share a point.
    """
    instance = run.instance
    colours = Colours.of_instance(instance)
    if colours is None:
        run.skip("fair-greedy-flow takes groups that share no point; use 'greedy', or an exact solver.")
    run.report_incumbent(fair_start(instance))
    levels, parts = instance.levels, colours.present + 1
    low, high = 0, len(levels) - 1  # there are points at the lowest
    run.report_bound(float(levels[high]))
    while low < high:
        run.check_time()
        middle = (low + high + 1) // 2
        wanted = float(levels[middle])
        found = clusters(instance.distances, colours.of, wanted / parts * _ROUNDING)
        selected = matched(found, colours, instance.p)
        if selected is not None:
            run.report_incumbent(climbed(instance, selected))
            low = middle
            continue
        high = middle - 1
        if all(_widest(instance.distances, cluster) < wanted for cluster in found):
            run.report_bound(float(levels[high]), "clusters")
    run.message = f"factor {parts} under a metric"


def _widest(distances: Distances, cluster: Cluster) -> float:
    """The longest distance between two points around a cluster."""
    return float(distances[np.ix_(cluster.around, cluster.around)].max())
