"""One threshold for the scores of all filters."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from pruning.allocation.scored import by_scores
from pruning.budgets.problem import BudgetProblem
from pruning.criteria import scores

Toy = Callable[[Sequence[int], float, int], BudgetProblem]


def plain(problem: BudgetProblem, criterion: str, unit: Callable[[np.ndarray], float]) -> list[int]:
    """Drop the filter of the lowest normalised score anywhere, one by one, until the budget is met.

    Or one fewer, if the last one was too many.
    """
    left = [sorted(s / unit(s)) for s in (scores(layer, criterion) for layer in problem.layers)]
    before = counts = problem.most
    while problem.size(counts) > problem.target:
        able = [k for k, one in enumerate(left) if len(one) > problem.least[k]]
        left[min(able, key=lambda k: left[k][0])].pop(0)
        before, counts = counts, np.array([len(one) for one in left])
    return (counts if problem.met_by(counts) else before).tolist()


@pytest.mark.parametrize(
    ("normalise", "unit"), [("mean", np.mean), ("max", np.max), ("l2", np.linalg.norm)]
)
@pytest.mark.parametrize("seed", range(5))
def test_drops_the_lowest_first(
    toy: Toy, seed: int, normalise: str, unit: Callable[[np.ndarray], float]
) -> None:
    """As a loop that drops one filter after the other does."""
    problem = toy([60, 90, 70, 100], 0.4, seed)
    assert by_scores(problem, normalise=normalise).tolist() == plain(problem, "l1", unit)
    assert by_scores(problem, criterion="fpgm", normalise=normalise).tolist() == plain(
        problem, "fpgm", unit
    )


def test_scores_may_be_given(toy: Toy) -> None:
    """A layer whose scores are all 0 keeps the least; dividing by the mean makes scales comparable."""
    problem = toy([60, 80, 100], 0.3, 0)
    given = {layer.name: scores(layer, "l2") for layer in problem.layers}
    found = by_scores(problem, scores=given)
    assert found.tolist() == by_scores(problem, criterion="l2").tolist()
    scaled = {name: 1000.0 * int(name) * one + one for name, one in given.items()}
    assert by_scores(problem, scores=scaled).tolist() == found.tolist()
    assert by_scores(problem, scores=given | {"1": np.zeros(80)})[1] == 2


def test_chance_follows_the_seed(toy: Toy) -> None:
    """The same seed draws the same scores, another one others."""
    problem = toy([60, 80, 100], 0.5, 0)
    first, again, other = (by_scores(problem, criterion="random", seed=s).tolist() for s in (0, 0, 1))
    assert first == again != other
