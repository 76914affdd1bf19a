"""What every engine that is here answers: endings, limits, starts, callbacks, and its failures."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from dispersion import EngineError, Instance, NotApplicableError, Status
from solvers import solve
from solvers.engines.common import Outcome
from solvers.engines.program import Ask
from solvers.engines.registration import Ability, list_engines, registry

HERE = [info.name for info in list_engines() if info.version() is not None]
FREE = ("cbc", "glpk", "highs", "scip")
CYCLE = [(i, (i + 1) % 7) for i in range(7)]  # three of its seven points can be chosen
CLOUD = Instance.from_points(np.random.default_rng(6).normal(size=(24, 6)), 7)


def ask(n, seconds=60.0, **more):
    """A question that hears nothing, unless told otherwise."""
    asked = {"on_points": lambda points: False, "on_bound": lambda bound: False, "gap": 0.9, **more}
    return Ask(n, seconds, 1, 3, **asked)


def lacks(name, ability):
    """Whether an engine says that it lacks something."""
    return ability in registry[name].lacks


def hard(n=120):
    """A random graph of which no engine finds the largest packing within a second."""
    rng = np.random.default_rng(0)
    return [(i, j) for i in range(n) for j in range(i) if rng.random() < 0.13]


def test_the_free_engines_are_here():
    """The extra "test" brings them, so that nothing below is left out unnoticed."""
    assert set(FREE) <= set(HERE)


@pytest.mark.parametrize("name", HERE)
@pytest.mark.parametrize("presolve", [True, False])
def test_an_optimum_is_found_and_bounded(name, presolve, packing_file):
    """Three of seven points on a cycle; the linear relaxation takes half of each."""
    program = registry[name].read(packing_file(7, CYCLE))
    answer = program.solve(ask(7, presolve=presolve))
    assert answer.outcome is Outcome.OPTIMAL
    assert len(answer.points) == 3
    assert not any({i, j} <= set(answer.points.tolist()) for i, j in CYCLE)
    assert 3.0 <= answer.bound < 4.0


@pytest.mark.parametrize("name", HERE)
def test_infeasible_is_an_answer(name, packing_file):
    """Four points do not fit."""
    answer = registry[name].read(packing_file(7, CYCLE, least=4)).solve(ask(7))
    assert (answer.outcome, answer.points) == (Outcome.INFEASIBLE, None)


@pytest.mark.parametrize("name", HERE)
def test_time_ends_a_run(name, packing_file):
    """And what is known by then is valid."""
    edges = hard()
    program, begun = registry[name].read(packing_file(120, edges)), time.perf_counter()
    answer = program.solve(ask(120, seconds=1.0))
    assert answer.outcome is Outcome.TIME_LIMIT
    assert time.perf_counter() - begun < 20.0
    if answer.points is not None:
        chosen = set(answer.points.tolist())
        assert not any({i, j} <= chosen for i, j in edges)
        assert answer.bound > len(chosen)


@pytest.mark.parametrize("name", [name for name in HERE if not lacks(name, Ability.INCUMBENTS)])
def test_better_selections_are_told_and_one_may_be_enough(name, packing_file):
    """While the engine runs: it is stopped at once."""
    told = []

    def enough(points):
        told.append(len(points))
        return len(points) > 0

    program = registry[name].read(packing_file(120, hard()))
    answer = program.solve(ask(120, seconds=60.0, on_points=enough))
    assert answer.outcome is Outcome.STOPPED
    assert len(answer.points) >= max(told) > 0


@pytest.mark.parametrize("name", HERE)
def test_bounds_are_told_while_it_runs(name, packing_file):
    """Of every engine that does not say that it cannot."""
    assert not lacks(name, Ability.BOUNDS)
    bounds = []
    program = registry[name].read(packing_file(120, hard()))
    answer = program.solve(ask(120, seconds=2.0, on_bound=lambda bound: bounds.append(bound)))
    assert bounds
    assert min(bounds) >= answer.bound - 1e-6
    assert all(math.isfinite(bound) for bound in bounds)


@pytest.mark.parametrize("name", [name for name in HERE if not lacks(name, Ability.START)])
def test_a_start_is_taken(name, packing_file):
    """In a moment the answer is at least as good as the start."""
    edges, chosen = hard(), []
    neighbours = {i: set() for i in range(120)}
    for i, j in edges:
        neighbours[i].add(j)
        neighbours[j].add(i)
    for i in range(120):
        if not neighbours[i] & set(chosen):
            chosen.append(i)
    start = {f"x({i})": float(i in chosen) for i in range(120)}
    program = registry[name].read(packing_file(120, edges))
    answer = program.solve(ask(120, seconds=3.0, start=start, others=0.0))
    assert len(answer.points) >= len(chosen)


@pytest.mark.parametrize("name", HERE)
def test_what_a_callback_raises_arrives(name, packing_file):
    """An engine would print it, or lose it."""

    def fails(bound):
        raise EngineError("the callback failed")

    program = registry[name].read(packing_file(120, hard()))
    with pytest.raises(EngineError, match="the callback failed"):
        program.solve(ask(120, seconds=2.0, on_bound=fails))


@pytest.mark.parametrize("name", HERE)
def test_solvers_take_the_engine(name):
    """Its bounds carry its name and version, and so does the answer."""
    info, optimum = registry[name], solve(CLOUD, "clique").objective
    for solver in ("kuby", "node-packing"):
        solution = solve(CLOUD, f"{solver}:engine={name}")
        assert (solution.status, solution.objective) == (Status.OPTIMAL, optimum)
        assert solution.engine == solution.bound_by == f"{info.label} {info.version()}"
        assert solution.solver == f"{solver}:engine={name}"


@pytest.mark.parametrize("name", [name for name in HERE if registry[name].licence])
def test_a_program_beyond_the_licence_is_skipped(name):
    """With the reason, in one sentence.  (Fails where somebody has a licence for more.)"""
    large = Instance.from_points(np.random.default_rng(0).normal(size=(170, 6)), 12)
    with pytest.raises(NotApplicableError, match=r"^[^\n]*has no licence for this[^\n]*$"):
        solve(large, f"kuby-one-m:engine={name}", time_limit=20.0)


@pytest.mark.parametrize("name", ["cbc", "glpk"])
def test_a_program_that_dies_is_a_failure(name, packing_file, tmp_path, monkeypatch):
    """It says what it said last."""
    dying = tmp_path / "dying"
    dying.write_text("#!/bin/sh\necho out of luck\nexit 1\n")
    dying.chmod(0o755)
    module = registry[name].read.__module__
    monkeypatch.setattr(f"{module}.{'_path' if name == 'cbc' else 'executable'}", lambda *_: str(dying))
    with pytest.raises(EngineError, match="it said last 'out of luck'"):
        registry[name].read(packing_file(7, CYCLE)).solve(ask(7))
