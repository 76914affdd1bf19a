"""Tests of `solvers.prover.start`: what it reports holds."""

from __future__ import annotations

import pytest

from solvers.prover.start import polish, start
from solvers.ranks.bracket import Bracket
from solvers.run import Limits, Run


@pytest.mark.parametrize("seed", range(60))
def test_the_optimum_lies_in_the_bracket(seed, random_instance, brute_force):
    """And both ends are distances."""
    instance = random_instance(seed)
    run = Run(instance, Limits(), "max-min")
    bracket = Bracket(run)
    tabu = start(bracket)
    best = brute_force(instance)
    assert run.objective == instance.levels[bracket.low] <= best
    assert run.bound == instance.levels[bracket.high] >= best
    before = bracket.low
    assert polish(bracket, tabu, 10) == (bracket.low > before)
    assert run.objective <= best
    for refutation in run.refutations:
        assert refutation.value > best
