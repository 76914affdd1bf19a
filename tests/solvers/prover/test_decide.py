"""Tests of `solvers.prover.decide`: a race moves the right end of the bracket."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dispersion import Instance
from solvers.kernels.threshold_tabu import ThresholdTabu
from solvers.prover import decide as module
from solvers.prover.decide import attempt, decide
from solvers.prover.probe import Probe
from solvers.prover.reduction import Answer
from solvers.ranks.bracket import Bracket
from solvers.run import Limits, Run

IDLE: Any = SimpleNamespace(value=-1, improve=lambda high, moves: None)  # finds nothing


def a_bracket(seed: int, threads: int = 1, seconds: float = 60.0) -> tuple[Bracket, int]:
    """Points in the plane, and the rank of the optimum."""
    points = np.random.default_rng(seed).random((40, 2))
    instance = Instance.from_points(points, 9)
    bracket = Bracket(Run(instance, Limits(seconds, threads), "max-min"))
    low, high = -1, bracket.high
    while low < high:
        middle = (low + high + 1) // 2
        probe = Probe(bracket.ranks, middle, 9)
        probe.search(10**9, lambda: False)
        low, high = (middle, high) if probe.witness is not None else (low, middle - 1)
    return bracket, low


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_race_is_decided_rightly(threads, monkeypatch):
    """At the optimum and just above it."""
    monkeypatch.setattr(module, "_FIRST_SECONDS", 1e-3)
    for seed in range(3):
        bracket, best = a_bracket(seed, threads)
        decide(bracket, Probe(bracket.ranks, best, 9), IDLE)
        assert bracket.low == best
        assert bracket.high >= best
        decide(bracket, Probe(bracket.ranks, best + 1, 9), IDLE)
        assert (bracket.low, bracket.high) == (best, best)
        levels = bracket.run.instance.levels
        assert bracket.run.bound == bracket.run.objective == levels[best]


def test_an_attempt_is_a_tree_search():
    """It decides what is easy, and names itself."""
    bracket, best = a_bracket(4)
    probe = Probe(bracket.ranks, best + 1, 9)
    attempt(bracket, probe)
    assert bracket.high == best
    assert probe.answer in (Answer.SEARCH, Answer.CORE, Answer.COLOURING)
    assert bracket.run.refutations[-1].by == probe.answer.value


@pytest.mark.parametrize("threads", [1, 2])
def test_time_ends_a_race(threads, monkeypatch):
    """With the ends where they were."""
    monkeypatch.setattr(Probe, "search", lambda self, nodes, stop: None)
    monkeypatch.setattr(Probe, "relax", lambda self, stop: None)
    bracket = Bracket(a_run(threads))
    probe = Probe(bracket.ranks, 1, bracket.p)
    assert probe.open
    decide(bracket, probe, IDLE)
    assert (bracket.low, bracket.run.bound) == (-1, None)


@pytest.mark.parametrize("threads", [1, 2])
def test_tabu_search_may_lift_over_the_probe(threads, monkeypatch):
    """Then the race ends, as its answer no longer matters."""
    monkeypatch.setattr(Probe, "search", lambda self, nodes, stop: None)
    monkeypatch.setattr(Probe, "relax", lambda self, stop: None)
    points = np.random.default_rng(0).normal(size=(60, 20))
    bracket = Bracket(Run(Instance.from_points(points, 15), Limits(60.0, threads), "max-min"))
    known = ThresholdTabu(bracket.ranks, np.arange(15), 1)
    known.improve(bracket.high, 20_000)
    probe, tabu = Probe(bracket.ranks, known.value, 15), ThresholdTabu(bracket.ranks, np.arange(15), 0)
    assert probe.open
    assert tabu.value < probe.t
    decide(bracket, probe, tabu)
    assert probe.answer is Answer.OPEN
    assert bracket.low >= probe.t


def a_run(threads: int) -> Run:
    """A run of half a second."""
    upper = np.triu(np.random.default_rng(0).integers(1, 3, (60, 60)), k=1)
    return Run(Instance(upper + upper.T, 8), Limits(0.5, threads), "max-min")


def test_a_failing_helper_is_heard(monkeypatch):
    """An error in another thread is the solver's."""

    def fail(self, stop):
        raise ZeroDivisionError

    bracket, best = a_bracket(0, threads=2)
    monkeypatch.setattr(Probe, "relax", fail)
    with pytest.raises(ZeroDivisionError):
        decide(bracket, Probe(bracket.ranks, best + 1, 9), IDLE)
