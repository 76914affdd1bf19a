"""Steepest-ascent exchange for the sum of distances."""

from __future__ import annotations

import numpy as np

from solvers.base import Kind, Run, solver
from solvers.maxsum.greedy import insertion


@solver(
    "exchange",
    objective="max-sum",
    kind=Kind.HEURISTIC,
    summary="best swap of a chosen for another point, until none improves, from the greedy start",
)
def exchange(run: Run) -> None:
    """Swap the pair that gains most until no swap gains; one swap costs O(p (n - p)).

    The 1-swap neighbourhood of Gallego, Duarte, Laguna and Marti, Computational Optimization and
    Applications 44, 2009.  Stops in a local optimum; deterministic.
    """
    distances, p = run.instance.distances, run.instance.p
    inside = np.zeros(run.instance.n, dtype=bool)
    inside[insertion(distances, p)] = True
    run.incumbent(np.flatnonzero(inside))
    tolerance = 1e-12 * float(distances.max())  # below rounding, a gain may be none
    while run.seconds_left() > 0.0 and p < run.instance.n:
        members, outsiders = np.flatnonzero(inside), np.flatnonzero(~inside)
        sums = distances[:, members].sum(axis=1)
        gains = sums[outsiders] - sums[members][:, None] - distances[np.ix_(members, outsiders)]
        leaver, enterer = np.unravel_index(int(gains.argmax()), gains.shape)
        if gains[leaver, enterer] <= tolerance:
            return
        inside[members[leaver]], inside[outsiders[enterer]] = False, True
        run.incumbent(np.flatnonzero(inside))
