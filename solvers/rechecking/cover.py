"""Weighted covers by cliques of conflicts: at most one point of each can be selected.

Non-negative weights of cliques, such that those of every point add up to 1 or more, bound the number
of points that can be selected by their sum (linear programming duality; Padberg, Mathematical
Programming 5, 1973, for cliques).  A linear program proposes weights; whether they prove anything is
decided in whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import EngineError
from solvers.engines import highs
from solvers.rechecking.question import Clock, Pairs
from solvers.rechecking.refuters import core
from solvers.run import TimeUp

UNIT = 10**9  #: weight that every point must be covered by
_SLICE_SECONDS = 1.0  # of the linear program before Ctrl-C is heard
_LEAST_VIOLATION = 1e-6
_MOST_CUTS = 200  # a round

Clique = NDArray[np.intp]


def _grown(start: Sequence[int], conflicts: Pairs, wish: NDArray[np.float64]) -> Clique:
    """The clique of conflicts `start`, extended as far as possible by what is wished for most."""
    clique, open_ = list(start), conflicts[start].all(axis=0)
    while open_.any():
        v = int(np.where(open_, wish, -1.0).argmax())
        clique.append(v)
        open_ &= conflicts[v]
    return np.sort(np.array(clique, dtype=np.intp))


def cliques_of(conflicts: Pairs, clock: Clock) -> list[Clique]:
    """Cliques that hold every pair in conflict, each extended by what is least covered so far."""
    bare = conflicts.copy()  # pairs not yet covered
    cliques = []
    for i in range(len(conflicts)):
        while bare[i].any():
            clock.check_time()
            pair = [i, int(bare[i].argmax())]
            clique = _grown(pair, conflicts, bare[pair].sum(axis=0).astype(np.float64))
            bare[np.ix_(clique, clique)] = False
            cliques.append(clique)
    return cliques


def allowed(conflicts: Pairs, cliques: Sequence[Clique], weights: Sequence[int]) -> int:
    """How many points the weights allow, in units of `UNIT`; exact, in Python's whole numbers.

    Whatever a point lacks, it is given by a clique of its own.

    Raises
    ------
    EngineError
        A weight is negative, or a row is no clique of conflicts.
    """
    covered = [0] * len(conflicts)
    for clique, weight in zip(cliques, weights, strict=True):
        among = conflicts[np.ix_(clique, clique)] | np.eye(len(clique), dtype=bool)
        if weight < 0 or not among.all() or len(set(clique.tolist())) < len(clique):
            raise EngineError("a row of the cover is not a weighted clique of conflicts")
        for v in clique.tolist():
            covered[v] += weight
    return sum(weights) + sum(max(0, UNIT - weight) for weight in covered)


class _Program:
    """Maximise the number of points, at most one of every clique, in HiGHS."""

    def __init__(self, n: int) -> None:
        self._engine = highs.simplex_engine(n)
        self._engine.changeColsCost(n, np.arange(n, dtype=np.int32), -np.ones(n))
        self.cliques: list[Clique] = []

    def add(self, cliques: Sequence[Clique]) -> None:
        """At most one point of each of these."""
        self.cliques += cliques
        for clique in cliques:
            columns = clique.astype(np.int32)
            self._engine.addRow(-np.inf, 1.0, len(clique), columns, np.ones(len(clique)))

    def solve(self, clock: Clock) -> tuple[NDArray[np.float64], list[int]]:
        """The share of every point, and a weight in units of `UNIT` for every clique."""
        clock.check_time()
        while not highs.resolve(self._engine, _SLICE_SECONDS):
            clock.check_time()
        solution = self._engine.getSolution()
        weights = np.rint(np.asarray(solution.row_dual) * -UNIT)
        return np.asarray(solution.col_value), [max(0, int(weight)) for weight in weights]


def _violated(conflicts: Pairs, x: NDArray[np.float64]) -> list[Clique]:
    """Cliques of which `x` selects more than one point, one grown from every point; worst first."""
    violated: dict[bytes, tuple[float, Clique]] = {}
    for v in np.flatnonzero(x > _LEAST_VIOLATION).tolist():
        clique = _grown([v], conflicts, x)
        excess = float(x[clique].sum()) - 1.0
        if excess > _LEAST_VIOLATION:
            violated[clique.tobytes()] = excess, clique
    worst = sorted(violated.values(), key=lambda pair: -pair[0])
    return [clique for _, clique in worst[:_MOST_CUTS]]


def conflicts_of(apart: Pairs) -> Pairs:
    """The other pairs, with an empty diagonal."""
    conflicts = ~apart
    np.fill_diagonal(conflicts, False)
    return conflicts


def covered(
    conflicts: Pairs, p: int, cliques: Sequence[Clique], clock: Clock
) -> tuple[bool, list[Clique]]:
    """Whether weighted cliques of conflicts allow fewer than p points, and the cliques used.

    They are those given, and others that the linear program violated, as long as time is left.
    """
    program, new = _Program(len(conflicts)), list(cliques)
    with suppress(TimeUp):
        while new:
            program.add(new)
            x, weights = program.solve(clock)
            if allowed(conflicts, program.cliques, weights) < p * UNIT:
                return True, program.cliques
            new = _violated(conflicts, x)
    return False, program.cliques


def by_cover(apart: Pairs, p: int, clock: Clock) -> bool:
    """Whether weighted cliques of conflicts allow fewer than p points of the core."""
    left = core(apart, p)
    if len(left) < p:
        return True
    conflicts = conflicts_of(apart[np.ix_(left, left)])
    return covered(conflicts, p, cliques_of(conflicts, clock), clock)[0]
