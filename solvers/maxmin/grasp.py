"""GRASP with path relinking."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dispersion.parameters import whole
from solvers.ranks.start import degree_bound
from solvers.registration import Guarantee, solver
from solvers.run import Run

_ELITE = 10
_WIDEST = 20  # widest restricted candidate list, in percent
_SLICE = 4_000_000  # steps of compiled code between two looks at the clock

Selection = NDArray[np.int32]


def _compile() -> None:
    import solvers.kernels.relinking  # noqa: F401


@dataclass
class _Elite:
    """Good selections that differ, of `n` points, best first."""

    n: int
    values: list[int] = field(default_factory=list)
    members: list[Selection] = field(default_factory=list)

    def offer(self, value: int, members: Selection) -> None:
        """Take the selection in unless it is known; the worst leaves, or the nearest one not better.

        Keeping apart selections that are alike is what makes the paths between them long.
        """
        chosen = np.zeros(self.n, dtype=np.bool_)
        chosen[members] = True
        shared = [np.count_nonzero(chosen[other]) for other in self.members]
        if len(members) in shared or (len(self.values) == _ELITE and value <= self.values[-1]):
            return
        if len(self.values) == _ELITE:
            out = max((k for k in range(_ELITE) if self.values[k] <= value), key=shared.__getitem__)
            del self.values[out], self.members[out]
        at = sum(other >= value for other in self.values)
        self.values.insert(at, value)
        self.members.insert(at, members.copy())


class _Grasp:
    """One run of the method: the ranks, the random state and the elite."""

    def __init__(self, run: Run) -> None:
        from solvers.kernels.random_numbers import generator

        self.run = run
        self.ranks = np.array(run.instance.ranks)
        self.state = generator(run.limits.seed)
        self.elite = _Elite(run.instance.n)
        self.value = -1
        if run.selected is not None:
            self.settle(run.selected.astype(np.int32))

    def settle(self, members: Selection) -> None:
        """Climb to a local optimum and note it; stops early, at a valid selection, if time is up."""
        from solvers.kernels.relinking import climb, value_of

        steps = max(1, _SLICE // (len(self.ranks) * len(members)))
        while not climb(self.ranks, members, steps) and self.run.seconds_left() > 0:
            pass
        value = value_of(self.ranks, members)
        self.elite.offer(value, members)
        if value > self.value:
            self.value = value
            self.run.report_incumbent(members)

    def iterate(self) -> None:
        """Construct, climb, and relink with an elite selection, in a random direction."""
        from solvers.kernels.relinking import construct, relink

        members = np.empty(self.run.instance.p, dtype=np.int32)
        construct(self.ranks, members, int(self.run.rng.integers(_WIDEST + 1)), self.state)
        self.settle(members)
        guide = self.elite.members[self.run.rng.integers(len(self.elite.members))]
        if self.run.seconds_left() == 0:
            return
        source, target = (members, guide) if self.run.rng.random() < 0.5 else (guide, members)
        between = np.empty_like(members)
        relink(self.ranks, source, target, between, self.state)
        self.settle(between)


@solver(
    "grasp",
    objective="max-min",
    guarantee=Guarantee.HEURISTIC,
    summary="greedy randomised constructions, local search and path relinking; stops when stalled",
    prepare=_compile,
    stochastic=True,
    shares_process=True,
    takes_start=True,
    reference="Resende et al. 2010",
)
def grasp(run: Run, *, patience: int = 100) -> None:
    """Build selections greedily with chance, improve them, and search the paths between good ones.

    Stops at the bound by degrees, at the time limit, or once it has made both `patience`
    constructions and as many as the incumbent took without finding a better one.  Proves nothing.
    The same seed gives the same answer unless the time limit cuts it short.

    Source: Resende, Marti, Gallego and Duarte, "GRASP and path relinking for the max-min diversity
    problem", Computers & Operations Research 37, 2010 (the dynamic variant: every local optimum is
    relinked at once).  Ours is cheaper by a factor p a step: the walk drops the closest member first
    instead of trying all pairs of a dropped and an added point.
    """
    patience = whole(patience, "patience", 1, 2**31)
    search = _Grasp(run)
    ceiling = degree_bound(search.ranks, run.instance.p)
    made, last, value = 0, 0, -1
    while value < ceiling and made - last < max(patience, last) and run.seconds_left() > 0:
        search.iterate()
        made += 1
        if search.value > value:
            last, value = made, search.value
