"""Tests of `solvers.prover.tighten`: the bound comes down to the rank that decides, never too far."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from dispersion import Instance
from solvers.prover import methods
from solvers.prover import tighten as module
from solvers.prover.probe import Probe
from solvers.prover.reduction import Answer
from solvers.prover.tighten import Tightening, matters, note
from solvers.ranks.bracket import Bracket
from solvers.run import Limits, Run

P = 8
PLENTY = 10.0  # seconds, where milliseconds do


class Recorded(Probe):
    """A probe that tells of what is made and asked of it."""

    made: list[int]
    budgets: list[tuple[int, int]]  # rank; nodes asked for and had

    def __init__(self, ranks, t, p, branching):
        super().__init__(ranks, t, p, branching)
        self.made.append(t)

    def search(self, nodes, stop):
        """Recorded."""
        if self.open:
            self.budgets.append((self.t, nodes + self.nodes))
        super().search(nodes, stop)


@pytest.fixture
def recorded(monkeypatch):
    """Probes of the tightening are recorded, and get one node in the first pass."""
    monkeypatch.setattr(Recorded, "made", [], raising=False)
    monkeypatch.setattr(Recorded, "budgets", [], raising=False)
    monkeypatch.setattr(methods, "Probe", Recorded)
    monkeypatch.setattr(module, "_FIRST_EFFORT", 1)
    return Recorded


@pytest.fixture
def a_bracket(clique_number):
    """Random distances with few ties, and the rank of the optimum by networkx."""

    def make(seed: int, seconds: float = 60.0) -> tuple[Bracket, int]:
        upper = np.triu(np.random.default_rng(seed).integers(1, 300, (40, 40)), k=1)
        bracket = Bracket(Run(Instance(upper + upper.T, P), Limits(seconds), "max-min"))
        low, high = bracket.high // 4, bracket.high
        assert clique_number(bracket.ranks, low) >= P
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (
                (middle, high) if clique_number(bracket.ranks, middle) >= P else (low, middle - 1)
            )
        return bracket, low

    return make


def a_probe(bracket: Bracket, t: int) -> Probe:
    """One that is open, without promise: nothing depends on the clock."""
    probe = Probe(bracket.ranks, t, P)
    assert probe.open
    probe.promising = False
    return probe


def watched(bracket: Bracket, monkeypatch) -> list[int]:
    """The values that the bound takes."""
    highs = [bracket.high]
    refute = bracket.refute

    def told(*args):
        refute(*args)
        highs.append(bracket.high)

    monkeypatch.setattr(bracket, "refute", told)
    return highs


@pytest.mark.parametrize(("seed", "promising"), list(itertools.product(range(4), (False, True))))
def test_given_time_the_bound_reaches_the_rank_that_decides(
    seed, promising, a_bracket, recorded, monkeypatch
):
    """It only comes down, never below the optimum, and no probe is begun twice."""
    bracket, best = a_bracket(seed)
    deciding = a_probe(bracket, best + 1)
    deciding.promising = promising
    highs = watched(bracket, monkeypatch)
    Tightening(bracket, deciding).work(PLENTY)
    assert (bracket.low, bracket.high) == (-1, best + 1)
    assert highs == sorted(highs, reverse=True)
    assert min(recorded.made) > best + 1
    assert len(set(recorded.made)) == len(recorded.made)
    assert deciding.open
    assert bracket.run.bound == bracket.run.instance.levels[best + 1]
    assert all(each.value > bracket.run.bound for each in bracket.run.refutations)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("slices", [False, True])
def test_theta_bounds_come_first(seed, slices, a_bracket, recorded, monkeypatch):
    """They bring the bound as far down as they can, in slices or not; what is left is searched."""
    monkeypatch.setattr(module, "_FEWEST", 2)
    bracket, best = a_bracket(seed)
    tightening = Tightening(bracket, a_probe(bracket, best + 1))
    asked = []
    refute = module.Theta.refute

    def told(self, t, stop):
        polls = itertools.count()
        answer = refute(self, t, lambda: stop() or (slices and next(polls) > 3))
        asked.append((t, answer))
        return answer

    monkeypatch.setattr(module.Theta, "refute", told)
    assert tightening.estimating
    tightening.work(PLENTY)
    assert not tightening.estimating
    answers = dict(answered for answered in asked if answered[1] is not None)
    lowest = min(t for t, answer in answers.items() if answer.refuted)
    highest = max((t for t, answer in answers.items() if answer is Answer.OPEN), default=best)
    assert lowest - 1 - highest <= tightening._finest
    assert all(answer.refuted == (t >= lowest) for t, answer in answers.items())
    assert Answer.THETA in answers.values()
    assert (None in [answer for _, answer in asked]) == slices
    assert not recorded.made or max(recorded.made) < lowest
    assert bracket.high == best + 1
    assert "theta" in {each.by for each in bracket.run.refutations}


def test_what_a_reduction_finds_is_not_refuted(a_bracket, monkeypatch):
    """Reductions alone may find the points at a rank above the incumbent."""
    monkeypatch.setattr(module, "_FEWEST", 2)
    monkeypatch.setattr(module.Theta, "refute", lambda self, t, stop: Answer.YES)
    bracket, best = a_bracket(0)
    tightening = Tightening(bracket, a_probe(bracket, best - 30))
    tightening.work(PLENTY)
    assert not tightening.estimating
    assert bracket.high >= best
    assert not {each.by for each in bracket.run.refutations} & {"yes", "theta"}


def test_theta_bounds_wait_where_relaxations_are_near(a_bracket, monkeypatch):
    """And are not begun with few points to choose, or with very many points."""
    monkeypatch.setattr(module, "_FEWEST", P)
    bracket, best = a_bracket(0)
    deciding = a_probe(bracket, best + 1)
    assert Tightening(bracket, deciding).estimating
    monkeypatch.setattr(Probe, "relaxes_well", True)
    assert not Tightening(bracket, deciding).estimating
    monkeypatch.setattr(Probe, "relaxes_well", False)
    monkeypatch.setattr(module, "_FEWEST", P + 1)
    assert not Tightening(bracket, deciding).estimating
    monkeypatch.setattr(module, "_FEWEST", P)
    monkeypatch.setattr(module, "_MOST", 39)
    assert not Tightening(bracket, deciding).estimating


def test_undecided_probes_are_resumed_with_twice_the_nodes(a_bracket, recorded):
    """The tree goes on where it was left."""
    bracket, best = a_bracket(0)
    Tightening(bracket, a_probe(bracket, best + 1)).work(PLENTY)
    totals = [total for _, total in recorded.budgets]
    assert totals == sorted(totals)
    assert set(totals) == {2**k for k in range(int(max(totals)).bit_length())}
    ranks = [t for t, _ in recorded.budgets]
    assert max(ranks.count(t) for t in ranks) > 1
    assert len(set(recorded.made)) == len(recorded.made)
    assert Answer.SEARCH.value in {each.by for each in bracket.run.refutations}


def test_what_was_begun_in_one_turn_is_resumed_in_the_next(a_bracket, recorded, monkeypatch):
    """A clock that ticks whenever it is read ends each turn early."""
    bracket, best = a_bracket(1)
    tightening = Tightening(bracket, a_probe(bracket, best + 1))
    clock = itertools.count()
    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    turns = 0
    while bracket.high > best + 1 and turns < 300:
        before = next(clock)
        tightening.work(40)
        assert next(clock) - before < 60  # reads of the clock
        turns += 1
    assert turns > 3
    assert bracket.high == best + 1
    assert len(set(recorded.made)) == len(recorded.made)


@pytest.mark.parametrize("below", [1, 10, 40])
def test_a_witness_lifts_the_incumbent_and_ends_the_work(below, a_bracket, recorded):
    """The rank that decides was not above the optimum: what is found above it answers it."""
    bracket, best = a_bracket(2)
    deciding = a_probe(bracket, best - below)
    Tightening(bracket, deciding).work(PLENTY)
    assert best - below < bracket.low <= best <= bracket.high
    assert bracket.run.objective == bracket.run.instance.levels[bracket.low]
    assert recorded.made[-1] == recorded.budgets[-1][0] <= bracket.low
    assert not matters(bracket, deciding)


def test_nothing_is_done_where_nothing_is_to_be_said(a_bracket, recorded):
    """The probe is answered, below the incumbent, above the bound or next to it, or time is up."""
    bracket, best = a_bracket(3)
    answered = Probe(bracket.ranks, best + 1, P)
    answered.search(2**62, lambda: False)
    assert answered.answer.refuted
    found = Probe(bracket.ranks, best, P)
    found.search(2**62, lambda: False)
    late = a_bracket(3, 1e-9)[0]
    deciding = a_probe(bracket, best)
    for each, probe in [(bracket, answered), (bracket, found), (late, deciding)]:
        Tightening(each, probe).work(PLENTY)
        assert not matters(each, probe)
    Tightening(bracket, deciding).work(-1.0)
    assert matters(bracket, deciding)
    bracket.high = best
    Tightening(bracket, deciding).work(PLENTY)
    assert matters(bracket, deciding)
    bracket.high = best - 1
    assert not matters(bracket, deciding)
    bracket.low, bracket.high = best, best + 5
    assert not matters(bracket, deciding)
    Tightening(bracket, deciding).work(PLENTY)
    assert recorded.made == []


def test_an_answer_from_elsewhere_ends_the_work(a_bracket, recorded, monkeypatch):
    """Another thread may settle the deciding probe meanwhile."""
    bracket, best = a_bracket(0)
    deciding = a_probe(bracket, best + 1)

    def settled(self, nodes, stop):
        if self.open:
            assert not stop()
            deciding.answer = Answer.SEARCH
            assert stop()

    monkeypatch.setattr(recorded, "search", settled)
    before = bracket.high
    Tightening(bracket, deciding).work(PLENTY)
    opened = [t for t in recorded.made if Probe(bracket.ranks, t, P).open]
    assert opened == recorded.made[-1:]
    assert best + 1 < bracket.high < before


def test_branch_and_cut_gets_as_long_as_the_search(a_bracket, recorded, monkeypatch):
    """As long as the deciding probe holds promise."""
    now, relaxed = [0.0], []

    def searched(self, nodes, stop):
        now[0] += 3.0

    def relax(self, stop):
        begun = now[0]
        while not stop():
            now[0] += 1.0
        relaxed.append(now[0] - begun)

    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    monkeypatch.setattr(recorded, "search", searched)
    monkeypatch.setattr(recorded, "relax", relax)
    bracket, best = a_bracket(0)
    deciding = a_probe(bracket, best + 1)
    tightening = Tightening(bracket, deciding)
    tightening.work(50.0)
    assert relaxed == []
    assert 50.0 < now[0] <= 53.0
    deciding.promising = True
    tightening.work(50.0)
    assert len(relaxed) > 1
    assert set(relaxed[:-1]) == {4.0}  # the first tick after as long as the search had


def test_an_answer_moves_the_end_it_moves(a_bracket):
    """Yes the incumbent, no the bound; an open probe neither."""
    bracket, best = a_bracket(1)
    high = bracket.high
    no, yes = Probe(bracket.ranks, best + 1, P), Probe(bracket.ranks, best, P)
    note(bracket, no)
    note(bracket, yes)
    assert (bracket.low, bracket.high) == (-1, high)
    for probe in (no, yes):
        probe.search(2**62, lambda: False)
    note(bracket, no)
    assert (bracket.low, bracket.high) == (-1, best)
    [refutation] = bracket.run.refutations
    assert refutation.value == bracket.run.instance.levels[best + 1]
    assert (refutation.by, refutation.nodes) == (no.answer.value, no.proof_nodes)
    note(bracket, yes)
    assert (bracket.low, bracket.high) == (best, best)
