"""Local search, with what it proves for distances of negative type."""

from __future__ import annotations

from solvers.registration import Guarantee, solver
from solvers.run import Run
from solvers.sums.linear_algebra import CHOLESKY, check_dense_time
from solvers.sums.negative_type import excess_curvature, slack
from solvers.sums.swaps import climb_from_greedy, compile_swaps
from solvers.sums.tolerances import report_bound

_ROUNDING = 1e-9  # relative: far above what the sums of a local optimum are rounded by


@solver(
    "local-search",
    objective="max-sum",
    guarantee=Guarantee.APPROXIMATION,
    summary="`exchange`, with its bound for Euclidean distances: >= optimum (p - 1) / (p + 1)",
    prepare=compile_swaps,
    takes_start=True,
    takes_quotas=True,
    reference="Cevallos, Eisenbrand and Zenklusen 2017",
)
def local_search(run: Run) -> None:
    """Climb to a local optimum over swaps; for distances of negative type that is nearly optimal.

    Guarantee: at least (p - 1) / (p + 1) of the optimum if the distances are of negative type, as
    Euclidean ones are; that is checked in O(n^3) time, and then the bound is reported.

    Why: let S be locally optimal, O optimal, A = S - O and B = O - S, of m points each.  Adding up that
    no swap of a for b gains gives ``f(O) - f(S) <= f(A) + f(B) - d(A, B) + d(A, B) / m``, and negative
    type says ``f(A) + f(B) <= d(A, B)``.  Adding up, for one b, that no swap for any member gains
    gives ``d(b, S) <= 2 f(S) / (p - 1)``, so ``d(A, B) / m <= 2 f(S) / (p - 1)``.

    Source: Cevallos, Eisenbrand and Zenklusen, "Local search for max-sum diversification", 2016 and
    SODA 2017, who prove 1 - O(1 / p) under any matroid of rank p; the constant for selections of p
    points is worked out above.  The number of steps is not bounded here; they stop at a relative gain
    below rounding.
    """
    done = climb_from_greedy(run)
    if not done or run.objective is None:
        return
    if run.instance.quota:
        run.message = "no bound under quotas"
        return
    p = run.instance.p
    run.message = "no bound: out of time before the check for negative type"
    check_dense_time(run, run.instance.n, CHOLESKY)
    excess = excess_curvature(run.instance.distances)
    if excess is None:
        run.message = "no bound: the distances are not of negative type"
        return
    bound = run.objective * ((p + 1) / (p - 1)) * (1.0 + _ROUNDING) + slack(excess, p)
    report_bound(run, bound, "local optimum")
    run.message = "bound by negative type"
