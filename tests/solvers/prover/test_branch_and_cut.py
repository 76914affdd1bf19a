"""Tests of `solvers.prover.branch_and_cut`: right without any tree search."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from solvers.prover import branch_and_cut, branching, relaxation
from solvers.prover.branch_and_cut import BranchAndCut
from solvers.prover.branching import BOTH, CLUSTERS, POINTS, Branching, Node
from solvers.prover.reduction import Answer


@pytest.fixture(autouse=True)
def never_hopeless(monkeypatch):
    """No root is given up."""
    monkeypatch.setattr(branch_and_cut, "_PROMISING", np.inf)


@pytest.fixture
def no_search(monkeypatch):
    """No node is settled by a tree search."""
    monkeypatch.setattr(BranchAndCut, "_searched", lambda self, free: False)


@pytest.fixture
def weak(no_search, monkeypatch):
    """Nor is anything cut or tried out, and rows are pairs, so that trees are large."""

    def pairs(ranks, t):
        members = np.argwhere(np.triu(ranks < t, k=1))
        return np.arange(len(members) + 1) * 2, members.ravel()

    monkeypatch.setattr(relaxation, "edge_clique_cover", pairs)
    monkeypatch.setattr(relaxation.Relaxation, "separate", lambda self, x, free: 0)
    monkeypatch.setattr(relaxation.Relaxation, "try_out", lambda self, free: 10**18)


@pytest.fixture
def any_cluster(monkeypatch):
    """Branch on cliques of conflicts at random, of up to four points."""
    rng = np.random.default_rng(0)

    def random_clusters(x, free, excludes, ranks, most):
        found = []
        for centre in rng.permutation(np.flatnonzero(free))[:most]:
            cluster, fits = [centre], free & excludes[centre]
            for _ in range(rng.integers(0, 4)):
                if fits.any():
                    cluster.append(rng.choice(np.flatnonzero(fits)))
                    fits = fits & excludes[cluster[-1]]
            found.append(np.array(cluster, dtype=np.int32))
        return found

    monkeypatch.setattr(branching, "clusters", random_clusters)


def sparse_conflicts(seed: int) -> np.ndarray:
    """Conflicts along odd cycles and pendant paths: much domination, fractional relaxations."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(8, 40))
    conflict = np.triu(rng.random((n, n)) < rng.choice([2.0, 3.0, 4.0, 6.0]) / n, k=1)
    conflict[0, 1] = True
    ranks = 1 - (conflict | conflict.T).astype(np.int32)
    np.fill_diagonal(ranks, -1)
    return ranks


def solved(
    ranks: np.ndarray, t: int, p: int, calls: int | None = None, way: str = BOTH
) -> BranchAndCut:
    """Worked until there is an answer, stopped after every few calls of `stop`."""
    search = BranchAndCut(ranks, t, p, way)
    while search.answer is Answer.OPEN:
        counter = itertools.count(1)
        search.work(lambda: calls is not None and next(counter) > calls)  # noqa: B023
    return search


def check(search: BranchAndCut, ranks: np.ndarray, t: int, p: int, omega: int, is_clique) -> None:
    """Fail unless the answer is right."""
    assert (search.answer is Answer.YES) == (p <= omega), (p, omega, search.answer)
    assert (search.chosen is not None) == (p <= omega)
    assert search.chosen is None or is_clique(ranks, search.chosen, p, t)


def on_sparse_conflicts(
    seeds, packing_number, is_clique, calls: int | None = None, way: str = BOTH
) -> int:
    """Fail unless the answers are right for as many as fit and for one more; how many nodes it took."""
    nodes = 0
    for seed in seeds:
        ranks = sparse_conflicts(seed)
        omega = packing_number(ranks, 1)
        for p in (omega, omega + 1):
            search = solved(ranks, 1, p, calls, way)
            check(search, ranks, 1, p, omega, is_clique)
            nodes += search.nodes
    return nodes


@pytest.mark.usefixtures("no_search")
@pytest.mark.parametrize("calls", [None, 1, 3])
def test_the_answer_is_right_on_sparse_conflicts(calls, packing_number, is_clique):
    """In one go and stopped often."""
    assert (
        on_sparse_conflicts(range(60), packing_number, is_clique, calls) > 130
    )  # there was something to branch on


