"""Tests of how HiGHS is run: endings, limits, callbacks, and what is read off afterwards."""

from __future__ import annotations

import threading

import highspy
import numpy as np
import pytest

from dispersion import EngineError, Instance
from solvers.engines import highs
from solvers.engines.common import Outcome
from solvers.engines.mip.highs import HighsProgram
from solvers.engines.program import maximise
from solvers.run import Limits, Run


def conflicts(n: int, seed: int = 0, density: float = 0.5) -> highspy.Highs:
    """As many of n points as possible, of some random pairs at most one: hard for larger n."""
    engine = highs.counting_engine(n)
    rng = np.random.default_rng(seed)
    for i in range(n):
        for j in range(i):
            if rng.random() < density:
                engine.addRow(-np.inf, 1.0, 2, np.array([j, i], dtype=np.int32), np.ones(2))
    return engine


def demanding(engine: highspy.Highs, n: int, p: int) -> highspy.Highs:
    """With at least p of the n points."""
    engine.addRow(float(p), np.inf, n, np.arange(n, dtype=np.int32), np.ones(n))
    return engine


def test_a_solved_model_has_values_and_a_bound():
    """Of a path of three points the two ends are chosen."""
    engine = highs.counting_engine(3)
    for pair in ([0, 1], [1, 2]):
        engine.addRow(-np.inf, 1.0, 2, np.array(pair, dtype=np.int32), np.ones(2))
    highs.limit(engine, threads=1, seed=0)
    assert highs.optimise(engine, 60.0) is Outcome.OPTIMAL
    assert highs.best_values(engine).round().tolist() == [1.0, 0.0, 1.0]
    assert highs.dual_bound(engine) == pytest.approx(2.0)
    assert highs.effort(engine).endswith("3 columns, 2 rows")


def test_infeasible_is_an_answer_only_where_it_may_be():
    """Elsewhere it is a failure of the engine, which has a start."""
    for may_be in (True, False):
        engine = demanding(conflicts(3, density=2.0), 3, 2)
        highs.limit(engine, threads=1)
        if may_be:
            assert highs.optimise(engine, 60.0, may_be_infeasible=True) is Outcome.INFEASIBLE
            assert highs.best_values(engine) is None
        else:
            with pytest.raises(EngineError, match="HiGHS ended with 'Infeasible'"):
                highs.optimise(engine, 60.0)


def test_a_target_and_a_callback_end_a_run():
    """A target once it is reached; a callback whenever it says so."""
    engine = conflicts(60)
    highs.limit(engine, threads=1, objective_target=2.5)
    assert highs.optimise(engine, 60.0) is Outcome.TARGET
    assert highs.best_values(engine).sum() >= 3.0
    engine = conflicts(220, density=0.1)
    highs.limit(engine, threads=1)
    bounds = []

    def stop(bound: float) -> None:
        bounds.append(bound)
        engine.cancelSolve()

    highs.watch(engine, on_bound=stop)
    assert highs.optimise(engine, 60.0) is Outcome.STOPPED
    assert np.isfinite(bounds).all()
    assert bounds


def test_time_ends_a_run_and_what_was_found_is_reported():
    """Selections and bounds come while it runs, and the run knows who ended it."""
    n = 220
    run = Run(Instance(1.0 - np.eye(n), 2), Limits(1.5), "max-min")
    bounds, selections = [], []
    run.report_incumbent = selections.append
    program = HighsProgram(conflicts(n, density=0.1), np.arange(n))
    answer = maximise(run, program, bounds.append, start={}, others=None, gap=0.0, presolve=True)
    assert answer.outcome is Outcome.TIME_LIMIT
    assert run.out_of_time
    assert len(selections[-1]) <= answer.bound < np.inf
    assert bounds


def test_a_start_may_be_given_in_part():
    """By columns, which the engine completes, or whole."""
    for columns in (np.array([2], dtype=np.int32), None):
        engine = conflicts(8, density=2.0)
        start = np.zeros(8)
        start[2] = 1.0
        highs.start_from(engine, start if columns is None else start[columns], columns)
        seen = []
        highs.limit(engine, threads=1, presolve="off")
        highs.watch(engine, seen.append)
        assert highs.optimise(engine, 60.0) is Outcome.OPTIMAL
        assert seen[0].round().tolist() == start.tolist()


def test_a_linear_program_continues_from_its_last_basis():
    """Its clock counts all runs together, so each run has its own seconds."""
    engine = highs.simplex_engine(4)
    engine.changeColsCost(4, np.arange(4, dtype=np.int32), -np.ones(4))
    engine.addRow(-np.inf, 2.5, 4, np.arange(4, dtype=np.int32), np.ones(4))
    assert highs.resolve(engine, 10.0)
    assert np.asarray(engine.getSolution().col_value).sum() == pytest.approx(2.5)
    before = engine.getInfo().simplex_iteration_count
    assert highs.resolve(engine, 10.0)
    assert engine.getInfo().simplex_iteration_count <= before


def test_an_unbounded_linear_program_is_a_failure():
    """It is neither solved nor out of time."""
    engine = highs.silent_engine()
    engine.addVar(-np.inf, np.inf)
    engine.changeColCost(0, 1.0)
    with pytest.raises(EngineError, match="HiGHS ended a linear program with"):
        highs.resolve(engine, 10.0)


def test_ctrl_c_stops_an_engine(monkeypatch):
    """It is cancelled, waited for, and the interrupt goes on."""
    from solvers.engines import interrupts

    stopped, ended = threading.Event(), threading.Event()

    def solve() -> None:
        stopped.wait(10.0)
        ended.set()

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(interrupts, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        interrupts.run_interruptibly(solve, stopped.set)
    assert ended.is_set()
