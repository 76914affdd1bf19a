"""Branch and bound on a quadratic convex reformulation: the strongest exact method here."""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from solvers.registration import Guarantee, solver
from solvers.run import Run
from solvers.sums.concave_bounds import Relaxation, ScaledRun, Signs, relaxation_of
from solvers.sums.prices import priced
from solvers.sums.reformulation import Quadratic, Vector, excess_of
from solvers.sums.scaling import unit_of
from solvers.sums.start import report_start
from solvers.sums.swaps import compile_swaps

_ROOT_STEPS, _NODE_STEPS = 2000, 20  # of the ascent, times the number of points
_MEMORY = 1_000_000_000  # bytes for open nodes, of 5 n and some each
_INTEGRAL = 1e-9  # from 0 or 1
_WORTH = 0.02  # of the points: that many fixed anew are worth another diagonal


def _load() -> None:
    compile_swaps()
    import solvers.kernels.concave  # noqa: F401


def _report(run: Run, problem: Quadratic, inside: NDArray[np.bool_]) -> None:
    """Report what was already chosen with some of what is left, if that meets the quotas."""
    selected = np.concatenate([problem.taken, problem.points[inside]])
    if all(quota.met(selected) for quota in run.instance.quota):
        run.report_incumbent(selected)


def _reduce(bracket: ScaledRun, problem: Quadratic) -> tuple[Relaxation, Vector] | None:
    """Fix points and find new diagonals in turn, until that ends; `None` if it closes the bracket."""
    run = bracket.run
    while True:
        n = len(problem.linear)
        if problem.p in (0, n):
            _report(run, problem, np.full(n, problem.p == n))
            bracket.report_bound(bracket.floor())
            return None
        relaxation, x = relaxation_of(problem, bracket)
        fixed = np.zeros(n, dtype=np.int8)
        bound = relaxation.bound(fixed, x, bracket.floor(), _ROOT_STEPS)
        if bracket.report_bound(max(bound, bracket.floor())):
            return None
        run.check_time()
        count = int((fixed != 0).sum())
        if count == 0:
            return relaxation, x
        problem = problem.reduced(fixed)
        if count < _WORTH * n:
            free = fixed == 0
            shift, x = relaxation.shift[free], x[free]
            excess = excess_of(problem.matrix, shift)
            if excess is not None and 0 < problem.p < len(x):
                return Relaxation(run, problem, shift, excess), x


