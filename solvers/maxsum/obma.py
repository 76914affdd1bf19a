"""Opposition-based memetic search for the sum of distances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.parameters import whole
from solvers.registration import Guarantee, solver
from solvers.run import Run
from solvers.sums.swaps import compile_swaps

_POOL = 10  # selections
_QUALITY = 0.6  # weight of the value against that of the distance to the pool
_PATIENCE = 10  # moves a point in vain that end a tabu search
_SLICE = 500_000  # steps of compiled code between two looks at the clock: some milliseconds

Selection = NDArray[np.intp]


def opposite(selected: Selection, n: int, rng: np.random.Generator) -> Selection:
    """p random points that are not selected; where there are fewer, all of those and random others."""
    outside = rng.permutation(np.setdiff1d(np.arange(n), selected))
    return np.concatenate([outside, rng.permutation(selected)])[: len(selected)].astype(np.intp)


def backbone(distances: NDArray[np.float64], one: Selection, other: Selection) -> Selection:
    """What both parents chose, completed in turn from either by the point that adds most."""
    child = np.intersect1d(one, other)
    sums = distances[child].sum(axis=0)
    left = [np.setdiff1d(one, child), np.setdiff1d(other, child)]
    chosen = child.tolist()
    for turn in range(len(one) - len(child)):
        own = left[turn % 2]
        point = int(own[sums[own].argmax()])
        chosen.append(point)
        left[turn % 2] = own[own != point]
        sums += distances[point]
    return np.array(sorted(chosen), dtype=np.intp)


class _Pool:
    """The best and most different selections so far."""

    def __init__(self, n: int) -> None:
        self._n = n
        self.members: list[Selection] = []
        self.values: list[float] = []

    def offer(self, member: Selection, value: float) -> None:
        """Take a selection that is new; beyond ten, drop that of the worst rank."""
        if any(np.array_equal(member, other) for other in self.members):
            return
        self.members.append(member)
        self.values.append(value)
        if len(self.members) > _POOL:
            worst = int(self._ranks().argmin())
            del self.members[worst], self.values[worst]

    def _ranks(self) -> NDArray[np.float64]:
        """0.6 times the rank by value plus 0.4 times that by the distance to the nearest other one."""
        inside = np.zeros((len(self.members), self._n))
        for row, member in zip(inside, self.members, strict=True):
            row[member] = 1.0
        shared = inside @ inside.T
        np.fill_diagonal(shared, -1.0)
        by_value = np.argsort(np.argsort(self.values, kind="stable"))
        by_distance = np.argsort(np.argsort(-shared.max(axis=1), kind="stable"))
        ranks: NDArray[np.float64] = _QUALITY * by_value + (1.0 - _QUALITY) * by_distance
        return ranks


class _Memetic:
    """One run of the method."""

    def __init__(self, run: Run) -> None:
        from solvers.kernels.swap_tabu import SwapTabu

        self.run, self.n, self.p = run, run.instance.n, run.instance.p
        start = self.random()
        self.search = SwapTabu(run.instance.distances, start, run.limits.seed)
        self.pool = _Pool(self.n)

    def random(self) -> Selection:
        """A random selection."""
        return self.run.rng.choice(self.n, size=self.p, replace=False).astype(np.intp)

    def settle(self, start: Selection) -> None:
        """Search from a selection, report the best that was met, and offer it to the pool."""
        self.search.restart(start)
        moves = max(1, min(_SLICE // self.n, _PATIENCE * self.n))
        while self.search.stalled <= _PATIENCE * self.n and self.run.seconds_left() > 0.0:
            self.search.improve(moves)
        self.run.report_incumbent(self.search.best)
        self.pool.offer(self.search.best, self.search.value)

    def generation(self) -> None:
        """Breed one child from two of the pool, and search from it and from its opposite."""
        members = self.pool.members
        if len(members) < 2:
            child = self.random()
        else:
            one, other = self.run.rng.choice(len(members), size=2, replace=False)
            child = backbone(self.run.instance.distances, members[one], members[other])
        for start in (child, opposite(child, self.n, self.run.rng)):
            self.settle(start)


@solver(
    "obma",
    objective="max-sum",
    guarantee=Guarantee.HEURISTIC,
    summary="memetic search that also explores opposite selections; stops when it stalls",
    prepare=compile_swaps,
    stochastic=True,
    takes_start=True,
    reference="Zhou, Hao and Duval 2017",
)
def obma(run: Run, *, generations: int = 30) -> None:
    """Breed selections from what good ones share, and improve child and opposite by tabu search.

    Proves nothing.  The same seed gives the same answer unless the time limit cuts it short.

    Source: Zhou, Hao and Duval, "Opposition-based memetic search for the maximum diversity problem",
    IEEE Transactions on Evolutionary Computation 21, 2017, and their code: a pool of ten, the backbone
    crossover, the opposite of every child, and ranks of value and distance that decide who stays (the
    weight 0.6 is from memory).  Ours: a tabu search ends after 10 n idle moves, where theirs makes
    50,000; the distance is that to the nearest of the pool, theirs the mean; a selection and its
    opposite are both offered to the first pool, of which theirs keeps the better one.
    """
    generations = whole(generations, "generations", 1, 2**31)
    memetic = _Memetic(run)
    if memetic.n == memetic.p:
        run.report_incumbent(np.arange(memetic.n))
        return
    if run.selected is not None:
        memetic.settle(run.selected)
    for _ in range(_POOL // 2):
        start = memetic.random()
        memetic.settle(start)
        memetic.settle(opposite(start, memetic.n, run.rng))
    vain = 0
    while vain < generations and run.seconds_left() > 0.0:
        before = run.objective
        memetic.generation()
        vain = vain + 1 if run.objective == before else 0
