"""Our prover: a gallop over distances, each answered by clique search and branch and cut."""

from __future__ import annotations

from solvers.base import Kind, Run, solver

_MANY_POINTS = 24  # below that eigenvalues prove little
_SECOND_MOVES = 100  # of tabu search, a point, where the first attempt at a proof fails


def _compile() -> None:
    import solvers.kernels.farthest
    import solvers.prover.decide
    import solvers.prover.start  # noqa: F401


@solver(
    "clique",
    objective="max-min",
    kind=Kind.EXACT,
    summary="our prover: clique search and branch and cut on ranks, with reductions",
    prepare=_compile,
)
def clique(run: Run) -> None:
    """Prove the optimum by asking, for a rank t, whether p points are pairwise at rank >= t."""
    from solvers.prover.bracket import Bracket
    from solvers.prover.decide import attempt, decide
    from solvers.prover.probe import Probe
    from solvers.prover.start import polish, spectral_bound, start

    with run.building():
        bracket = Bracket(run)
    tabu = start(bracket)
    nodes = linear = 0
    while bracket.open:
        probe = Probe(bracket.ranks, bracket.low + 1, bracket.p)
        attempt(bracket, probe)
        if probe.open and not polish(bracket, tabu, _SECOND_MOVES):
            if bracket.p >= _MANY_POINTS:
                spectral_bound(bracket)
            decide(bracket, probe)
        nodes += probe.nodes
        linear += probe.linear_nodes
    run.message = f"{nodes} nodes, {linear} of branch and cut"
