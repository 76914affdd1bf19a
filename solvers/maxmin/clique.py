"""Our prover: a gallop over distances, each answered by clique search and branch and cut."""

from __future__ import annotations

from solvers.engines import highs
from solvers.registration import Guarantee, solver
from solvers.run import Run

_MANY_POINTS = 24  # below that eigenvalues prove little
_SECOND_MOVES = 100  # of tabu search, a point, where the first attempt at a proof fails


def _compile() -> None:
    highs.load()
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

    See `solvers.prover` for the parts.
    """
    from solvers.prover.decide import attempt, decide
    from solvers.prover.methods import Methods
    from solvers.prover.start import polish, resumed, spectral_bound, start
    from solvers.ranks.bracket import Bracket

    methods = Methods(theta, branching)
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
