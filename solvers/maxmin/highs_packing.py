"""Node packing with clique rows, from arrays straight into HiGHS."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dispersion.quotas.quota import Quotas
from solvers.engines import highs
from solvers.engines.common import HIGHS
from solvers.engines.mip.highs import HighsProgram
from solvers.engines.registration import with_version
from solvers.ranks.bisection import Decider, Verdict, bisect
from solvers.ranks.bracket import Bracket
from solvers.ranks.packings import pack
from solvers.ranks.window import report_window
from solvers.registration import Guarantee, solver
from solvers.run import Run

if TYPE_CHECKING:
    import highspy


def _load() -> None:
    highs.load()
    import solvers.kernels.clique_cover
    import solvers.kernels.farthest  # noqa: F401


def clique_packing(
    ranks: NDArray[np.int32],
    p: int,
    t: int,
    look: Callable[[], None] = lambda: None,
    quotas: Quotas = (),
) -> highspy.Highs:
    """Pack p points at pairwise rank >= t, in HiGHS.

    maximise sum_i x_i subject to::

        sum_{i in C} x_i <= 1          every clique C of a cover of the pairs of rank < t
        sum_i x_i >= p
        x binary

    The model of Sayyady and Fathi 2016 (see `packing_model`) with fewer and stronger rows: the edge
    clique cover of `solvers.kernels.clique_cover`.  The row that asks for p makes every branch whose
    bound is lower infeasible at once.

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n), C-contiguous
        Ranks of the distances.
    p, t : int
        How many points; the rank asked about.
    look : callable
        Called every few milliseconds, so that building can be stopped by an exception.
    quotas : tuple of Quota
        How many points of each group are chosen; then exactly p are.

    Returns
    -------
    highspy.Highs
        Its first n columns are the points; 0.04 s at n = 512.
    """
    from solvers.kernels.clique_cover import edge_clique_cover

    n = len(ranks)
    starts, members = edge_clique_cover(ranks, t, look)
    rows = len(starts) - 1
    points = np.arange(n, dtype=np.int32)
    engine = highs.counting_engine(n)
    engine.addRows(
        rows,
        np.full(rows, -np.inf),
        np.ones(rows),
        len(members),
        starts[:-1].astype(np.int32),
        members.astype(np.int32),
        np.ones(len(members)),
    )
    engine.addRow(float(p), float(p) if quotas else np.inf, n, points, np.ones(n))
    highs.add_quotas(engine, quotas)
    return engine


@solver(
    "highs-packing",
    objective="max-min",
    guarantee=Guarantee.EXACT,
    summary="bisection over distances, a clique-strengthened node packing each, straight in HiGHS",
    prepare=_load,
    by_default=False,
    engine=HIGHS,
    takes_start=True,
    takes_quotas=True,
    reference="Sayyady and Fathi 2016",
)
def highs_packing(run: Run) -> None:
    """Bisect between the greedy value and the degree bound with clique packings in HiGHS.

    The method of `node-packing` after two steps of craft: clique rows in place of pair rows, and
    arrays in place of a modelling language.

    One thread and one seed repeat exactly, as long as no time slice runs out.  See `clique_packing`
    for the formulation, `bisect` for the order of the probes.
    """
    pairs = report_window(run)
    bisect(Bracket(run, pairs.low, pairs.high), clique_packings(run))


def clique_packings(run: Run) -> Decider:
    """What answers whether p points are at a rank: a clique packing in HiGHS."""
    instance = run.instance
    ranks = np.array(instance.ranks)
    columns = np.arange(instance.n)
    probes = 0

    def probe(t: int, seconds: float) -> Verdict:
        nonlocal probes
        with run.building():
            model = clique_packing(ranks, instance.p, t, run.check_time, instance.quota)
        probes += 1
        run.message = f"{probes} packings"
        program = HighsProgram(model, columns)
        return pack(program, run, min(seconds, run.seconds_left()), with_version(HIGHS))

    return probe
