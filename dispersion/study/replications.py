"""How often a solver is asked the same question: one run says little about chance, or about a clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solvers.engines.registration import takes_seed
from solvers.registration import SolverInfo


@dataclass(frozen=True, slots=True)
class Replications:
    """With which seeds solvers are run, and how many times with each.

    Attributes
    ----------
    seeds : sequence of int
        Of solvers that draw by chance; one at least.
    engine_seeds : sequence of int
        Of solvers whose engine takes a seed; one at least.
    repeats : int
        How many times each solve is made with the same seed.
    """

    seeds: Sequence[int]
    engine_seeds: Sequence[int]
    repeats: int = 1

    def seeds_of(self, info: SolverInfo) -> Sequence[int]:
        """The seeds of a solver: one that neither draws nor passes a seed on is run with the first."""
        if info.stochastic:
            return self.seeds
        if info.engine is not None and takes_seed(info.engine):
            return self.engine_seeds
        return self.seeds[:1]
