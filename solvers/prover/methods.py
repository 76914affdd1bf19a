"""Which of its methods the prover uses: all of them, unless one is to be compared with the others."""

from __future__ import annotations

from dataclasses import dataclass

from dispersion.errors import UnknownNameError
from solvers.prover.branching import BOTH, WAYS
from solvers.prover.probe import Probe
from solvers.ranks.bracket import Bracket


@dataclass(frozen=True, slots=True)
class Methods:
    """What may be left out of the prover; every choice proves the same.

    Attributes
    ----------
    theta : bool
        Whether theta functions bring the bound down.
    branching : str
        How branch and cut splits its nodes: by "clusters" of near points, single "points", or "both".

    Raises
    ------
    UnknownNameError
        There is no such way of branching.
    """

    theta: bool = True
    branching: str = BOTH

    def __post_init__(self) -> None:
        if self.branching not in WAYS:
            raise UnknownNameError("branching", self.branching, WAYS)

    def probe(self, bracket: Bracket, t: int) -> Probe:
        """The question whether any selection has rank t or more."""
        return Probe(bracket.ranks, t, bracket.p, self.branching)


ALL = Methods()