@pytest.mark.usefixtures("weak")
@pytest.mark.parametrize(("way", "unused"), [(CLUSTERS, "_best_point"), (POINTS, None), (BOTH, None)])
def test_every_way_of_branching_is_right(way, unused, packing_number, is_clique, monkeypatch):
    """What is to be left out is not done; clusters are, where a relaxation cuts no point in two."""
    asked, names = set(), ("_best_point", "_best_cluster")
    methods = {name: getattr(Branching, name) for name in names}
    for name in names:

        def noted(self, *arguments, _name=name, _method=methods[name]):
            asked.add(_name)
            return _method(self, *arguments)

        monkeypatch.setattr(Branching, name, noted)
    assert on_sparse_conflicts(range(40), packing_number, is_clique, way=way) > 150
    assert {*names} - asked == ({unused} if unused else set())


@pytest.mark.usefixtures("weak")
def test_points_alone_split_no_cluster_beside_them(monkeypatch, packing_number, is_clique):
    """A cluster is asked for only where no point was found."""
    split = Branching._best_cluster

    def last(self, best, *arguments):
        assert best.score < 0.0
        return split(self, best, *arguments)

    monkeypatch.setattr(Branching, "_best_cluster", last)
    found = []
    point = Branching._best_point

    def first(self, best, *arguments):
        assert best.score < 0.0  # no cluster before it
        found.append(point(self, best, *arguments))
        return found[-1]

    monkeypatch.setattr(Branching, "_best_point", first)
    on_sparse_conflicts(range(10), packing_number, is_clique, way=POINTS)
    assert any(one.score >= 0.0 for one in found)


@pytest.mark.usefixtures("weak")
def test_branching_and_domination_alone_are_right(packing_number, is_clique):
    """Most nodes lie below several clusters, and most points go because others dominate them."""
    assert on_sparse_conflicts(range(100), packing_number, is_clique) > 500


@pytest.mark.usefixtures("weak")
def test_branching_alone_is_right(packing_number, is_clique, monkeypatch):
    """Without domination too."""
    monkeypatch.setattr(BranchAndCut, "_undominated", lambda self, free: free)
    on_sparse_conflicts(range(40), packing_number, is_clique)


@pytest.mark.usefixtures("no_search")
@pytest.mark.parametrize("density", [0.5, 0.8, 0.95])
def test_the_answer_is_right_on_random_graphs(density, random_ranks, clique_number, is_clique):
    """Where conflicts are anywhere."""
    for seed in range(8):
        ranks = random_ranks(seed, 26, density)
        omega = clique_number(ranks)
        for p in (1, omega, omega + 1):
            check(solved(ranks, 1, p), ranks, 1, p, omega, is_clique)


@pytest.mark.usefixtures("no_search")
@pytest.mark.parametrize(("n", "grid"), [(60, None), (120, None), (80, 8)])
def test_the_answer_is_right_in_the_plane(n, grid, plane_ranks, packing_number, is_clique):
    """Where it is used."""
    for seed, share in itertools.product(range(2), (0.1, 0.2, 0.3)):
        ranks = plane_ranks(seed, n, grid)
        t = int(share * ranks.max()) + 1
        omega = packing_number(ranks, t)
        for p in (omega, omega + 1):
            check(solved(ranks, t, p), ranks, t, p, omega, is_clique)


def test_the_search_at_a_node_settles_what_is_small(random_ranks, clique_number, is_clique):
    """With its search, the root is all there is."""
    for seed in range(10):
        ranks = random_ranks(seed, 20, 0.6)
        omega = clique_number(ranks)
        for p in (omega, omega + 1):
            search = solved(ranks, 1, p)
            check(search, ranks, 1, p, omega, is_clique)
            assert search.nodes == 1


