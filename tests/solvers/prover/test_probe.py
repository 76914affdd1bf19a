"""Tests of `solvers.prover.probe`: every answer, by each method and by both, is what networkx says."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from solvers.prover import branch_and_cut
from solvers.prover import probe as module
from solvers.prover.probe import Probe
from solvers.prover.reduction import Answer


def few(calls: int):
    """A `stop` that says so after a few calls."""
    counter = itertools.count(1)
    return lambda: next(counter) > calls


def by_search(probe: Probe) -> None:
    """The tree alone, seven nodes at a time."""
    while probe.open:
        probe.search(7, few(50))


def by_relaxation(probe: Probe) -> None:
    """Branch and cut alone, resumed after a few calls of `stop`."""
    while probe.open:
        probe.relax(few(5))


def by_turns(probe: Probe) -> None:
    """Now one, now the other."""
    while probe.open:
        probe.search(1, few(3))
        probe.relax(few(4))


def at_once(probe: Probe) -> None:
    """Two threads search, one of them relaxes first."""

    def search() -> None:
        while probe.open:
            probe.search(1, few(9))

    def relax() -> None:
        while probe.open and probe.promising:
            probe.relax(few(4))
        search()

    with ThreadPoolExecutor(2) as pool:
        for helper in [pool.submit(relax), pool.submit(search)]:
            helper.result()


METHODS = {each.__name__: each for each in (by_search, by_relaxation, by_turns, at_once)}
GRAPHS = [
    *itertools.product(range(2), (5, 12, 25), (0.1, 0.5, 0.8, 0.95)),
    *itertools.product(range(2), (50,), (0.2, 0.6)),
]


@pytest.fixture
def always_promising(monkeypatch):
    """Branch and cut never gives up."""
    monkeypatch.setattr(branch_and_cut, "_PROMISING", np.inf)


def check(probe: Probe, ranks: np.ndarray, p: int, omega: int, is_clique) -> None:
    """Fail unless the answer is right, and told in full."""
    assert not probe.open
    assert (probe.answer is Answer.YES) == (p <= omega), (p, omega, probe.answer)
    assert probe.answer.refuted == (p > omega)
    if p <= omega:
        assert is_clique(ranks, probe.witness, p, probe.t)
    else:
        assert probe.witness is None
    if probe.answer in (Answer.SEARCH, Answer.BRANCH_AND_CUT):
        assert probe.proof_nodes is not None
    else:
        assert probe.proof_nodes is None


@pytest.mark.usefixtures("always_promising")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("seed", "n", "density"), GRAPHS)
def test_a_probe_knows_the_clique_number(
    seed, n, density, method, random_ranks, clique_number, is_clique
):
    """Yes with a true witness up to the clique number, no above it, whatever decided it."""
    ranks = random_ranks(seed, n, density)
    omega = clique_number(ranks)
    for p in range(1, min(n, omega + 2) + 1):
        probe = Probe(ranks, 1, p)
        METHODS[method](probe)
        check(probe, ranks, p, omega, is_clique)


@pytest.mark.usefixtures("always_promising")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("seed", "n", "grid"), [(0, 60, None), (1, 90, None), (2, 120, None), (3, 120, 9)]
)
def test_a_probe_knows_how_many_fit_in_the_plane(
    seed, n, grid, method, plane_ranks, packing_number, is_clique
):
    """Points in the plane, some of them at one place: at several distances, for p that just fit."""
    ranks = plane_ranks(seed, n, grid)
    for share in (0.25, 0.4) if method == "by_search" else (0.1, 0.25):
        t = int(share * ranks.max()) + 1
        omega = packing_number(ranks, t)
        for p in (omega - 1, omega, omega + 1):
            probe = Probe(ranks, t, p)
            METHODS[method](probe)
            check(probe, ranks, p, omega, is_clique)


def test_without_promise_the_tree_has_to_do(random_ranks, clique_number, monkeypatch):
    """Branch and cut that gives up leaves the question open, and does nothing when asked again."""
    monkeypatch.setattr(branch_and_cut, "_PROMISING", 0.0)
    monkeypatch.setattr(module.BranchAndCut, "_searched", lambda self, free: False)
    ranks = random_ranks(1, 60, 0.7)
    probe = Probe(ranks, 1, clique_number(ranks) + 1)
    probe.relax(lambda: False)
    assert probe.open
    assert not probe.promising
    assert not probe.relaxes_well
    probe.relax(lambda: False)
    assert probe.linear_nodes == 0
    by_search(probe)
    assert probe.answer is Answer.SEARCH
    assert probe.proof_nodes == probe.nodes > 0


def test_an_answer_stands(random_ranks):
    """Once it is there, nothing more is done."""
    ranks = random_ranks(0, 30, 0.7)
    probe = Probe(ranks, 1, 4)
    by_search(probe)
    before = probe.nodes, probe.witness
    probe.search(100, lambda: False)
    probe.relax(lambda: False)
    assert (probe.nodes, probe.witness) == before
    assert probe.linear_nodes == 0


def test_both_methods_name_themselves(plane_ranks, packing_number, monkeypatch):
    """The refutation tells what refuted it."""
    monkeypatch.setattr(module.BranchAndCut, "_searched", lambda self, free: False)
    answers = set()
    for seed in range(6):
        ranks = plane_ranks(seed, 90)
        t = int(0.2 * ranks.max())
        probe = Probe(ranks, t, packing_number(ranks, t) + 1)
        probe.relax(lambda: False)
        answers.add(probe.answer)
        if probe.answer is Answer.BRANCH_AND_CUT:
            assert probe.proof_nodes == probe.linear_nodes > 1
    assert answers <= {Answer.COVER, Answer.BRANCH_AND_CUT, Answer.COLOURING, Answer.CORE}
    assert Answer.COVER in answers
