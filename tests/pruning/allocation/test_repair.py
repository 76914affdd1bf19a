"""Rankings cut at the budget, and the last step where one filter is coarse."""

import itertools
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from pruning.allocation import Task
from pruning.allocation._ranking import by_threshold, first, fitting, ranking
from pruning.allocation._repair import repaired

Toy = Callable[[Sequence[int], float, int], Task]


def nearest(task: Task) -> float:
    """How near to the budget any counts come, by trying all."""
    ranges = [range(a, b + 1) for a, b in zip(task.least, task.most, strict=True)]
    return min(abs(task.size(np.array(counts)) - task.target) for counts in itertools.product(*ranges))


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("widths", [(9,), (7, 12), (1, 8), (1,)])
def test_one_or_two_layers_are_searched_whole(toy: Toy, widths: tuple[int, ...], seed: int) -> None:
    """Either the budget is met, or nothing comes nearer to it."""
    task = toy(widths, 0.55, seed)
    found = repaired(task, task.most)
    assert task.met_by(found) or abs(task.size(found) - task.target) == nearest(task)


@pytest.mark.parametrize("seed", range(10))
def test_three_layers_meet_what_can_be_met(toy: Toy, seed: int) -> None:
    """From any start, wherever trying everything meets the budget."""
    task = toy((9, 6, 8), 0.5, seed)
    met = nearest(task) <= 0.01 * task.target
    for start in (task.least, task.most):
        assert task.met_by(repaired(task, start)) or not met


@pytest.mark.parametrize("seed", range(5))
def test_bisection_finds_the_last_that_fits(toy: Toy, seed: int) -> None:
    """As going through the ranking one by one does."""
    task = toy((9, 6, 8), 0.5, seed)
    rng = np.random.default_rng(seed)
    levels = [-np.sort(-rng.random(n)) for n in task.most]
    order = ranking(task, levels)
    sizes = [task.size(first(task, order, k)) for k in range(len(order) + 1)]
    assert fitting(task, order) == sum(size <= task.target for size in sizes) - 1
    assert first(task, order, len(order)).tolist() == task.most.tolist()


def test_a_ranking_goes_past_what_is_too_coarse(toy: Toy) -> None:
    """Where the next filter does not fit, later ones fill the gap, and the budget is met."""
    met = 0
    for seed in range(20):
        task = toy((9, 6, 8, 30), 0.5, seed)
        levels = [np.linspace(1, 0, n) for n in task.most]
        met += task.met_by(by_threshold(task, levels))
    assert met >= 19
