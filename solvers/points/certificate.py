"""What is kept of a proof by clusters, so that others can check it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dispersion.solution import Refutation

BY = "clusters"  #: what proves such a refutation


@dataclass(frozen=True, slots=True)
class ClusterRefutation(Refutation):
    """No selection reaches a value, since no selection of clusters could hold one.

    Attributes
    ----------
    clusters : ndarray of int32, shape (n,)
        The cluster of every point given; -1 for copies of others, for points that are required or
        excluded, and for those too near to a required one.
    """

    clusters: NDArray[np.int32] = field(
        default_factory=lambda: np.empty(0, dtype=np.int32), repr=False, compare=False
    )
