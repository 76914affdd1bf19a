"""Tests of `solvers.prover.tree_search`: pausing and sharing change no answer."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from solvers.kernels.bitset import adjacency, core_order
from solvers.prover.tree_search import EXHAUSTED, FOUND, PAUSED, TreeSearch, settle

GRAPHS = [(seed, n, d) for seed in range(3) for n in (5, 12, 25, 40) for d in (0.1, 0.5, 0.75)]


def never() -> bool:
    """Do not stop."""
    return False


@pytest.mark.parametrize(("seed", "n", "density"), GRAPHS)
def test_slices_change_nothing(seed, n, density, random_ranks, clique_number, is_clique):
    """Answer and clique are those of one search in one go; `settle` gives the same answer."""
    ranks = random_ranks(seed, n, density)
    order = core_order(ranks, 1, 1)
    rows, omega = adjacency(ranks, order, 1), clique_number(ranks)
    for p in range(1, min(n, omega + 2) + 1):
        whole, sliced = TreeSearch(rows, p), TreeSearch(rows, p)
        whole.work(10**9, never)
        stops = itertools.cycle([False, False, False, False, True])
        while not sliced.done:
            sliced.work(3, lambda: next(stops))  # noqa: B023
        assert whole.done
        assert (whole.chosen is None) == (sliced.chosen is None) == (p > omega)
        if p <= omega:
            assert is_clique(ranks, order[whole.chosen], p)
            assert (whole.chosen == sliced.chosen).all()
        outcome, chosen, _ = settle(rows, p, 10**9)
        assert outcome == (FOUND if p <= omega else EXHAUSTED)
        assert p > omega or is_clique(ranks, order[chosen], p)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("density", [0.3, 0.6, 0.8])
def test_threads_find_the_same_answer(threads, density, random_ranks, clique_number, is_clique):
    """However the branches are dealt out."""
    for seed in range(4):
        ranks = random_ranks(seed, 40, density)
        omega, rows = clique_number(ranks), adjacency(ranks, np.arange(40), 1)
        for p in (1, 2, omega, omega + 1):
            tree = TreeSearch(rows, p)

            def help_out(tree=tree):
                while not tree.done:
                    tree.work(2, never)

            with ThreadPoolExecutor(threads) as pool:
                for helper in [pool.submit(help_out) for _ in range(threads)]:
                    helper.result()
            assert (tree.chosen is not None) == (p <= omega)
            assert p > omega or is_clique(ranks, tree.chosen, p)


def test_two_branches_of_two_threads_are_both_kept(random_ranks):
    """A branch that is given back paused is taken up again; one that is out keeps the tree open."""
    tree = TreeSearch(adjacency(random_ranks(1, 60, 0.7), np.arange(60), 1), 12)
    (v, one), (u, other) = tree._take(), tree._take()
    assert v != u
    tree._give_back(v, one, PAUSED, 1)
    assert tree._take() == (v, one)
    tree._roots.clear()
    tree._give_back(v, one, EXHAUSTED, 1)
    assert not tree.done  # the other is still out
    tree._give_back(u, other, EXHAUSTED, 1)
    assert tree.done


def test_without_a_root_it_is_done():
    """Colours alone say that no two of three far points are linked."""
    ranks = np.full((3, 3), -1, dtype=np.int32)
    tree = TreeSearch(adjacency(ranks, np.arange(3), 1), 2)
    assert tree.done
    tree.work(5, never)
    assert (tree.chosen, tree.nodes) == (None, 0)


def test_one_point_is_found_at_once():
    """p = 1 needs no branch."""
    ranks = np.full((3, 3), -1, dtype=np.int32)
    tree = TreeSearch(adjacency(ranks, np.arange(3), 1), 1)
    assert not tree.done
    tree.work(1, never)
    assert tree.done
    assert tree.chosen.shape == (1,)


def test_a_stop_comes_before_work(random_ranks):
    """Nothing is searched if `stop` says so, and the tree stays open."""
    tree = TreeSearch(adjacency(random_ranks(0, 60, 0.7), np.arange(60), 1), 12)
    tree.work(100, lambda: True)
    assert (tree.nodes, tree.done) == (0, False)


def test_few_nodes_settle_nothing(random_ranks):
    """`settle` pauses when its nodes are up."""
    rows = adjacency(random_ranks(0, 60, 0.7), np.arange(60), 1)
    assert settle(rows, 12, 1)[0] == PAUSED
