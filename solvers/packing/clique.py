"""Our prover: the most points without conflict, part by part."""

from __future__ import annotations

import numpy as np

from solvers.engines import highs
from solvers.prover.conflicts import parts
from solvers.ranks.threshold import APART, threshold_ranks
from solvers.registration import Guarantee, solver
from solvers.run import Run


def _compile() -> None:
    highs.load()
    import solvers.prover.largest  # noqa: F401


@solver(
    "clique",
    objective="packing",
    guarantee=Guarantee.EXACT,
    summary="our prover: clique search and branch and cut with reductions, part by part",
    prepare=_compile,
    shares_process=True,
    takes_start=True,
)
def clique(run: Run) -> None:
    """Prove the optimum by asking, for one point more than is known, whether so many fit.

    That is a clique of this size in the graph of points that are far enough apart, and a packing in the
    graph of conflicts, the question that max-min's `clique` asks about one distance after another (see
    `solvers.maxmin.clique`).  Points that another one can replace, as it excludes no point that they do
    not, are left out.  The graph of conflicts of the others falls into connected parts, which are
    solved one by one, the smallest first: the best selection is the union of theirs.  Of each part,
    greedy and tabu search give a selection, colours a bound; then tree search and branch and cut race
    for one point more, by turns, and meanwhile theta functions, the relaxation of branch and cut, and
    searches for several points more bring the bound down.

    The same seed gives the same optimum.  Which of several best selections is returned depends on the
    seed, and on the clock only where a race was needed.
    """
    from solvers.kernels.bitset import adjacency
    from solvers.kernels.reductions import undominated
    from solvers.prover.largest import Largest

    instance = run.instance
    run.report_bound(float(instance.n))
    with run.building():
        ranks = threshold_ranks(instance)
        kept = undominated(adjacency(ranks, np.arange(instance.n), APART), 1)
        split = sorted((kept[part] for part in parts(ranks[np.ix_(kept, kept)] == 0)), key=len)
    found: list[Largest] = []

    def stop() -> bool:
        return run.seconds_left() == 0.0

    def report(moved: Largest) -> None:
        if len(found) < len(split):
            return
        if run.objective is None or sum(one.low for one in found) > run.objective:
            chosen = [part[one.selected] for part, one in zip(split, found, strict=True)]
            run.report_incumbent(np.concatenate(chosen))
        run.report_bound(float(sum(one.high for one in found)), moved.by, moved.proof_nodes)

    for part in split:
        inner = np.ix_(part, part)
        within = np.ascontiguousarray(ranks[inner])
        known = np.flatnonzero(np.isin(part, [] if run.selected is None else run.selected))
        found.append(Largest(within, instance.distances[inner], run.limits.seed, report, known))
    report(found[-1])
    for one in found:
        one.start(stop)
    for one in found:
        one.pursue(stop, run.limits.threads)
    nodes, linear = (sum(getattr(one, name) for one in found) for name in ("nodes", "linear_nodes"))
    run.message = f"{len(kept)} points in {len(split)} parts, {nodes} nodes, {linear} of branch and cut"
