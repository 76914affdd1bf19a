"""One threshold on the distances between the filters of a layer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.metrics import distances
from pruning.allocation import allocation
from pruning.budgets.problem import BudgetProblem
from pruning.budgets.ranking import by_threshold
from pruning.filters import FilterLayer
from pruning.measuring.quadratic import Counts
from pruning.parameters import need
from solvers.ranks.start import farthest_points, longest_end


@allocation(
    "diversity",
    summary="one threshold on the distance at which the filters of each layer can be kept apart (FFP)",
    reconstruction="all of it: the abstract only says that FFP's first stage exists",
)
def diversity(problem: BudgetProblem, *, metric: str = "euclidean") -> Counts:
    """Keep in every layer as many filters as can be at least t apart, with one t for the network.

    The first stage of Fast Filter Pruning (Wang, Chen, Hua, Zhou and Lin, INFORMS Journal on Computing,
    doi 10.1287/ijoc.2024.0991), where a requested compression becomes a number of filters a layer.
    **A reconstruction**: how it does so was not available to us.  Here the farthest-point greedy order
    of a layer gives the smallest distance among its first p filters, which never rises in p; divided by
    the layer's mean distance, the largest p at t or above is kept, and t follows from the budget.

    Parameters
    ----------
    problem : BudgetProblem
        The layers and the budget.
    metric : str
        The metric of the distances between filters.
    """
    return by_threshold(problem, [separations(layer, metric) for layer in problem.layers])


def separations(layer: FilterLayer, metric: str = "euclidean") -> NDArray[np.float64]:
    """The smallest distance among the first p filters of the farthest-point greedy order.

    Parameters
    ----------
    layer : FilterLayer
        Its n filters.
    metric : str
        The metric of the distances.

    Returns
    -------
    ndarray of float64, shape (n,)
        For p = 1 (infinite) to n, divided by the layer's mean distance; never increasing.

    Raises
    ------
    InputError
        A weight is not finite.
    """
    need(
        bool(np.isfinite(layer.points).all()), f"layer {layer.name} holds weights that are not finite."
    )
    matrix = distances(layer.points, metric)
    n = len(matrix)
    order = farthest_points(matrix, longest_end(matrix), n)
    ordered = matrix[np.ix_(order, order)]
    ordered[np.triu_indices(n)] = np.inf
    smallest: NDArray[np.float64] = np.minimum.accumulate(ordered.min(axis=1))
    mean = matrix.sum() / max(1, n * (n - 1))
    return smallest / (mean if mean > 0.0 else 1.0)
