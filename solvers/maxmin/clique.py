"""Our prover: a gallop over distances, each answered by clique search and branch and cut."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial

import numpy as np

from solvers.engines import highs
from solvers.registration import Guarantee, Method, solver
from solvers.run import Run, TimeUp, listening

_MANY_POINTS = 24  # below that eigenvalues prove little
_SHARE = 0.5  # of the time goes to the bound without quotas
_SECOND_MOVES = 100  # of tabu search, a point, where the first attempt at a proof fails


def _under_quotas(run: Run, prove: Method) -> None:
    """Prove a bound without the quotas, then bisect by packings that heed them."""
    from solvers.maxmin.highs_packing import clique_packings
    from solvers.ranks.bisection import bisect
    from solvers.ranks.bracket import Bracket
    from solvers.ranks.window import report_window

    pairs = report_window(run)
    if run.proven():
        return
    left = run.seconds_left()
    if left == 0.0:
        run.stop_by_clock()
        raise TimeUp
    limits = replace(run.limits, seconds=_SHARE * left, target=None)
    free = Run(run.instance.with_quota(), limits, run.objective_name)
    with listening(lambda of_free: run.enough()), suppress(TimeUp):
        prove(free)
    if free.bound is not None:
        run.report_bound(free.bound, free.refutations[-1].by if free.refutations else "")
    if free.selected is not None and all(quota.met(free.selected) for quota in run.instance.quota):
        run.report_incumbent(free.selected)
    assert run.objective is not None
    assert run.bound is not None
    low, high = (int(k) for k in np.searchsorted(run.instance.levels, [run.objective, run.bound]))
    bisect(Bracket(run, low, min(high, pairs.high)), clique_packings(run))


def _compile() -> None:
    highs.load()
    import solvers.kernels.clique_cover
    import solvers.kernels.farthest
    import solvers.prover.decide
    import solvers.prover.start  # noqa: F401


@solver(
    "clique",
    objective="max-min",
    guarantee=Guarantee.EXACT,
    summary="our prover: clique search and branch and cut on ranks, with reductions",
    prepare=_compile,
    shares_process=True,
    takes_start=True,
    takes_quotas=True,
)
def clique(run: Run, *, theta: bool = True, branching: str = "both") -> None:
    """Prove the optimum by asking, for a rank t, whether p points are pairwise at rank >= t.

    That is a clique of size p in the threshold graph, and a packing in the graph of conflicts (pairs
    below t).  Greedy and tabu search give the incumbent, degrees and colourings the bound.  Then the
    rank above the incumbent is probed: a witness lifts the incumbent to its realised distance, a
    refutation ends the proof.  A probe is reduced first (core, domination, universal points), then two
    methods race for it, by turns on one thread, side by side on several:

    - tree search, a bitset branch and bound with colouring bounds, re-colouring and infra-chromatic
      bounds (San Segundo et al. 2011 and 2015): for many dimensions, where conflicts are many and
      look random;
    - branch and cut over cliques of conflicts, after the packing view of Sayyady and Fathi (European
      Journal of Operational Research 253(1), 2016): for the plane and other spaces where conflicts
      are local.  It branches on clusters of near points or on reliable single points, and leaves the
      race if its first bound is far from p.

    Meanwhile the bound is brought down from above, by theta functions (Schrijver 1979) where points
    have many dimensions and by probes of growing effort, so [incumbent, bound] is valid and useful
    whenever the solve is stopped.  Every refutation is kept, with what proved it
    (`Solution.refutations`; see `solvers.recheck`).

    The same seed gives the same optimum.  Which of several optimal selections is returned depends on
    the seed, and on the clock only where a race was needed.

    To see what a part is worth, leave it out: ``theta=off`` does without theta functions, and
    ``branching=clusters`` or ``branching=points`` splits nodes of branch and cut in one way only.

    Under quotas the bound is proven without them, and what is left between the two is asked of clique
    packings with a row for every quota, in HiGHS (see `highs-packing`).

    See `solvers.prover` for the parts.
    """
    from solvers.prover.decide import attempt, decide
    from solvers.prover.methods import Methods
    from solvers.prover.start import polish, resumed, spectral_bound, start
    from solvers.ranks.bracket import Bracket

    methods = Methods(theta, branching)
    if run.instance.quota:
        _under_quotas(run, partial(clique, theta=theta, branching=branching))
        return
    with run.building():
        bracket = Bracket(run)
    tabu = start(bracket)
    nodes = linear = 0
    while bracket.open:
        probe = methods.probe(bracket, bracket.low + 1)
        attempt(bracket, probe)
        tabu = resumed(bracket, tabu)
        if probe.open and not polish(bracket, tabu, _SECOND_MOVES):
            if bracket.p >= _MANY_POINTS:
                spectral_bound(bracket)
            decide(bracket, probe, tabu, methods)
        nodes += probe.nodes
        linear += probe.linear_nodes
    run.message = f"{nodes} nodes, {linear} of branch and cut"
