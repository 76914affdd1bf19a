"""Outer approximation in HiGHS: one model that gets cuts, solved as LP and as MILP in turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from solvers.engines import highs
from solvers.engines.common import HIGHS, Outcome
from solvers.engines.registration import with_version
from solvers.run import Run
from solvers.sums.swaps import compile_swaps
from solvers.sums.tolerances import TOLERANCE, report_bound, report_engine_bound, word_on

if TYPE_CHECKING:
    import highspy

Vector = NDArray[np.float64]

_VALUE = 1e4  # of the incumbent in the model: HiGHS' absolute tolerances are then small
_PROGRESS = 0.05  # of the gap: less than that in _STALLED rounds ends the LP phase
_STALLED = 20  # rounds, of MILPs too: those that find no new selection and no better bound
_LP_SHARE = 0.5  # of the time
_COARSE = 0.2  # of the gap: how exactly a MILP is solved, as its cuts are not final anyway


def load() -> None:
    """Import HiGHS and compile what the start needs."""
    highs.load()
    compile_swaps()


class Concave(Protocol):
    """A concave function of selections as the infimum of its tangents.

    The first n columns of its model are the points, 0 <= x <= 1, sum x = p; the objective, to be
    maximised, is the function or more.
    """

    scale: float  #: what values are multiplied by in the model

    def build(self, engine: highspy.Highs) -> None:
        """Add the columns and rows that stand from the start."""

    def cut(self, engine: highspy.Highs, x: Vector) -> None:
        """Add the rows of the tangent at x, which must sum to p: the function is concave only there."""

    def proven(self, engine: highspy.Highs) -> float:
        """The bound that the row multipliers of a solved LP prove, up to rounding."""

    def start(self, selected: NDArray[np.intp]) -> Vector:
        """The columns at a selection."""


class OuterApproximation:
    """One run of the method.

    Parameters
    ----------
    run : Run
        What to solve.
    function : Concave
        The sum, of the distances times `unit`.
    unit : float
        A power of two, from `solvers.sums.scaling.unit_of`.
    """

    def __init__(self, run: Run, function: Concave, unit: float = 1.0) -> None:
        self.run, self.function, self._unit = run, function, unit
        self._best = np.inf if run.bound is None else run.bound  # proven, or reported by HiGHS
        self._word = ""  # remark on the bound, if HiGHS reported it
        self._selections: set[bytes] = set()  # selections that MILPs found, all of them cut at
        self.engine = highs.silent_engine(maximise=True)
        self.rounds = [0, 0]
        self._points = np.arange(run.instance.n, dtype=np.int32)
        function.build(self.engine)
        highs.add_quotas(self.engine, run.instance.quota)
        options = {"mip_abs_gap": 1e-7, "presolve": "off"}  # which gains nothing, and ignores the clock
        highs.limit(self.engine, run.limits.threads, run.limits.seed, **options)

    def close(self) -> None:
        """Cut and solve until incumbent and bound meet, or time is up."""
        self._cut_at_selection()
        self._linear_phase()
        idle = 0
        while not self.run.proven() and self.run.seconds_left() > 0.0 and idle < _STALLED:
            known, best = len(self._selections), self._best
            self._integer_round()
            idle = idle + 1 if (len(self._selections), self._best) == (known, best) else 0
        lp, milp = self.rounds
        self.run.message = f"{lp} LPs, {milp} MILPs, {self.engine.getNumRow()} rows"
        if self._word:
            self.run.message += f"; {self._word}"
        if idle == _STALLED:
            self.run.message += "; stopped, as further cuts are lost in rounding"

    def _cut_at_selection(self) -> None:
        x = np.zeros(self.run.instance.n)
        x[self.run.selected] = 1.0
        self.function.cut(self.engine, x)

    def _linear_phase(self) -> None:
        """Kelley's method: cut where the linear relaxation is at its maximum, and solve it again."""
        run, bounds = self.run, [np.inf]
        enough = (1.0 - _LP_SHARE) * run.seconds_left() if np.isfinite(run.seconds_left()) else 0.0
        while run.seconds_left() > enough:
            bound = self._linear_round()
            if bound is None or self._report(bound):
                return
            bounds.append(min(bound, bounds[-1]))
            before = bounds[max(0, len(bounds) - 1 - _STALLED)]
            if before - bounds[-1] < _PROGRESS * (bounds[-1] - (run.objective or 0.0)):
                return

    def _linear_round(self) -> float | None:
        """Solve the LP and cut at its maximum; the bound it proves, `None` if there was no time."""
        if not self._solve():
            return None
        self.rounds[0] += 1
        x = np.clip(np.asarray(self.engine.getSolution().col_value)[: len(self._points)], 0.0, 1.0)
        bound = self.function.proven(self.engine) / self._unit
        self.function.cut(self.engine, x + (self.run.instance.p - x.sum()) / len(x))
        self._best = min(self._best, bound)
        return bound

    def _integer_round(self) -> None:
        """Solve the MILP, cut at what it found, and cut where the LP is then at its maximum."""
        run, engine = self.run, self.engine
        self._demand(integral=True)
        self._start()
        share = 1.0 - (run.objective or 0.0) / self._best if self._best > 0.0 else 0.0
        engine.setOptionValue("mip_rel_gap", _COARSE * max(0.0, share))
        self.rounds[1] += 1
        self._solve(integral=True)
        bound = highs.dual_bound(engine) / self.function.scale / self._unit  # a cut would reset it
        values = highs.best_values(engine)
        if values is not None:
            x = (values[: len(self._points)] > 0.5).astype(np.float64)
            run.report_incumbent(np.flatnonzero(x))
            self.function.cut(engine, x)
            self._selections.add(x.tobytes())
        if np.isfinite(bound):
            self._hear(bound)
        self._demand(integral=False)
        if not run.proven() and run.seconds_left() > 0.0:
            relaxed = self._linear_round()
            if relaxed is not None:
                self._report(relaxed)

    def _report(self, bound: float) -> bool:
        """Report the bound of an LP; returns whether it closes the bracket."""
        before = self.run.bound
        closed = report_bound(self.run, bound, "tangents")
        if self.run.bound != before:
            self._word = ""
        return closed

    def _hear(self, bound: float) -> None:
        """Report the bound of a MILP; it closes the bracket if cuts can hardly improve on it."""
        run = self.run
        self._best = min(self._best, bound)
        closed = self._best <= (run.objective or 0.0) * (1.0 + TOLERANCE)
        before = run.bound
        if report_engine_bound(run, bound, with_version(HIGHS), closed=closed):
            self._word = word_on(HIGHS, closed=True)
        elif run.bound != before:
            self._word = word_on(HIGHS, closed=False)

    def _demand(self, *, integral: bool) -> None:
        kinds = np.full(len(self._points), int(integral), dtype=np.uint8)
        self.engine.changeColsIntegrality(len(self._points), self._points, kinds)

    def _start(self) -> None:
        if self.run.selected is not None:
            highs.start_from(self.engine, self.function.start(self.run.selected))

    def _solve(self, *, integral: bool = False) -> bool:
        """Run HiGHS in the time left; returns whether it solved the model."""
        outcome = highs.optimise(self.engine, self.run.seconds_left(), linear=not integral)
        return outcome is Outcome.OPTIMAL


