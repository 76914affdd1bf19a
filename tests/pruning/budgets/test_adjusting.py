"""Rankings cut at the budget, and the last step where one filter is coarse."""

import itertools
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from pruning.budgets.adjusting import repaired
from pruning.budgets.problem import BudgetProblem
from pruning.budgets.ranking import by_threshold, first, fitting, ranking

Toy = Callable[[Sequence[int], float, int], BudgetProblem]


def nearest(problem: BudgetProblem) -> float:
    """How near to the budget any counts come, by trying all."""
    ranges = [range(a, b + 1) for a, b in zip(problem.least, problem.most, strict=True)]
    return min(
        abs(problem.size(np.array(counts)) - problem.target) for counts in itertools.product(*ranges)
    )


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("widths", [(9,), (7, 12), (1, 8), (1,)])
def test_one_or_two_layers_are_searched_whole(toy: Toy, widths: tuple[int, ...], seed: int) -> None:
    """Either the budget is met, or nothing comes nearer to it."""
    problem = toy(widths, 0.55, seed)
    found = repaired(problem, problem.most)
    assert problem.met_by(found) or abs(problem.size(found) - problem.target) == nearest(problem)


@pytest.mark.parametrize("seed", range(10))
def test_three_layers_meet_what_can_be_met(toy: Toy, seed: int) -> None:
    """From any start, wherever trying everything meets the budget."""
    problem = toy((9, 6, 8), 0.5, seed)
    met = nearest(problem) <= 0.01 * problem.target
    for start in (problem.least, problem.most):
        assert problem.met_by(repaired(problem, start)) or not met


@pytest.mark.parametrize("seed", range(5))
def test_bisection_finds_the_last_that_fits(toy: Toy, seed: int) -> None:
    """As going through the ranking one by one does."""
    problem = toy((9, 6, 8), 0.5, seed)
    rng = np.random.default_rng(seed)
    levels = [-np.sort(-rng.random(n)) for n in problem.most]
    order = ranking(problem, levels)
    sizes = [problem.size(first(problem, order, k)) for k in range(len(order) + 1)]
    assert fitting(problem, order) == sum(size <= problem.target for size in sizes) - 1
    assert first(problem, order, len(order)).tolist() == problem.most.tolist()


def test_a_ranking_goes_past_what_is_too_coarse(toy: Toy) -> None:
    """Where the next filter does not fit, later ones fill the gap, and the budget is met."""
    met = 0
    for seed in range(20):
        problem = toy((9, 6, 8, 30), 0.5, seed)
        levels = [np.linspace(1, 0, n) for n in problem.most]
        met += problem.met_by(by_threshold(problem, levels))
    assert met >= 19
