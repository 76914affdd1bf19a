"""Models in Pyomo whose objective is the rank, solved by HiGHS from the greedy selection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from solvers.engines import highs, pyomo
from solvers.engines.common import HIGHS, with_version
from solvers.engines.pyomo import EachRow
from solvers.ranks.window import Window
from solvers.run import Run


def load() -> None:
    """Import Pyomo and HiGHS, and compile what the start needs."""
    pyomo.load()
    import solvers.kernels.farthest  # noqa: F401


def solve_rank_model(
    run: Run,
    pairs: Window,
    build: Callable[[EachRow], Any],
    start: Mapping[str, float],
    presolve: bool = True,
) -> None:
    """Build a Pyomo model whose objective is the rank, and solve it from the greedy selection.

    Ranks are whole numbers, so no small tolerance of HiGHS confuses two distances; the value is looked
    up, and recomputed from the selection.  The bound still rests on HiGHS, and is labelled with its
    version: 1.13.1 reported bounds below values that were attained.  One thread and one seed repeat
    exactly.

    Parameters
    ----------
    run : Run
        What to solve, and where incumbents and bounds go as they are found.
    pairs : Window
        Where the selection to start from, and the highest rank, are taken from.
    build : callable
        Makes the model; has the variables ``x[0..n-1]``.
    start : mapping of str to float
        What other columns of the LP file are worth at the start; 0 if not named.
    presolve : bool
        Whether HiGHS simplifies the model first.
    """
    n, levels = run.instance.n, run.instance.levels
    run.message = "out of time before the model was built"
    engine = pyomo.handed_over(run, build)
    columns = pyomo.point_columns(engine, n)
    values = np.zeros(engine.getNumCol())
    values[columns[pairs.start]] = 1.0
    for name, value in start.items():
        values[engine.getColByName(name)[1]] = value
    highs.start_from(engine, values)

    def report_bound(value: float) -> None:
        if np.isfinite(value):
            rank = min(pairs.high, max(0, int(np.floor(value + 1e-6))))
            run.report_bound(float(levels[rank]), with_version(HIGHS))

    options = {"presolve": "on" if presolve else "off", "mip_abs_gap": 0.9}  # ranks are whole numbers
    highs.maximise(run, engine, columns, report_bound, **options)
    report_bound(highs.dual_bound(engine))
    run.message = highs.effort(engine)
