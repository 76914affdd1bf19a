"""Are there p points at a rank?  Pack as many points as possible, in an engine."""

from __future__ import annotations

import numpy as np

from solvers.engines.common import Outcome
from solvers.engines.program import Ask, Points, Program
from solvers.ranks.bisection import Verdict
from solvers.ranks.start import farthest_points
from solvers.run import Run


def pack(program: Program, run: Run, seconds: float, by: str, presolve: bool = True) -> Verdict:
    """Maximise the number of points until p are packed, or it is certain that p cannot be.

    Of more than p points, the farthest ones are taken.

    Parameters
    ----------
    program : Program
        A node packing model; used once.
    run : Run
        What is being solved.
    seconds : float
        How long this may take.
    by : str
        The engine that the program is in, with its version.
    presolve : bool
        Whether the engine simplifies the program first.
    """
    n, p, ranks = run.instance.n, run.instance.p, run.instance.ranks

    def enough(points: Points) -> bool:
        return len(points) >= p

    def refutes(bound: float) -> bool:
        return bool(np.floor(bound + 1e-6) < p)

    limits = run.limits
    asked = (n, seconds, limits.threads, limits.seed)
    # the objective is a whole number
    ask = Ask(*asked, enough, refutes, gap=0.9, target=p - 0.5, presolve=presolve)
    answer = program.solve(ask)
    if answer.outcome is Outcome.INFEASIBLE:
        return Verdict(refuted=True, by=by)
    if answer.points is not None and enough(answer.points):
        among = ranks[np.ix_(answer.points, answer.points)]
        farthest = farthest_points(among, int(among.argmax()) // len(answer.points), p)
        return Verdict(witness=answer.points[farthest])
    return Verdict(refuted=refutes(answer.bound), by=by)
