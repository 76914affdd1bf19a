"""Where branch and cut may branch: clusters of near points that exclude each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.int32]
Mask = NDArray[np.bool_]

_CENTRES = 40


def clusters(
    x: NDArray[np.float64], free: Mask, excludes: Mask, ranks: NDArray[np.int32], most: int
) -> list[Points]:
    """Clusters of which about half a point is selected, and which are in the way of many others.

    Parameters
    ----------
    x : ndarray of float64, shape (m,)
        How much of each point the relaxation selects; 0 where not free.
    free : ndarray of bool, shape (m,)
        Points that may be selected.
    excludes : ndarray of bool, shape (m, m)
        Which points exclude each other.
    ranks : ndarray of int32, shape (m, m)
        Ranks of the distances.
    most : int
        How many clusters to return, the best first; at least one if a point is free.
    """
    fractional = np.flatnonzero((x > 1e-6) & (x < 1.0 - 1e-6))
    centres = fractional if len(fractional) else np.flatnonzero(free & (x > 0.5))
    if not len(centres):
        centres = np.flatnonzero(free)
    order = np.argsort(-np.minimum(x[centres], 0.6), kind="stable")
    scored: dict[bytes, tuple[float, Points]] = {}
    for centre in centres[order][:_CENTRES].tolist():
        grown = _grown(centre, x, free, excludes, ranks)
        for cluster in (grown, grown[:1]):
            if cluster.tobytes() not in scored:
                scored[cluster.tobytes()] = _score(cluster, x, free, excludes), cluster
    ranking = sorted(scored.values(), key=lambda pair: -pair[0])
    return [cluster for _, cluster in ranking[:most]]


def _score(cluster: Points, x: NDArray[np.float64], free: Mask, excludes: Mask) -> float:
    excluded = float(x[free & excludes[cluster].all(axis=0)].sum())
    return min(excluded, 3.0) + 2.0 * (0.5 - abs(float(x[cluster].sum()) - 0.5))


def _grown(
    centre: int, x: NDArray[np.float64], free: Mask, excludes: Mask, ranks: NDArray[np.int32]
) -> Points:
    """The points nearest to `centre` that exclude each other, until half a point is selected."""
    around = np.flatnonzero(free & excludes[centre])
    around = around[np.argsort(ranks[centre, around], kind="stable")]
    cluster, share = [centre], float(x[centre])
    allowed = excludes[centre].copy()
    for v in around.tolist():
        if share >= 0.5 or (share > 0.25 and share + x[v] > 0.75):
            break
        if allowed[v]:
            cluster.append(v)
            share += float(x[v])
            allowed &= excludes[v]
    return np.array(cluster, dtype=np.int32)
