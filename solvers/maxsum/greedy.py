"""Greedy insertion for the sum of distances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.base import Kind, Run, solver


def insertion(distances: NDArray[np.float64], p: int) -> NDArray[np.intp]:
    """From the two farthest points, p - 2 times add the point with the largest sum to those chosen.

    Parameters
    ----------
    distances : ndarray, shape (n, n)
        Symmetric, zero on the diagonal.
    p : int
        How many points, 2 <= p <= n.

    Returns
    -------
    ndarray of int, shape (p,)
        In the order in which they were chosen.  O(n p) time; ties go to the lowest index.
    """
    i, j = divmod(int(distances.argmax()), len(distances))
    chosen = [i, j] if i != j else [0, 1]  # all distances may be 0
    gain = distances[chosen[0]] + distances[chosen[1]]
    gain[chosen] = -np.inf
    for _ in range(p - 2):
        point = int(gain.argmax())
        chosen.append(point)
        gain += distances[point]
        gain[point] = -np.inf
    return np.array(chosen, dtype=np.intp)


@solver(
    "greedy",
    objective="max-sum",
    kind=Kind.APPROXIMATION,
    summary="insertion of the point that adds most, from the two farthest points",
)
def greedy(run: Run) -> None:
    """Insert the point that adds most to the sum; reports no bound.

    Under a metric the value is at least 1/4 of the optimum (Ravi, Rosenkrantz and Tayi, "Heuristic and
    special case algorithms for dispersion problems", Operations Research 42, 1994), and by a closer
    analysis at least 1/2 (Birnbaum and Goldman, "An improved analysis for a greedy remote-clique
    algorithm using factor-revealing LPs", APPROX 2006 and Algorithmica 55, 2009), who may start from
    any point: the second is then the farthest from it, so from one end of the longest distance, ours.
    """
    run.incumbent(insertion(run.instance.distances, run.instance.p))
