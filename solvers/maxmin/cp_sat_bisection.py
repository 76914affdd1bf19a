"""Bisection over distances, each answered by constraint programming, by OR-tools' CP-SAT."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from solvers.engines import cp_sat as engine
from solvers.engines.common import CP_SAT, Outcome
from solvers.engines.registration import with_version
from solvers.ranks.bisection import Verdict, bisect
from solvers.ranks.bracket import Bracket
from solvers.ranks.window import report_window
from solvers.registration import Guarantee, solver
from solvers.run import Run

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


def _load() -> None:
    engine.load()
    import solvers.kernels.clique_cover
    import solvers.kernels.farthest  # noqa: F401


def feasibility_model(
    ranks: NDArray[np.int32],
    p: int,
    t: int,
    hint: NDArray[np.intp],
    each_row: Callable[[], None] = lambda: None,
) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    """Ask for p points at pairwise rank >= t::

        exactly p of x_0 .. x_{n-1}
        at most one of x_i, i in C          every clique C of a cover of the pairs of rank < t

    The cover is `solvers.kernels.clique_cover.edge_clique_cover`.

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n), C-contiguous
        Ranks of the distances.
    p, t : int
        How many points; the rank asked about.
    hint : ndarray of int
        Points to try first.
    each_row : callable
        Called before each row, so that building can be stopped by an exception.

    Returns
    -------
    model, x
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    x = engine.points_of(model, len(ranks), p, hint)
    add_cliques(model, x, ranks, t, each_row)
    return model, x


def add_cliques(
    model: cp_model.CpModel,
    x: list[cp_model.IntVar],
    ranks: NDArray[np.int32],
    t: int,
    each_row: Callable[[], None],
) -> None:
    """Add a row for every clique of the cover of the pairs of rank < t; see `feasibility_model`."""
    from solvers.kernels.clique_cover import edge_clique_cover

    starts, members = edge_clique_cover(ranks, t, each_row)
    for first, end in itertools.pairwise(starts.tolist()):
        each_row()
        model.add_at_most_one(x[i] for i in members[first:end].tolist())


@solver(
    "cp-sat-bisection",
    objective="max-min",
    guarantee=Guarantee.EXACT,
    summary="bisection over distances, a feasibility problem with cliques each, by OR-tools' CP-SAT",
    prepare=_load,
    by_default=False,
    engine=CP_SAT,
    takes_start=True,
    takes_quotas=True,
    reference="Sayyady and Fathi 2016",
)
def cp_sat_bisection(run: Run) -> None:
    """Bisect between the greedy value and the degree bound with CP-SAT, hinted with the incumbent.

    Repeats exactly with one thread, as long as no time slice runs out; with several, the optimum does,
    the selection may not.  See `feasibility_model` for the formulation, `bisect` for the order of the
    probes.
    """
    instance = run.instance
    pairs = report_window(run)
    ranks = np.array(instance.ranks)
    probes = 0

    def probe(t: int, seconds: float) -> Verdict:
        nonlocal probes
        hint = pairs.start if run.selected is None else run.selected
        with run.building():
            model, x = feasibility_model(ranks, instance.p, t, hint, run.check_time)
            engine.add_quotas(model, x, instance.quota)
        probes += 1
        run.message = f"{probes} feasibility problems"
        return _decide(model, x, run, min(seconds, run.seconds_left()))

    bisect(Bracket(run, pairs.low, pairs.high), probe)


def _decide(model: cp_model.CpModel, x: list[cp_model.IntVar], run: Run, seconds: float) -> Verdict:
    """The verdict of CP-SAT on a feasibility model, within so many seconds."""
    answer = engine.decide(model, x, seconds, run.limits.threads, run.limits.seed)
    refuted = answer.outcome is Outcome.INFEASIBLE
    return Verdict(answer.chosen, refuted, with_version(CP_SAT))
