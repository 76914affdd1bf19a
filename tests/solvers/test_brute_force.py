"""Every exact solver against brute force on thousands of small instances with unpleasant distances."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import pytest

from dispersion import Instance, Status, contradictions
from dispersion.metrics import distances as pairwise
from solvers import Guarantee, list_solvers, solve
from solvers.ranks.window import window

EXACT = [info.name for info in list_solvers("max-min") if info.guarantee is Guarantee.EXACT]
ENGINES = [name for name in EXACT if name != "clique"]
ALL = 10_000  # instances of the slow tests

# distances between n points; they need not obey the triangle inequality
KINDS = {
    "uniform": lambda rng, n: rng.random((n, n)),
    "few levels": lambda rng, n: rng.integers(0, 4, (n, n)),
    "duplicates": lambda rng, n: pairwise(rng.random((n, 2))[rng.integers(0, n, n)], "euclidean"),
    "all equal": lambda rng, n: np.full((n, n), rng.choice([0.0, 1e-9, 0.1, 7.0])),
    "clusters": lambda rng, n: pairwise(
        rng.random((3, 2))[rng.integers(0, 3, n)] + rng.normal(scale=0.01, size=(n, 2)), "euclidean"
    ),
    "line": lambda rng, n: pairwise(rng.integers(0, 30, (n, 1)).astype(float), "euclidean"),
    "huge and tiny": lambda rng, n: np.exp(rng.normal(scale=12.0, size=(n, n))),
    "outlier": lambda rng, n: pairwise(
        rng.random((n, 2)) + 1e6 * (np.arange(n) == 0)[:, None], "euclidean"
    ),
    "two levels": lambda rng, n: 1.0 + (rng.random((n, n)) < rng.random()),
    "grid": lambda rng, n: pairwise(rng.integers(0, 4, (n, 2)).astype(float), "euclidean"),
}


def small_instance(seed: int) -> Instance:
    """One of 2 to 11 points; the kinds take turns."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 12))
    p = int(np.clip(rng.choice([2, 3, n // 2, n - 1, n], p=[0.1, 0.35, 0.35, 0.1, 0.1]), 2, n))
    kind = list(KINDS)[seed % len(KINDS)]
    upper = np.triu(KINDS[kind](rng, n).astype(float), k=1)
    return Instance(upper + upper.T, p, name=f"{kind} {seed}")


@cache
def selections(n: int, p: int) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of all pairs of every selection, shape (selections, pairs)."""
    chosen = np.array(list(itertools.combinations(range(n), p)))
    i, j = np.triu_indices(p, k=1)
    return chosen[:, i], chosen[:, j]


def optimum(instance: Instance) -> float:
    """The optimum by trying every selection."""
    i, j = selections(instance.n, instance.p)
    return float(instance.distances[i, j].min(axis=1).max())


def agrees(name: str, instance: Instance, threads: int = 1) -> None:
    """Fail unless the solver proves what brute force finds, to the last bit."""
    solution = solve(instance, name, threads=threads)
    assert solution.status is Status.OPTIMAL, (instance.name, solution)
    assert solution.objective == solution.bound == optimum(instance), instance.name
    assert contradictions(instance, [solution]) == []


def test_the_oracle_is_the_plain_one(brute_force):
    """The fast enumeration equals the one of `conftest`."""
    for seed in range(100):
        instance = small_instance(seed)
        assert optimum(instance) == brute_force(instance)


def test_the_family_holds_every_unpleasant_case():
    """Ties, duplicates, p = 2, n - 1 and n, broken triangles: all are there, in numbers."""
    instances = [small_instance(seed) for seed in range(1000)]
    pairs = [instance.n * (instance.n - 1) // 2 for instance in instances]
    assert sum(len(each.levels) < k for each, k in zip(instances, pairs, strict=True)) > 300
    assert sum(each.levels[0] == 0 for each in instances) > 150
    for p_of in (lambda n: 2, lambda n: n - 1, lambda n: n):
        assert sum(each.p == p_of(each.n) for each in instances) > 100
    D = [each.distances for each in instances]
    assert sum((d[:, :, None] > d[:, None, :] + d.T[None] + 1e-9).any() for d in D) > 150
    windows = [window(each) for each in instances]
    assert sum(each.low < each.high for each in windows) > 350  # greedy and degrees do not settle


@pytest.mark.parametrize("name", ENGINES)
def test_engines_equal_brute_force(name):
    """A few of every kind."""
    for seed in range(30):
        agrees(name, small_instance(seed))


@pytest.mark.parametrize("threads", [1, 2])
def test_our_prover_equals_brute_force(threads):
    """Some hundreds."""
    for seed in range(300):
        agrees("clique", small_instance(seed), threads)


@pytest.fixture
def no_luck(monkeypatch):
    """Take from the prover what spares it a proof at this size: tabu, colours, reductions."""
    from solvers.kernels.bitset import adjacency
    from solvers.prover import branch_and_cut, decide, probe, start
    from solvers.prover.reduction import Answer, Reduced

    def unreduced(ranks, t, p):
        points = np.arange(len(ranks))
        return Reduced(Answer.OPEN, points, adjacency(ranks, points, t), p, points[:0])

    monkeypatch.setattr("solvers.maxmin.clique._SECOND_MOVES", 0)
    monkeypatch.setattr(start, "_FIRST_MOVES", 0)
    monkeypatch.setattr(start, "_colouring_bound", lambda bracket: None)
    monkeypatch.setattr(start, "degree_bound", lambda ranks, p: int(ranks.max()))
    monkeypatch.setattr(probe, "reduced", unreduced)
    monkeypatch.setattr(branch_and_cut, "_PROMISING", np.inf)
    monkeypatch.setattr(decide, "_FIRST_EFFORT", 0)


@pytest.fixture
def no_search(no_luck, monkeypatch):
    """Leave every answer to branch and cut, and let that search no tree of its own either."""
    from solvers.prover.branch_and_cut import BranchAndCut
    from solvers.prover.probe import Probe

    monkeypatch.setattr(Probe, "search", lambda self, nodes, stop: None)
    monkeypatch.setattr(BranchAndCut, "_searched", lambda self, free: False)


@pytest.mark.usefixtures("no_luck")
@pytest.mark.parametrize("threads", [1, 2])
def test_our_prover_equals_brute_force_without_luck(threads):
    """No tabu search, no cheap bound, no reduction: tree search and branch and cut race."""
    for seed in range(40):
        agrees("clique", small_instance(seed), threads)


@pytest.mark.usefixtures("no_search")
def test_branch_and_cut_alone_equals_brute_force():
    """No search at all: bounds, domination and branching must do; one of every kind."""
    for seed in range(10):
        agrees("clique", small_instance(seed))


@pytest.mark.usefixtures("no_search")
def test_branch_and_cut_alone_equals_brute_force_without_domination(monkeypatch):
    """Nor domination: bounds and branching must do."""
    from solvers.prover.branch_and_cut import BranchAndCut

    monkeypatch.setattr(BranchAndCut, "_undominated", lambda self, free: free)
    for seed in range(10):
        agrees("clique", small_instance(seed))


@pytest.mark.slow
@pytest.mark.parametrize("name", EXACT)
def test_exact_solvers_equal_brute_force_on_all(name):
    """All of them."""
    for seed in range(ALL):
        agrees(name, small_instance(seed))


@pytest.mark.slow
@pytest.mark.usefixtures("no_search")
def test_branch_and_cut_alone_equals_brute_force_on_all():
    """All of them, by branch and cut."""
    for seed in range(ALL):
        agrees("clique", small_instance(seed))
