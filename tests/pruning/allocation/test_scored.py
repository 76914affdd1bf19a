"""One threshold for the scores of all filters."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from pruning.allocation import Task
from pruning.allocation.scored import by_scores
from pruning.criteria import scores

Toy = Callable[[Sequence[int], float, int], Task]


def plain(task: Task, criterion: str, unit: Callable[[np.ndarray], float]) -> list[int]:
    """Drop the filter of the lowest normalised score anywhere, one by one, until the budget is met.

    Or one fewer, if the last one was too many.
    """
    left = [sorted(s / unit(s)) for s in (scores(layer, criterion) for layer in task.layers)]
    before = counts = task.most
    while task.size(counts) > task.target:
        able = [k for k, one in enumerate(left) if len(one) > task.least[k]]
        left[min(able, key=lambda k: left[k][0])].pop(0)
        before, counts = counts, np.array([len(one) for one in left])
    return (counts if task.met_by(counts) else before).tolist()


@pytest.mark.parametrize(
    ("normalise", "unit"), [("mean", np.mean), ("max", np.max), ("l2", np.linalg.norm)]
)
@pytest.mark.parametrize("seed", range(5))
def test_drops_the_lowest_first(
    toy: Toy, seed: int, normalise: str, unit: Callable[[np.ndarray], float]
) -> None:
    """As a loop that drops one filter after the other does."""
    task = toy([60, 90, 70, 100], 0.4, seed)
    assert by_scores(task, normalise=normalise).tolist() == plain(task, "l1", unit)
    assert by_scores(task, criterion="fpgm", normalise=normalise).tolist() == plain(task, "fpgm", unit)


def test_scores_may_be_given(toy: Toy) -> None:
    """A layer whose scores are all 0 keeps the least; dividing by the mean makes scales comparable."""
    task = toy([60, 80, 100], 0.3, 0)
    given = {layer.name: scores(layer, "l2") for layer in task.layers}
    found = by_scores(task, scores=given)
    assert found.tolist() == by_scores(task, criterion="l2").tolist()
    scaled = {name: 1000.0 * int(name) * one + one for name, one in given.items()}
    assert by_scores(task, scores=scaled).tolist() == found.tolist()
    assert by_scores(task, scores=given | {"1": np.zeros(80)})[1] == 2


def test_chance_follows_the_seed(toy: Toy) -> None:
    """The same seed draws the same scores, another one others."""
    task = toy([60, 80, 100], 0.5, 0)
    first, again, other = (by_scores(task, criterion="random", seed=s).tolist() for s in (0, 0, 1))
    assert first == again != other
