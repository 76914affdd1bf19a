"""Tests of `solvers.prover.relaxation`: no bound of it is ever below the truth."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from solvers.prover import relaxation as module
from solvers.prover.relaxation import UNIT, Relaxation, Relaxed

N = 11
SELECTIONS = np.array(list(itertools.product([False, True], repeat=N)))


def never() -> bool:
    """Do not stop."""
    return False


def allowed(ranks: np.ndarray, free: np.ndarray, forced: list[np.ndarray] | None = None) -> np.ndarray:
    """The selections of free points without conflict that hold a point of every forced cluster."""
    conflict = np.triu((ranks < 1) & ~np.eye(N, dtype=bool))
    good = ~(SELECTIONS & ~free).any(axis=1)
    for i, j in np.argwhere(conflict):
        good &= ~(SELECTIONS[:, i] & SELECTIONS[:, j])
    for cluster in forced or []:
        good &= SELECTIONS[:, cluster].any(axis=1)
    return SELECTIONS[good]


def check(relaxed: Relaxed, selections: np.ndarray) -> None:
    """Fail if the bound, or that of the selections with one point, is below the truth."""
    sizes = selections.sum(axis=1) * UNIT
    if not len(sizes):
        return
    assert relaxed.bound >= sizes.max()
    for v in range(N):
        with_v = sizes[selections[:, v]]
        if len(with_v):
            assert relaxed.bound - max(relaxed.surplus[v], 0) >= with_v.max()


def some_clusters(relaxation: Relaxation, rng: np.random.Generator) -> list[np.ndarray]:
    """Up to three cliques of conflicts, or parts of them, in any order."""
    chosen = rng.permutation(len(relaxation.cliques))[: rng.integers(0, 4)]
    cliques = [rng.permutation(relaxation.cliques[k]) for k in chosen]
    return [clique[: rng.integers(1, len(clique) + 1)].astype(np.int32) for clique in cliques]


@pytest.mark.parametrize("seed", range(40))
def test_no_bound_is_below_the_truth(seed, random_ranks):
    """Solved, tried out, cut, forced, released and purged, in any order; exact in integers."""
    rng = np.random.default_rng(seed)
    ranks = random_ranks(seed, N, float(rng.choice([0.3, 0.5, 0.7, 0.85])))
    relaxation = Relaxation(ranks, 1)
    everything = np.ones(N, dtype=bool)
    for _ in range(8):
        free = rng.random(N) < 0.8
        forced = some_clusters(relaxation, rng)
        relaxation.force(forced)
        selections = allowed(ranks, free, forced)
        relaxed = relaxation.solve(free, never)
        check(relaxed, selections)
        while relaxation.separate(relaxed.x, free):
            relaxed = relaxation.solve(free, never)
            check(relaxed, selections)
        assert (relaxed.x[~free] == 0).all()
        if len(selections):
            assert relaxation.try_out(free) >= selections.sum(axis=1).max() * UNIT
    relaxation.force([])
    check(relaxation.solve(everything, never), allowed(ranks, everything))


@pytest.mark.parametrize("seed", range(20))
def test_fixing_keeps_every_selection_that_is_looked_for(seed, random_ranks):
    """Points of which the bound falls below p lie in no selection of p."""
    rng = np.random.default_rng(seed)
    ranks = random_ranks(seed, N, 0.6)
    relaxation, free = Relaxation(ranks, 1), np.ones(N, dtype=bool)
    forced = some_clusters(relaxation, rng)
    relaxation.force(forced)
    relaxed = relaxation.solve(free, never)
    selections = allowed(ranks, free, forced)
    for p in range(1, N + 1):
        hopeless = relaxed.bound - np.maximum(relaxed.surplus, 0) < p * UNIT
        assert not selections[selections.sum(axis=1) >= p][:, hopeless].any()


def test_the_bound_of_an_odd_cycle_is_two_and_a_half(random_ranks):
    """Five points in conflict round a cycle; a forced pair, or a point taken away, leave two."""
    ranks = np.ones((5, 5), dtype=np.int32)
    for i in range(5):
        ranks[i, (i + 1) % 5] = ranks[(i + 1) % 5, i] = 0
    np.fill_diagonal(ranks, -1)
    relaxation, free = Relaxation(ranks, 1), np.ones(5, dtype=bool)
    assert relaxation.solve(free, never).bound == 5 * UNIT // 2
    relaxation.force([np.array([2], dtype=np.int32)])
    assert relaxation.solve(free, never).bound == 2 * UNIT
    relaxation.force([])
    assert relaxation.solve(free, never).bound == 5 * UNIT // 2
    free[0] = False
    assert relaxation.solve(free, never).bound == 2 * UNIT


def test_a_cluster_that_cannot_be_hit_leaves_no_hope():
    """The program stays feasible, and its bound is less than any p."""
    ranks = np.zeros((4, 4), dtype=np.int32)
    np.fill_diagonal(ranks, -1)
    relaxation = Relaxation(ranks, 1)
    relaxation.force([np.array([1, 0], dtype=np.int32)])
    free = np.array([False, False, True, True])
    assert relaxation.solve(free, never).bound < UNIT


def test_cuts_lower_the_bound_to_the_truth(random_ranks):
    """A triangle known by its sides only allows a point and a half, until it is separated."""
    ranks = np.zeros((3, 3), dtype=np.int32)
    np.fill_diagonal(ranks, -1)
    relaxation, free = Relaxation(ranks, 1), np.ones(3, dtype=bool)
    relaxation.cliques[:] = []
    relaxation._row.clear()
    relaxation._idle.clear()
    relaxation._engine.deleteRows(1, np.zeros(1, dtype=np.int32))
    relaxation._add(np.array(pair, dtype=np.int32) for pair in itertools.combinations(range(3), 2))
    relaxed = relaxation.solve(free, never)
    assert relaxed.bound == 3 * UNIT // 2
    assert relaxation.separate(relaxed.x, free) == 1
    assert relaxation.separate(relaxed.x, free) == 0  # it is known
    assert relaxation.solve(free, never).bound == UNIT


@pytest.mark.parametrize("seed", range(10))
def test_a_purge_drops_idle_rows_only(seed, random_ranks, monkeypatch):
    """Clusters that were forced stay, and every bound holds afterwards."""
    monkeypatch.setattr(module, "_IDLE_SOLVES", 0)
    rng = np.random.default_rng(seed)
    ranks = random_ranks(seed, N, 0.5)
    relaxation, free = Relaxation(ranks, 1), np.ones(N, dtype=bool)
    dropped = 0
    for _ in range(6):
        forced = some_clusters(relaxation, rng)
        relaxation.force(forced)
        free = rng.random(N) < 0.9
        relaxed = relaxation.solve(free, never)
        relaxation.separate(relaxed.x, free)
        relaxation.solve(free, never)
        before = len(relaxation.cliques)
        relaxation.purge()
        dropped += before - len(relaxation.cliques)
        known = {clique.tobytes() for clique in relaxation.cliques}
        assert {np.sort(cluster).tobytes() for cluster in forced} <= known
        assert relaxation._engine.getNumRow() == len(relaxation.cliques) == len(relaxation._row)
        check(relaxation.solve(free, never), allowed(ranks, free, forced))
    assert dropped > 0


def test_a_stop_ends_a_solve_halfway(plane_ranks, monkeypatch):
    """Asked whenever a slice of the simplex method is over; the next solve goes on as ever."""
    ranks = plane_ranks(0, 100)
    relaxation, free = Relaxation(ranks, int(0.15 * ranks.max())), np.ones(100, dtype=bool)
    monkeypatch.setattr(module, "_SLICE_SECONDS", 0.0)
    assert relaxation.solve(free, lambda: True) is None
    monkeypatch.undo()
    fresh = Relaxation(ranks, int(0.15 * ranks.max()))
    bound = relaxation.solve(free, never).bound
    assert abs(bound - fresh.solve(free, never).bound) < UNIT // 1000


@pytest.mark.parametrize("seed", range(30))
def test_no_answer_of_the_engine_makes_a_bound_wrong(seed, random_ranks, monkeypatch):
    """Multipliers of any size and sign prove what they prove: tolerances enter no proof."""
    rng = np.random.default_rng(seed)
    ranks = random_ranks(seed, N, 0.6)
    relaxation, free = Relaxation(ranks, 1), rng.random(N) < 0.9
    forced = some_clusters(relaxation, rng)
    relaxation.force(forced)
    selections = allowed(ranks, free, forced)
    rows = len(relaxation.cliques)
    for _ in range(20):
        claimed = SimpleNamespace(row_dual=rng.normal(size=rows), col_value=rng.random(N + 9))
        engine = SimpleNamespace(getSolution=lambda: claimed)  # noqa: B023
        monkeypatch.setattr(relaxation, "_engine", engine)
        check(relaxation._read(free), selections)


def test_a_clique_that_need_not_be_hit_has_no_negative_weight(monkeypatch):
    """A triangle with two pendants a corner: all six pendants go, though none is of the triangle."""
    ranks = np.ones((9, 9), dtype=np.int32)
    for i, j in [(0, 1), (0, 2), (1, 2), *((v, 3 + 2 * v + k) for v in range(3) for k in range(2))]:
        ranks[i, j] = ranks[j, i] = 0
    np.fill_diagonal(ranks, -1)
    relaxation = Relaxation(ranks, 1)
    duals = [1.0 if len(clique) == 3 else -1.0 for clique in relaxation.cliques]
    assert sorted(duals) == [-1.0] * 6 + [1.0]
    claimed = SimpleNamespace(row_dual=duals, col_value=np.zeros(9))
    monkeypatch.setattr(relaxation, "_engine", SimpleNamespace(getSolution=lambda: claimed))
    assert relaxation._read(np.ones(9, dtype=bool)).bound == 6 * UNIT
