"""What tests of solvers share: threshold graphs, what networkx knows of them, and clouds of points."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from dispersion import Instance


def _random_ranks(seed: int, n: int, density: float) -> np.ndarray:
    upper = np.triu(np.random.default_rng(seed).random((n, n)) < density, k=1).astype(np.int32)
    ranks = upper + upper.T
    np.fill_diagonal(ranks, -1)
    return np.ascontiguousarray(ranks)


def _plane_ranks(seed: int, n: int, grid: int | None = None) -> np.ndarray:
    rng = np.random.default_rng(seed)
    points = rng.random((n, 2)) if grid is None else rng.integers(0, grid, (n, 2)).astype(float)
    return np.array(Instance.from_points(points, 2).ranks)


def _clique_number(ranks: np.ndarray, t: int = 1) -> int:
    graph = nx.from_numpy_array((ranks >= t).astype(int))
    return max((len(clique) for clique in nx.find_cliques(graph)), default=0)


def _packing_number(ranks: np.ndarray, t: int) -> int:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    x = [model.new_bool_var("") for _ in ranks]
    for i, j in np.argwhere(np.triu(ranks < t, k=1)):
        model.add_at_most_one(x[i], x[j])
    model.maximize(sum(x))
    engine = cp_model.CpSolver()
    engine.parameters.num_workers = 1
    assert engine.solve(model) == cp_model.OPTIMAL
    return round(engine.objective_value)


def _is_clique(ranks: np.ndarray, chosen: np.ndarray, p: int, t: int = 1) -> bool:
    pairs = ranks[np.ix_(chosen, chosen)][np.triu_indices(len(chosen), k=1)]
    return len(set(chosen.tolist())) == len(chosen) == p and bool((pairs >= t).all())


@pytest.fixture(scope="session")
def random_ranks():
    """Rank 1 for edges, 0 for the other pairs, -1 on the diagonal; by seed, n and density."""
    return _random_ranks


@pytest.fixture(scope="session")
def plane_ranks():
    """Ranks of the distances of points in the plane, on a grid if one is asked for."""
    return _plane_ranks


@pytest.fixture(scope="session")
def clique_number():
    """The clique number of the graph of ranks >= t, by networkx; 0 without points."""
    return _clique_number


@pytest.fixture(scope="session")
def packing_number():
    """The same by CP-SAT, for graphs with too many cliques to list."""
    return _packing_number


@pytest.fixture(scope="session")
def is_clique():
    """Whether `chosen` are p distinct points at pairwise rank >= t."""
    return _is_clique


def _cloud(seed: int, n: int = 10, p: int = 4, d: int = 3) -> Instance:
    return Instance.from_points(np.random.default_rng(seed).normal(size=(n, d)), p)


def _directions(seed: int, n: int = 9, p: int = 4, d: int = 4) -> Instance:
    X = np.random.default_rng(seed).normal(size=(n, d))
    X[seed % n] *= seed % 3 > 0  # sometimes a zero vector
    return Instance.from_points(X, p, "cosine")


def _uniform(seed: int, n: int = 12, p: int = 5) -> Instance:
    upper = np.triu(np.random.default_rng(seed).random((n, n)), k=1)
    return Instance(upper + upper.T, p)


@pytest.fixture(scope="session")
def cloud():
    """Euclidean distances of a normal cloud, by seed, n, p and d: of negative type."""
    return _cloud


@pytest.fixture(scope="session")
def directions():
    """1 - cos of a normal cloud, by seed, n, p and d; some hold a zero vector."""
    return _directions


@pytest.fixture(scope="session")
def uniform():
    """Independent uniform distances, by seed, n and p: neither a metric nor of negative type."""
    return _uniform