def scale_for(run: Run, unit: float = 1.0) -> float:
    """The scale that makes the incumbent worth 10,000, so that HiGHS' absolute tolerances are small."""
    return _VALUE / (run.objective * unit) if run.objective else 1.0


def add_points(engine: highspy.Highs, costs: Vector, p: int) -> None:
    """Add n columns in [0, 1] with these costs, and the row that p of them are chosen."""
    n = len(costs)
    engine.addVars(n, np.zeros(n), np.ones(n))
    engine.changeColsCost(n, np.arange(n, dtype=np.int32), costs)
    engine.addRow(float(p), float(p), n, np.arange(n, dtype=np.int32), np.ones(n))


def top(values: Vector, p: int) -> float:
    """The sum of the p largest."""
    return float(np.partition(values, len(values) - p)[len(values) - p :].sum())


def weights_of(engine: highspy.Highs, rows: Sequence[int]) -> Vector:
    """The multipliers of rows of a solved LP, none negative, made to sum to 1."""
    duals = np.maximum(np.asarray(engine.getSolution().row_dual)[np.asarray(rows, dtype=np.intp)], 0.0)
    total = float(duals.sum())
    if total <= 0.0:
        return np.full(len(rows), 1.0 / len(rows))
    weights: Vector = duals / total
    return weights
