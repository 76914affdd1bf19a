"""One threshold for the distances of all layers."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from dispersion.errors import InputError
from pruning import FilterLayer
from pruning.allocation.diversity import diversity, separations
from pruning.budgets.problem import BudgetProblem

Toy = Callable[[Sequence[int], float, int], BudgetProblem]


def layer(points: np.ndarray) -> FilterLayer:
    return FilterLayer("layer", ("layer",), points)


@pytest.mark.parametrize("seed", range(5))
def test_separations_are_those_of_the_greedy(seed: int) -> None:
    """Farthest points one by one in plain loops, each distance over the mean of all pairs."""
    points = np.random.default_rng(seed).normal(size=(15, 3))
    D = np.array([[np.linalg.norm(x - y) for y in points] for x in points])
    chosen, found = [int(D.argmax() // 15)], [np.inf]
    while len(chosen) < 15:
        rest = [i for i in range(15) if i not in chosen]
        chosen.append(max(rest, key=lambda i: min(D[i][j] for j in chosen)))
        found.append(min(D[i][j] for i in chosen for j in chosen if i != j))
    mean = np.mean([D[i][j] for i in range(15) for j in range(i)])
    np.testing.assert_allclose(separations(layer(points)), np.array(found) / mean, rtol=1e-9)


def test_scale_does_not_matter_and_copies_have_no_distance() -> None:
    """Ten times the weights are as diverse; equal filters are not at all, nor is a single one."""
    points = np.random.default_rng(0).normal(size=(12, 4))
    np.testing.assert_allclose(separations(layer(points)), separations(layer(10 * points)))
    assert separations(layer(np.ones((4, 3)))).tolist() == [np.inf, 0, 0, 0]
    assert separations(layer(np.ones((1, 3)))).tolist() == [np.inf]


def test_every_layer_keeps_what_the_threshold_allows(toy: Toy) -> None:
    """There is a t such that each layer keeps the most filters that are t apart."""
    problem = toy([80, 120, 100], 0.5, 1)
    counts = diversity(problem)
    levels = [separations(one) for one in problem.layers]
    kept = min(level[p - 1] for level, p in zip(levels, counts, strict=True))
    dropped = max(level[p] for level, p in zip(levels, counts, strict=True) if p < len(level))
    assert kept >= dropped
    assert problem.size(counts) <= problem.target


def test_layers_of_copies_go_first(toy: Toy) -> None:
    """Filters that are all alike are one filter; the other layers keep theirs."""
    problem = toy([60, 60, 60], 0.3, 2)
    same = FilterLayer("1", ("1",), np.ones((60, 4)))
    counts = diversity(replace(problem, layers=(problem.layers[0], same, problem.layers[2])))
    assert counts[1] == 2
    assert min(counts[0], counts[2]) > 20


def test_the_metric_matters(toy: Toy) -> None:
    """Angles separate other filters than lengths do."""
    problem = toy([80, 120, 100], 0.5, 3)
    assert diversity(problem).tolist() != diversity(problem, metric="angular").tolist()


def test_weights_that_are_no_numbers_are_refused() -> None:
    """The layer is named."""
    with pytest.raises(InputError, match="layer layer holds weights that are not finite"):
        separations(layer(np.array([[1.0], [np.nan]])))