@pytest.mark.usefixtures("weak", "any_cluster")
@pytest.mark.parametrize("threads", [2, 3])
def test_threads_share_the_nodes(threads, random_ranks, clique_number, is_clique):
    """In whatever order they take them."""
    for seed in range(25):
        ranks = random_ranks(seed, 16, 0.6)
        omega = clique_number(ranks)
        for p in (omega, omega + 1):
            search = BranchAndCut(ranks, 1, p)
            with ThreadPoolExecutor(threads) as pool:
                for helper in [pool.submit(search.work, lambda: False) for _ in range(threads)]:
                    helper.result()
            check(search, ranks, 1, p, omega, is_clique)


@pytest.mark.usefixtures("no_search")
def test_a_stop_inside_a_relaxation_keeps_the_node(packing_number, is_clique, monkeypatch):
    """The node is begun again, and counted once."""
    monkeypatch.setattr(relaxation, "_SLICE_SECONDS", 0.0)
    ranks = sparse_conflicts(5)
    omega = packing_number(ranks, 1)
    search = BranchAndCut(ranks, 1, omega + 1)
    answers = iter([False, True])
    search.work(lambda: next(answers, True))
    assert (search.answer, search.nodes, len(search._stack)) == (Answer.OPEN, 0, 1)
    monkeypatch.undo()
    search.work(lambda: False)
    check(search, ranks, 1, omega + 1, omega, is_clique)


@pytest.mark.usefixtures("no_search")
def test_a_hopeless_root_is_given_up(random_ranks, clique_number, monkeypatch):
    """It stays open, and nothing more is done."""
    monkeypatch.setattr(branch_and_cut, "_PROMISING", 1.15)
    ranks = random_ranks(0, 80, 0.75)
    omega = clique_number(ranks)
    search = BranchAndCut(ranks, 1, omega + 1)
    for _ in range(2):
        search.work(lambda: False)
        assert search.hopeless
        assert search.root_bound > 1.15 * (omega + 1)
        assert (search.answer, search.nodes, len(search._stack)) == (Answer.OPEN, 0, 1)


@pytest.mark.usefixtures("weak", "any_cluster")
@pytest.mark.parametrize("density", [0.4, 0.6, 0.8])
def test_branching_on_any_cluster_is_right(density, random_ranks, clique_number, is_clique):
    """Whatever cliques of conflicts are branched on, and whatever domination does to them."""
    for seed in range(40):
        ranks = random_ranks(seed, 14, density)
        omega = clique_number(ranks)
        for p in (omega, omega + 1):
            check(solved(ranks, 1, p), ranks, 1, p, omega, is_clique)


@pytest.mark.usefixtures("no_search")
@pytest.mark.parametrize("trials", [0, 1, 100])
def test_branching_on_points_is_right(trials, packing_number, is_clique, monkeypatch):
    """Points alone, on what is expected of them, after one trial each, and always tried."""
    monkeypatch.setattr(branching, "_CLUSTERS", 0)
    monkeypatch.setattr(branching, "_HOPE", np.inf)
    monkeypatch.setattr(branching, "_RELIABLE", trials)
    monkeypatch.setattr(relaxation.Relaxation, "separate", lambda self, x, free: 0)
    assert on_sparse_conflicts(range(40), packing_number, is_clique) > 85


def test_a_stop_ends_the_trials_but_not_the_node(monkeypatch):
    """It is split by the best that has been found, so work that is often stopped goes on."""
    tried = []
    try_out = relaxation.Relaxation.try_out
    monkeypatch.setattr(
        relaxation.Relaxation, "try_out", lambda self, free: tried.append(1) or try_out(self, free)
    )
    ranks = sparse_conflicts(7)
    free = np.ones(len(ranks), dtype=np.bool_)
    search = BranchAndCut(ranks, 1, 2)
    linear = search._relaxation()
    relaxed = linear.solve(free, lambda: False)
    for stopped in (True, False):
        tried.clear()
        children = search._branching.split(Node(free, ()), linear, relaxed, lambda: stopped)  # noqa: B023
        assert children
        assert (len(tried) <= 2 * branching._CLUSTERS) == stopped


