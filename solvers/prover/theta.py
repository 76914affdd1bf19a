"""The theta bound of a threshold graph: the strongest we have where points have many dimensions.

For W supported on the conflicts and N >= 0 supported on the other pairs, the indicator vector x of a
selection S without conflict gives ``|S|^2 = x' J x <= x' (J + N - W) x <= |S| lambda_max(J + N - W)``,
so ``|S|`` is at most that eigenvalue.  Its minimum over W and N is Schrijver's theta' (IEEE
Transactions on Information Theory 25(4), 1979), a little below the theta function of Lovasz.  It is
approached by alternating directions on the dual semidefinite program, the boundary point method of
Povh, Rendl and Wiegele (Computing 78, 2006) and Wen, Goldfarb and Yin (Mathematical Programming
Computation 2, 2010).  Any W and N prove their bound, so whatever was reached is certified by a
Cholesky factorisation.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from solvers.prover.reduction import Answer, Reduced, reduced
from solvers.prover.spectrum import positive_definite

_PENALTY = 0.25  # times n: of leaving the constraints
_ROUND = 10  # steps between two looks at the bound
_MOST_STEPS = 240
_MARGIN = 1e-6  # of p: far above the rounding of a Cholesky factorisation
_HOPELESS = 0.4  # of what is missing: primal and dual agree that well
_FEASIBLE = 0.05  # of the trace, which is 1 in the end

Matrix = NDArray[np.float64]


class Theta:
    """Refutes one rank after another, beginning each from what the last has reached.

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n)
        Ranks of the distances, -1 on the diagonal.
    p : int
        How many points are wanted.
    """

    def __init__(self, ranks: NDArray[np.int32], p: int) -> None:
        n = len(ranks)
        self._ranks, self._p = ranks, p
        self._primal = np.eye(n) / n  # of all points: those that a reduction drops keep theirs
        self._slack = np.zeros((n, n))
        self._rank = -1
        self._graph: Reduced | None = None
        self._bound: ThetaBound | None = None

    def refute(self, t: int, stop: Callable[[], bool]) -> Answer | None:
        """What proves that no p points are at pairwise rank >= t; `OPEN` if nothing here does.

        `YES` if the reductions find such points.

        Parameters
        ----------
        t : int
            Least rank of a selected pair.
        stop : callable
            Asked between iterations; once it says so the answer is `None`, and asked for the same rank
            again this goes on.
        """
        graph, bound = self._begun(t)
        if bound is None:
            return graph.answer
        while bound.steps < _MOST_STEPS:
            if stop():
                return None
            bound.improve()
            if bound.steps % _ROUND == 0:
                if bound.refutes(graph.p):
                    return Answer.THETA
                if bound.hopeless(graph.p):
                    break
        return Answer.OPEN

    def _begun(self, t: int) -> tuple[Reduced, ThetaBound | None]:
        """The graph of a rank and its bound; that of the last rank is the start of another."""
        if self._graph is None or t != self._rank:
            if self._graph is not None and self._bound is not None:
                inner = np.ix_(self._graph.points, self._graph.points)
                self._primal[inner], self._slack[inner] = self._bound.primal, self._bound.slack
            self._rank, self._graph, self._bound = t, reduced(self._ranks, t, self._p), None
            if self._graph.answer is Answer.OPEN:
                inner = np.ix_(self._graph.points, self._graph.points)
                conflicts = self._ranks[inner] < t
                self._bound = ThetaBound(conflicts, self._primal[inner], self._slack[inner])
        return self._graph, self._bound


class ThetaBound:
    """The bound of one graph, to be improved step by step.

    Parameters
    ----------
    conflicts : ndarray of bool, shape (m, m)
        Which points exclude each other; the diagonal does not matter.
    primal, slack : ndarray of float64, shape (m, m)
        Where to begin: positive semidefinite, any scale.

    Attributes
    ----------
    steps : int
        Steps so far.
    """

    def __init__(self, conflicts: NDArray[np.bool_], primal: Matrix, slack: Matrix) -> None:
        self._conflicts = conflicts.copy()
        np.fill_diagonal(self._conflicts, False)
        self.primal, self.slack = primal, slack
        self._penalty = _PENALTY / len(conflicts)
        self.steps = 0
        self._limit = 0.0
        self._dual = np.zeros_like(primal)

    def improve(self) -> None:
        """One step: the best dual matrix, then the nearest positive semidefinite slack."""
        self.steps += 1
        scaled = self.primal / self._penalty
        target = self.slack + scaled
        self._limit = float(np.trace(target) + len(target) - 1.0 / self._penalty) / len(target)
        self._dual = np.where(self._conflicts, target, np.minimum(target, -1.0))  # W - 1, or -1 - N
        np.fill_diagonal(self._dual, self._limit - 1.0)
        wanted = self._dual - scaled
        values, vectors = np.linalg.eigh(wanted)
        negative = vectors[:, values < 0.0] * np.sqrt(-values[values < 0.0])
        lacking = negative @ negative.T
        self.slack = wanted + lacking
        self.primal = self._penalty * lacking

    def refutes(self, p: int) -> bool:
        """Whether what was reached proves that there are no p points without conflict."""
        certificate = self._dual.copy()
        np.fill_diagonal(certificate, (1.0 - _MARGIN) * p - 1.0)
        return positive_definite(certificate)

    def value(self) -> float:
        """How many points may be selected, as far as is known; up to rounding."""
        return self._limit - float(np.linalg.eigvalsh(self._dual)[0])

    def hopeless(self, p: int) -> bool:
        """Whether the bound is about to settle above p: primal and dual nearly agree that it does."""
        least = _HOPELESS * (self._limit - p)
        trace = float(np.trace(self.primal))
        agree = abs(trace - 1.0) < _FEASIBLE and abs(self.primal.sum() / trace - self._limit) < least
        return bool(agree) and self.value() - self._limit < least
