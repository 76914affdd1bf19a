"""The node packing program, a row for every pair that is too near, in Pyomo."""

from __future__ import annotations

from typing import Any

import numpy as np

from dispersion.instance import Instance
from solvers.engines.common import HIGHS
from solvers.engines.program import maximise, point_names
from solvers.engines.pyomo import handed_over, load
from solvers.engines.registration import DEFAULT_ENGINE, registry, with_version
from solvers.maxmin.node_packing import packing_model
from solvers.prover.conflicts import fewest_conflicts
from solvers.ranks.threshold import APART, threshold_ranks
from solvers.registration import Guarantee, solver
from solvers.run import Run


def _model(instance: Instance) -> Any:
    return packing_model(threshold_ranks(instance), APART)


@solver(
    "node-packing",
    objective="packing",
    guarantee=Guarantee.EXACT,
    summary="the node packing program with a row for every pair too near, through Pyomo",
    prepare=load,
    model=_model,
    engine=HIGHS,
    takes_start=True,
    reference="Sayyady and Fathi 2016",
)
def node_packing(run: Run, *, engine: str = DEFAULT_ENGINE, presolve: bool = True) -> None:
    """Solve the node packing program by branch and cut, started from the greedy selection.

    It is `solvers.maxmin.node_packing.packing_model`, which has the source, asked once: the largest
    independent set of the graph of pairs that are too near.  Rows of pairs are weak; engines find
    cliques among them.  One thread and one seed repeat exactly.
    """
    n, ranks = run.instance.n, threshold_ranks(run.instance)
    run.report_bound(float(n))
    run.report_incumbent(fewest_conflicts(ranks == 0))
    if run.proven():
        return  # there is no conflict, and HiGHS fails on a program without rows
    run.message = "out of time before the model was built"
    program = handed_over(run, engine, lambda check: packing_model(ranks, APART, check))
    by = with_version(registry[engine].label)

    def report_bound(value: float) -> None:
        if np.isfinite(value):
            run.report_bound(float(min(n, np.floor(value + 1e-6))), by)

    inside = set() if run.selected is None else set(run.selected.tolist())
    answer = maximise(
        run,
        program,
        report_bound,
        start={name: float(i in inside) for i, name in enumerate(point_names(n))},
        others=None,
        gap=0.9,  # counts are whole numbers
        presolve=presolve,
    )
    run.message = answer.effort
    report_bound(answer.bound)
