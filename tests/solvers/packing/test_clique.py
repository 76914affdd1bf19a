"""Tests of the prover of packings: its ends whenever it stops, its parts, its proofs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dispersion import Instance, Refutation, Status, contradictions
from solvers import pack, recheck
from solvers.prover import largest


def plane(n: int, at_least: float, seed: int = 0) -> Instance:
    return Instance.from_points(np.random.default_rng(seed).random((n, 2)), at_least=at_least)


def test_thousands_of_points():
    """2,000 points in the plane: reductions leave small parts, so that a proof takes a second."""
    instance = plane(2000, 0.0277)
    solution = pack(instance, time_limit=120)
    assert solution.status is Status.OPTIMAL
    assert contradictions(instance, [solution, pack(instance, solver="greedy")]) == []


def test_both_ends_stand_when_time_is_up():
    """The answer so far and a bound, which the proof confirms."""
    instance = plane(300, 0.2)
    short, whole = pack(instance, time_limit=0.05), pack(instance, time_limit=600)
    assert whole.status is Status.OPTIMAL
    assert short.status in (Status.TIME_LIMIT, Status.OPTIMAL)
    assert short.objective <= whole.objective <= short.bound
    assert contradictions(instance, [short, whole]) == []


@pytest.mark.parametrize("threads", [1, 3])
def test_an_interrupt_leaves_both_ends(threads, monkeypatch):
    """Ctrl-C in the middle of a race ends it, with what was found."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(largest, "_FIRST_EFFORT", 0)
    monkeypatch.setattr(largest.Probe, "relax", interrupted)
    monkeypatch.setattr(largest.Probe, "search", lambda *_: None)
    solution = pack(plane(200, 0.2), threads=threads)
    assert solution.status is Status.INTERRUPTED
    assert 1.0 <= solution.objective < solution.bound < 200.0


def test_several_threads_find_the_same_number():
    """They share the tree and the relaxation."""
    instance = plane(250, 0.17, seed=3)
    assert pack(instance, threads=2).objective == pack(instance).objective == pack(instance).bound


@pytest.mark.parametrize("seed", range(6))
def test_proofs_are_derived_again(seed):
    """By arguments and engines that share no code with the prover."""
    instance = plane(60, 0.12 + 0.03 * seed, seed)
    solution = pack(instance, seed=seed)
    assert solution.status is Status.OPTIMAL
    assert recheck(instance, solution, seconds=60)


def test_a_false_proof_is_contradicted():
    """A bound that is one too low: a check finds the points that are said not to be there."""
    instance = plane(40, 0.25)
    true = pack(instance)
    low = true.objective - 1.0
    false = replace(
        true,
        selected=true.selected[:-1],
        objective=low,
        bound=low,
        refutations=(Refutation(true.objective, "search"),),
    )
    found = recheck(instance, false, seconds=60)
    assert not found
    assert "are worth" in found.faults[0]
    assert not recheck(instance, replace(true, refutations=(Refutation(2.5, "search"),)))
