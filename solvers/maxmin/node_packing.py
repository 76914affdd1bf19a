"""A node packing program for every rank that bisection asks about, in Pyomo."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.instance import Instance
from solvers.engines.common import HIGHS
from solvers.engines.pyomo import EachRow, handed_over
from solvers.engines.registration import DEFAULT_ENGINE, registry, with_version
from solvers.ranks.bisection import Verdict, bisect
from solvers.ranks.bracket import Bracket
from solvers.ranks.packings import pack
from solvers.ranks.rank_models import load
from solvers.ranks.window import in_pieces, report_window, window
from solvers.registration import Guarantee, solver
from solvers.run import Run


def packing_model(ranks: NDArray[np.int32], t: int, each_row: EachRow = lambda: None) -> Any:
    """The largest set of points that are pairwise at rank >= t.

    maximise sum_i x_i subject to::

        x_i + x_j <= 1          pairs of rank < t
        x binary

    p points can be chosen at rank t if and only if its optimum is at least p.

    Source: Sayyady and Fathi, "An integer programming approach for solving the p-dispersion problem",
    European Journal of Operational Research 253(1), 2016.

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n)
        Ranks of the distances.
    t : int
        The rank asked about.
    each_row : callable
        Called before each pair's row, so that building can be stopped by an exception.

    Returns
    -------
    pyomo.environ.ConcreteModel
        With variables ``x[0..n-1]``.
    """
    import pyomo.environ as pyo

    n = len(ranks)
    model = pyo.ConcreteModel("node-packing")
    model.x = pyo.Var(range(n), domain=pyo.Binary)
    model.packed = pyo.Objective(expr=pyo.quicksum(model.x[i] for i in range(n)), sense=pyo.maximize)
    model.exclude = pyo.ConstraintList()
    i, j = np.triu_indices(n, k=1)
    apart = ranks[i, j] >= t
    for a, b in in_pieces(np.column_stack([i, j])[~apart]):
        each_row()
        model.exclude.add(model.x[a] + model.x[b] <= 1)
    return model


def _model(instance: Instance) -> Any:
    return packing_model(instance.ranks, window(instance).low + 1)


@solver(
    "node-packing",
    objective="max-min",
    guarantee=Guarantee.EXACT,
    summary="bisection over distances, a node packing program each, through Pyomo",
    prepare=load,
    by_default=False,
    model=_model,
    engine=HIGHS,
    takes_start=True,
    takes_quotas=True,
    reference="Sayyady and Fathi 2016",
)
def node_packing(run: Run, *, engine: str = DEFAULT_ENGINE, presolve: bool = True) -> None:
    """Bisect between the greedy value and the degree bound with maximum node packing programs.

    As published: bisection over distances, each answered by a maximum packing.  Ours: ranks; the ends
    it starts from; that a packing is stopped once p points are packed or its bound is below p; that
    it continues from the distance its points realise; and the time slices (see `bisect`).

    One thread and one seed repeat exactly, as long as no slice runs out.  See `packing_model`.
    """
    ranks = run.instance.ranks
    pairs = report_window(run)
    by = with_version(registry[engine].label)
    probes = 0

    def probe(t: int, seconds: float) -> Verdict:
        nonlocal probes
        program = handed_over(run, engine, lambda check: packing_model(ranks, t, check))
        probes += 1
        run.message = f"{probes} packings"
        return pack(program, run, min(seconds, run.seconds_left()), by, presolve)

    bisect(Bracket(run, pairs.low, pairs.high), probe)
