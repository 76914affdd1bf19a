"""Models in Pyomo whose objective is the rank, solved by an engine from the greedy selection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from solvers.engines import pyomo
from solvers.engines.program import maximise, point_names
from solvers.engines.pyomo import EachRow
from solvers.engines.registration import DEFAULT_ENGINE, registry, with_version
from solvers.ranks.window import Window
from solvers.run import Run


def load(*, engine: str = DEFAULT_ENGINE) -> None:
    """Import Pyomo and look for the engine, and compile what the start needs."""
    pyomo.load(engine=engine)
    import solvers.kernels.farthest  # noqa: F401


def solve_rank_model(
    run: Run,
    pairs: Window,
    build: Callable[[EachRow], Any],
    start: Mapping[str, float],
    engine: str,
    presolve: bool,
) -> None:
    """Build a Pyomo model whose objective is the rank, and solve it from the greedy selection.

    Ranks are whole numbers, so no small tolerance of an engine confuses two distances; the value is
    looked up, and recomputed from the selection.  The bound still rests on the engine, and is labelled
    with its version: HiGHS 1.13.1 reported bounds below values that were attained.  One thread and one
    seed repeat exactly.

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
    engine : str
        Which one.
    presolve : bool
        Whether it simplifies the model first.
    """
    n, levels, by = run.instance.n, run.instance.levels, with_version(registry[engine].label)
    run.message = "out of time before the model was built"
    program = pyomo.handed_over(run, engine, build)
    names = point_names(n)
    at_start = {names[i]: 1.0 for i in pairs.start}

    def report_bound(value: float) -> None:
        if np.isfinite(value):
            rank = min(pairs.high, max(0, int(np.floor(value + 1e-6))))
            run.report_bound(float(levels[rank]), by)

    answer = maximise(
        run,
        program,
        report_bound,
        start={**at_start, **start},
        others=0.0,
        gap=0.9,  # ranks are whole numbers
        presolve=presolve,
    )
    report_bound(answer.bound)
    run.message = answer.effort