def test_trials_are_remembered_until_a_point_is_reliable(monkeypatch):
    """An odd cycle: every point is cut in two, and after its trials its gain is known."""
    monkeypatch.setattr(branching, "_CLUSTERS", 0)
    n = 11
    ranks = np.ones((n, n), dtype=np.int32)
    ranks[np.arange(n), (np.arange(n) + 1) % n] = ranks[(np.arange(n) + 1) % n, np.arange(n)] = 0
    np.fill_diagonal(ranks, -1)
    search = BranchAndCut(ranks, 1, 5)
    linear, node = search._relaxation(), Node(np.ones(n, dtype=np.bool_), ())
    for _ in range(3 * branching._RELIABLE):
        relaxed = linear.solve(node.free, lambda: False)
        assert relaxed.bound == 5.5 * relaxation.UNIT
        without, within = search._branching.split(node, linear, relaxed, lambda: False)
        assert within.free.sum() == n - 2
        assert without.free.sum() == n - 1
    assert search._branching._trials.max() == branching._RELIABLE
    tried = search._branching._trials > 0
    gains = search._branching._gains[:, tried] / search._branching._trials[tried]
    assert gains == pytest.approx(1.0)  # from 5.5 to 5, whichever way, over half a unit


@pytest.mark.usefixtures("weak", "any_cluster")
def test_every_selection_is_in_one_child(plane_ranks):
    """Nothing of the cluster, or one point of it and whatever that does not exclude."""
    sizes: set[int] = set()
    for seed in range(20):
        ranks = plane_ranks(seed, 40)
        t = int(0.2 * ranks.max())
        search = BranchAndCut(ranks, t, 3)
        free = np.random.default_rng(seed).random(40) < 0.9
        linear = search._relaxation()
        relaxed = linear.solve(free, lambda: False)
        without, within = search._branching.split(Node(free, ()), linear, relaxed, lambda: False)
        cluster = np.flatnonzero(free & ~without.free)
        sizes.add(len(cluster))
        assert [len(forced) for forced in within.forced] == [len(cluster)] * (len(cluster) > 1)
        assert without.forced == ()
        assert (without.free == free & ~np.isin(np.arange(40), cluster)).all()
        for v in cluster:
            beside = free & (ranks[v] >= t)
            assert within.free[v]
            assert (within.free | ~beside).all()
            assert (without.free | ~beside).all()
    assert sizes == {1, 2, 3, 4}


@pytest.mark.usefixtures("weak", "any_cluster")
def test_what_domination_takes_from_a_cluster_is_in_a_sibling_still_open(monkeypatch):
    """While p points exist, an open node holds p of them that hit its clusters: why order matters."""
    settled: list[bool] = []  # by rounding, whose finds are left out here, in a node without conflict
    monkeypatch.setattr(
        BranchAndCut,
        "_round",
        lambda self, x, free: settled.append(not self._excludes[np.ix_(free, free)].any()),
    )
    checked = 0
    for seed in range(600):
        ranks = sparse_conflicts(seed)[:12, :12].copy()
        if (ranks >= 1).sum() == len(ranks) * (len(ranks) - 1):
            continue
        best = largest(ranks)
        search = BranchAndCut(ranks, 1, int(best[0].sum()))
        linear = search._relaxation()
        for _ in range(15):
            node = search._stack.pop()
            search._stack += search._process(node, linear, lambda: False) or []
            if settled and settled[-1]:
                settled.clear()
                break
            assert any(holds(node, best) for node in search._stack), seed
            checked += len(search._stack) > 1
    assert checked > 300


def largest(ranks: np.ndarray) -> np.ndarray:
    """All largest selections without conflict, one a row."""
    sets = np.array(list(itertools.product([False, True], repeat=len(ranks))))
    for i, j in np.argwhere(np.triu(ranks < 1, k=1)):
        sets = sets[~(sets[:, i] & sets[:, j])]
    sizes = sets.sum(axis=1)
    return sets[sizes == sizes.max()]


def holds(node: Node, best: np.ndarray) -> bool:
    """Whether a selection lies in the node."""
    inside = ~(best & ~node.free).any(axis=1)
    for cluster in node.forced:
        inside &= best[:, cluster].any(axis=1)
    return bool(inside.any())
