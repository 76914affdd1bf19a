"""The cutting plane method for distances of negative type: tangents, in HiGHS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from solvers.engines.common import HIGHS
from solvers.registration import Guarantee, solver
from solvers.run import Run
from solvers.sums.cuts import OuterApproximation, Vector, add_points, load, scale_for, top, weights_of
from solvers.sums.linear_algebra import Matrix
from solvers.sums.negative_type import require_negative_type
from solvers.sums.scaling import unit_of
from solvers.sums.start import report_start, start_at_least

if TYPE_CHECKING:
    import highspy


class _Tangents:
    """maximise theta subject to

        sum_i x_i = p
        theta <= f(y) + grad f(y)' (x - y) = (D y)' x - y' D y / 2        every y that was met
        0 <= x <= 1

    Parameters
    ----------
    distances : ndarray, shape (n, n)
        D, of negative type.
    p : int
        How many to choose.
    slack : float
        By how much a selection may lie above a tangent, for rounding.
    scale : float
        What values are multiplied by in the model.
    """

    def __init__(self, distances: Matrix, p: int, slack: float, scale: float) -> None:
        self._distances, self._p, self._slack = distances, p, slack
        self.scale = scale
        self._slopes: list[Vector] = []
        self._heights: list[float] = []
        self._rows: list[int] = []

    def build(self, engine: highspy.Highs) -> None:
        add_points(engine, np.zeros(len(self._distances)), self._p)
        engine.addVar(-np.inf, np.inf)
        engine.changeColCost(len(self._distances), 1.0)

    def cut(self, engine: highspy.Highs, x: Vector) -> None:
        slope = self._distances @ x
        height = self._slack - float(x @ slope) / 2.0
        self._rows.append(engine.getNumRow())
        self._slopes.append(slope)
        self._heights.append(height)
        n = len(x)
        entries = np.append(-self.scale * slope, 1.0)
        engine.addRow(-np.inf, self.scale * height, n + 1, np.arange(n + 1, dtype=np.int32), entries)

    def proven(self, engine: highspy.Highs) -> float:
        weights = weights_of(engine, self._rows)
        return float(weights @ self._heights) + top(weights @ np.array(self._slopes), self._p)

    def start(self, selected: NDArray[np.intp]) -> Vector:
        columns = np.zeros(len(self._distances) + 1)
        columns[selected] = 1.0
        columns[-1] = self.scale * (self._distances[np.ix_(selected, selected)].sum() / 2.0)
        return columns


@solver(
    "tangent",
    objective="max-sum",
    guarantee=Guarantee.EXACT,
    summary="cutting planes for distances of negative type (Euclidean ones), by tangents, in HiGHS",
    prepare=load,
    by_default=False,
    engine=HIGHS,
    takes_start=True,
    takes_quotas=True,
    reference="Spiers, Bui and Loxton 2023",
)
def tangent(run: Run) -> None:
    """Cut off what lies above a tangent, first in the linear relaxation, then with x binary.

    Needs distances of negative type, as Euclidean ones are: then the sum of the selected distances is
    concave on sum x = p and lies below its tangents.  That is checked by a Cholesky factorisation; a
    matrix that fails is refused.  One HiGHS model gets all cuts: Kelley's method until it stalls, then
    a MILP, in every round a cut at what the MILP found and one at the maximum of the LP.  The bound of
    an LP is computed from its multipliers, so it holds to rounding; that of a MILP only within HiGHS'
    tolerances: it is raised by a relative 1e-6, and if it is what closes the bracket, the message says
    so.  One thread and one seed repeat exactly.

    Source: Spiers, Bui and Loxton, "An exact cutting plane method for the Euclidean max-sum diversity
    problem", European Journal of Operational Research 311, 2023.  Theirs adds cuts in the callbacks
    of one search tree, which HiGHS has not; solving again, the LP phase and the tabu start are ours.

    Raises
    ------
    NotApplicableError
        The distances are not of negative type.
    """
    instance = run.instance
    with start_at_least(run):
        slack = require_negative_type(run)
    if report_start(run):
        unit = unit_of(instance.distances)
        scaled = instance.distances * unit
        OuterApproximation(
            run, _Tangents(scaled, instance.p, slack * unit, scale_for(run, unit)), unit
        ).close()
