"""Are there p points at a rank?  Pack as many points as possible, in HiGHS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from solvers.engines import highs
from solvers.engines.common import HIGHS, Outcome, with_version
from solvers.ranks.bisection import Verdict
from solvers.ranks.start import farthest_points
from solvers.run import Run

if TYPE_CHECKING:
    import highspy


def pack(engine: highspy.Highs, columns: ArrayLike, run: Run, seconds: float) -> Verdict:
    """Maximise the number of points until p are packed, or it is certain that p cannot be.

    Of more than p points, the farthest ones are taken.

    Parameters
    ----------
    engine : highspy.Highs
        Holds a node packing model, to be maximised; used once.
    columns : array_like of int, shape (n,)
        Where its n binaries are.
    run : Run
        What is being solved.
    seconds : float
        How long this may take.
    """
    p, ranks = run.instance.p, run.instance.ranks

    def refutes(bound: float) -> bool:
        return bool(np.floor(bound + 1e-6) < p)

    def look(bound: float) -> None:
        if refutes(bound):
            engine.cancelSolve()

    limits = {"mip_rel_gap": 0.0, "mip_abs_gap": 0.9}  # the objective is a whole number
    highs.limit(engine, run.limits.threads, run.limits.seed, objective_target=p - 0.5, **limits)
    highs.watch(engine, on_bound=look)
    outcome = highs.optimise(engine, seconds, may_be_infeasible=True)
    if outcome is Outcome.INFEASIBLE:
        return Verdict(refuted=True, by=with_version(HIGHS))
    values = highs.best_values(engine)
    if values is not None:
        chosen = np.flatnonzero(values[np.asarray(columns, dtype=np.intp)] > 0.5)
        if len(chosen) >= p:
            among = ranks[np.ix_(chosen, chosen)]
            farthest = farthest_points(among, int(among.argmax()) // len(chosen), p)
            return Verdict(witness=chosen[farthest])
    return Verdict(refuted=refutes(highs.dual_bound(engine)), by=with_version(HIGHS))
