"""The compact formulation of Sayah and Irnich, written in Pyomo."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.instance import Instance
from solvers.engines.common import HIGHS
from solvers.engines.pyomo import EachRow
from solvers.engines.registration import DEFAULT_ENGINE
from solvers.ranks.rank_models import load, solve_rank_model
from solvers.ranks.window import Window, in_pieces, report_window, window
from solvers.registration import Guarantee, solver
from solvers.run import Run

_ROW_SECONDS = 5e-6  # that Pyomo takes to make a row, at the very least
_LONGEST_CHAIN = 20_000  # of binaries that imply each other; 95,000 overflow the stack of HiGHS


def _load(*, engine: str = DEFAULT_ENGINE) -> None:
    load(engine=engine)
    import solvers.kernels.clique_cover  # noqa: F401


def compact_model(
    ranks: NDArray[np.int32], p: int, pairs: Window, each_row: EachRow = lambda: None
) -> Any:
    """One binary for every rank of the window: is it reached?

    maximise low + sum_{low < k <= high} z_k subject to::

        sum_i x_i = p
        z_{k+1} <= z_k
        sum_{i in C} x_i <= 1                    every clique C of a cover of the pairs below low
        sum_{i in A + B} x_i + z_{k+1} <= 2      every pair of rank k, low <= k < high
        x, z binary (z may be continuous, and is beyond 20,000 ranks: x decides its value)

    where A and B are cliques of pairs below low, each through one end of the pair, and no two of
    their points are farther apart than the pair is.

    As published: the binaries, their order, a row ``x_i + x_j + z_{k+1} <= 2`` for every pair, and
    few ranks thanks to a greedy value (theirs is a greedy packing, ours takes farthest points) and
    the degree bound.  Published, but not implemented here: cuts by cliques C of pairs of rank at most
    k, ``sum_{i in C} x_i + (|C| - 1) z_{k+1} <= |C|``, separated greedily from the linear relaxation.
    Ours: every pair row is lifted to two cliques before the start, which dominates the published row
    because A and B only add to its left side; pairs below low are covered by cliques; and ranks, so
    that every z is worth 1, where in the paper it is worth the step between two distances.

    Source: Sayah and Irnich, "A new compact formulation for the discrete p-dispersion problem",
    European Journal of Operational Research 256(1), 2017, as far as it is known from its
    abstract and from a public implementation.

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n), C-contiguous
        Ranks of the distances.
    p : int
        How many points to choose.
    pairs : Window
        The pairs to model.
    each_row : callable
        Called before each row, so that building can be stopped by an exception.

    Returns
    -------
    pyomo.environ.ConcreteModel
        With variables ``x[0..n-1]`` and ``z[low..high]``, of which ``z[low]`` is 1 and carries low.
    """
    import pyomo.environ as pyo

    from solvers.kernels.clique_cover import clique_pair, edge_clique_cover

    n, low, high = len(ranks), pairs.low, pairs.high
    model = pyo.ConcreteModel("compact")
    model.x = pyo.Var(range(n), domain=pyo.Binary)
    binary = high - low <= _LONGEST_CHAIN
    model.z = pyo.Var(
        range(low, high + 1), domain=pyo.Binary if binary else pyo.UnitInterval, dense=False
    )
    steps = 0
    for k in range(low, high + 1):
        each_row()
        steps += model.z.add(k) if k > low else low * model.z.add(k)
    model.z[low].setlb(1)
    model.value = pyo.Objective(expr=steps, sense=pyo.maximize)
    model.choose = pyo.Constraint(expr=pyo.quicksum(model.x[i] for i in range(n)) == p)
    model.order = pyo.ConstraintList()
    for k in range(low, high):
        each_row()
        model.order.add(model.z[k + 1] - model.z[k] <= 0)
    model.exclude = pyo.ConstraintList()
    starts, members = edge_clique_cover(ranks, low, each_row)
    for first, end in itertools.pairwise(starts.tolist()):
        each_row()
        model.exclude.add(pyo.quicksum(model.x[i] for i in members[first:end].tolist()) <= 1)
    model.cap = pyo.ConstraintList()
    for i, j, rank in in_pieces(pairs.within):
        each_row()
        both = clique_pair(ranks, low, i, j).tolist()
        model.cap.add(pyo.quicksum(model.x[v] for v in both) + model.z[rank + 1] <= 2)
    return model


def _model(instance: Instance) -> Any:
    return compact_model(np.array(instance.ranks), instance.p, window(instance))


@solver(
    "compact",
    objective="max-min",
    guarantee=Guarantee.EXACT,
    summary="the compact program of Sayah and Irnich, a binary per distance, with cliques",
    prepare=_load,
    by_default=False,
    model=_model,
    engine=HIGHS,
    takes_start=True,
    takes_quotas=True,
    reference="Sayah and Irnich 2017",
)
def compact(run: Run, *, engine: str = DEFAULT_ENGINE, presolve: bool = False) -> None:
    """Solve the compact model by an engine's branch and cut, started from the greedy selection.

    Presolving takes longer in HiGHS than it saves, and does not look at the clock.  One thread and one
    seed repeat exactly.  See `compact_model` for the formulation, what of it is published and what is
    ours.
    """
    p, ranks = run.instance.p, np.array(run.instance.ranks)
    pairs = report_window(run)
    if not run.proven():
        rows = pairs.high - pairs.low + len(pairs.within)
        run.check_time(_ROW_SECONDS * rows, f"a model of {rows:,} rows")
        solve_rank_model(
            run,
            pairs,
            lambda check: compact_model(ranks, p, pairs, check),
            {f"z({pairs.low})": 1.0},
            engine,
            presolve,
        )
