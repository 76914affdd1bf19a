"""How many points of each kind meet all quotas, or that no numbers do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import EngineError

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Kinds:
    """What matters of quotas: how many points there are of each kind, and which groups hold them.

    Points of the same groups are of one kind.

    Attributes
    ----------
    inside : ndarray of bool, shape (kinds, groups)
        Which groups hold the points of a kind.
    fewest, available : ndarray of int64, shape (kinds,)
        How many of them are chosen in any case, and how many can be.
    least, most : ndarray of int64, shape (groups,)
        The quotas.
    p : int
        How many points are to be chosen.
    """

    inside: NDArray[np.bool_]
    fewest: Counts
    available: Counts
    least: Counts
    most: Counts
    p: int

    def plan(self) -> Counts | None:
        """Numbers of each kind, shape (kinds,), that meet all quotas; `None` if there are none.

        Where no group shares a point with another, that is counting; else an integer program, which
        CP-SAT solves in whole numbers.
        """
        apart = bool((self.inside.sum(axis=1) <= 1).all())
        return self._counted() if apart else self._programmed()

    def _counted(self) -> Counts | None:
        least, most = self.fewest.copy(), self.available.copy()
        for group in range(self.inside.shape[1]):
            of = np.flatnonzero(self.inside[:, group])  # one kind, or none
            if len(of) == 0:
                if self.least[group] > 0:
                    return None
                continue
            least[of] = np.maximum(least[of], self.least[group])
            most[of] = np.minimum(most[of], self.most[group])
        if (least > most).any() or not least.sum() <= self.p <= most.sum():
            return None
        more = self.p - int(least.sum())
        room = np.cumsum(most - least)
        return least + np.diff(np.minimum(room, more), prepend=0)

    def _programmed(self) -> Counts | None:
        from ortools.sat.python import cp_model

        model = cp_model.CpModel()
        counts = [
            model.new_int_var(int(low), max(int(low), int(high)), f"kind{k}")
            for k, (low, high) in enumerate(zip(self.fewest, self.available, strict=True))
        ]
        model.add(cp_model.LinearExpr.sum(counts) == self.p)
        for group in range(self.inside.shape[1]):
            of = [counts[k] for k in np.flatnonzero(self.inside[:, group])]
            least, most = int(self.least[group]), int(self.most[group])
            model.add_linear_constraint(cp_model.LinearExpr.sum(of), least, max(least, most))
        engine = cp_model.CpSolver()
        engine.parameters.num_workers = 1
        status = engine.solve(model)
        if status == cp_model.INFEASIBLE:
            return None
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            raise EngineError(f"CP-SAT ended with {engine.status_name(status)} on the quotas")
        return np.array([engine.value(count) for count in counts], dtype=np.int64)