class _Tree:
    """Best-first branch and bound: the open nodes by bound."""

    def __init__(self, bracket: ScaledRun, relaxation: Relaxation) -> None:
        self.run, self.bracket, self.relaxation = bracket.run, bracket, relaxation
        self.nodes = 0
        self.open: list[tuple[float, int, Signs, NDArray[np.float32]]] = []
        self._most_open = _MEMORY // (5 * len(relaxation.shift) + 200)

    def visit(self, fixed: Signs, x: Vector, bound: float) -> None:
        """Bound a node; keep it if it is open, report it if it is a selection."""
        self.nodes += 1
        if not self._can_meet(fixed):
            return
        problem, floor = self.relaxation.problem, self.bracket.floor()
        bound = min(bound, self.relaxation.bound(fixed, x, floor, _NODE_STEPS))
        if bound <= floor:
            return
        if (np.minimum(x, 1.0 - x) < _INTEGRAL).all():
            _report(self.run, problem, x > 0.5)
        if (fixed != 0).all():
            return
        heapq.heappush(self.open, (-bound, self.nodes, fixed, x.astype(np.float32)))

    def _can_meet(self, fixed: Signs) -> bool:
        """Whether no group has too many points already, or too few that are left."""
        problem = self.relaxation.problem
        chosen = np.concatenate([problem.taken, problem.points[fixed == 1]])
        left = np.concatenate([chosen, problem.points[fixed == 0]])
        return all(
            quota.count(chosen) <= quota.most and quota.count(left) >= quota.least
            for quota in self.run.instance.quota
        )

    def branch(self) -> None:
        """Split the open node of the largest bound at the point whose rounding costs most.

        Moving x_i to a side costs about the square of the way times the curvature; x (1 - x) stands
        for both sides.
        """
        negative, _, fixed, start = heapq.heappop(self.open)
        middle = start.astype(np.float64)
        cost = middle * (1.0 - middle) * self.relaxation.curvature
        point = int(np.where(fixed == 0, cost, -1.0).argmax())
        for side in (1, -1):
            child, x = fixed.copy(), middle.copy()
            child[point] = side
            self.visit(child, x, -negative)

    def search(self, x: Vector) -> None:
        """Until the bracket is closed, time is up, or too many nodes are open."""
        run, bracket = self.run, self.bracket
        self.visit(np.zeros(len(x), dtype=np.int8), x, np.inf)
        while self.open and run.seconds_left() > 0.0 and len(self.open) < self._most_open:
            bound = -self.open[0][0]
            if bound <= bracket.floor():
                self.open.clear()
                break
            if bracket.worth_reporting(bound):
                bracket.report_bound(bound)
            self.branch()
        self._close()

    def _close(self) -> None:
        run, floor = self.run, self.bracket.floor()
        self.bracket.report_bound(max(-self.open[0][0], floor) if self.open else floor)
        problem = self.relaxation.problem
        run.message = f"{self.nodes} nodes, {len(problem.linear)} of {run.instance.n} points undecided"
        if len(self.open) >= self._most_open:
            run.message += (
                f"; stopped with {len(self.open)} open nodes, the most that fit into the memory allowed"
            )


@solver(
    "qcr",
    objective="max-sum",
    guarantee=Guarantee.EXACT,
    summary="branch and bound on a concave reformulation with the best diagonal, from tabu search",
    prepare=_load,
    takes_start=True,
    takes_quotas=True,
    reference="Billionnet, Elloumi and Plateau 2009",
)
def qcr(run: Run) -> None:
    """Tabu search, the best concave reformulation, points fixed by its tangent, branch and bound.

    Since ``x_i^2 = x_i``, a diagonal may be added to the matrix; the best one that leaves the sum
    concave on sum x = p is found by an interior-point method (up to 700 undecided points, else a
    multiple of the identity), so any symmetric matrix will do.  The tangent at the relaxation's
    optimum fixes the points whose other side cannot beat the incumbent; the rest is reformulated
    anew, and then searched best-first, with the relaxation of each node begun at its parent's.

    Every bound is a tangent's, computed from the gradient, and holds whether or not the relaxation was
    solved; concavity is proven by a Cholesky factorisation, and rounding is allowed for.  A relative
    1e-9 counts as equal: an optimal answer is exceeded by no more.  One seed repeats exactly unless the
    time limit cuts the start short; one thread.  Linear algebra cannot be interrupted: none is begun
    without time for it, some seconds for 2,000 points.

    Under quotas the points get other weights first, by prices of the quotas (see
    `solvers.sums.prices`), and nodes that cannot meet them are dropped.

    Sources: Billionnet and Elloumi, "Using a mixed integer quadratic programming solver for the
    unconstrained quadratic 0-1 problem", Mathematical Programming 109, 2007; Billionnet, Elloumi and
    Plateau, Discrete Applied Mathematics 157, 2009 (with the equations multiplied in, which here is
    the plane).  The interior-point method on x and diagonal at once, and the nodes, are ours.
    """
    instance = run.instance
    if not report_start(run):
        return
    run.message = "out of time before the search"
    unit = unit_of(instance.distances)
    bracket = ScaledRun(run, unit)
    problem = Quadratic.of(instance.distances * unit, instance.p)
    if instance.quota:
        problem = priced(problem, instance.quota, bracket)
    rest = _reduce(bracket, problem)
    run.message = "closed at the root" if rest is None else run.message
    if rest is not None:
        run.check_time()
        relaxation, x = rest
        _Tree(bracket, relaxation).search(x)
