"""How little two sets share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence, Set

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError
from dispersion.metrics import metric


def of_sets(points: Sequence[Set[Hashable]]) -> NDArray[np.float64]:
    """Distances of Python sets, shape (n, n), by the members that two or more of them have."""
    owners: dict[Hashable, list[int]] = defaultdict(list)
    for k, one in enumerate(points):
        for member in one:
            owners[member].append(k)
    shared = np.zeros((len(points), len(points)))
    for some in owners.values():
        if len(some) > 1:
            shared[np.ix_(some, some)] += 1.0
    return _distances(shared, np.array([len(one) for one in points], dtype=np.float64))


def _distances(shared: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances of sets by the sizes of their intersections, shape (n, n), and their own."""
    union = sizes[:, None] + sizes[None, :] - shared
    apart = np.divide(union - shared, union, out=np.zeros_like(union), where=union > 0)
    np.fill_diagonal(apart, 0.0)
    return apart


@metric(
    "jaccard", is_metric=True, summary="1 - shared / together, of sets or their bits", of_sets=of_sets
)
@metric("tanimoto", is_metric=True, summary="the same as jaccard", of_sets=of_sets)
def jaccard(X: NDArray[np.float64]) -> NDArray[np.float64]:
    """``1 - |A and B| / |A or B|`` of sets, each as a row of bits; two empty sets are at 0.

    Chemists know it as one minus the Tanimoto similarity of fingerprints.  That it is a metric is shown
    by Lipkus, "A proof of the triangle inequality for the Tanimoto distance", Journal of Mathematical
    Chemistry 26, 1999.
    """
    bits = X == 1.0
    bad = ~(bits | (X == 0.0)).all(axis=1)
    if bad.any():
        point = int(bad.argmax())
        value = X[point][~(bits[point] | (X[point] == 0.0))][0]
        raise InputError(f"jaccard takes bits, 0 or 1, or Python sets; point {point} holds {value:g}.")
    rows = bits.astype(np.float32)  # whole numbers up to 2^24 are exact
    return _distances((rows @ rows.T).astype(np.float64), bits.sum(axis=1, dtype=np.float64))
