"""Tests of `solvers.solving` and `solvers.registration`: the contract of every solver."""

from __future__ import annotations

import sys
import time

import numpy as np
import pytest

from dispersion import (
    ContradictionError,
    EngineError,
    InputError,
    Instance,
    Status,
    UnknownNameError,
)
from dispersion.objectives import objectives
from solvers import (
    Guarantee,
    Limits,
    Run,
    core_set,
    export_model,
    list_solvers,
    prepare,
    solve,
    solve_core_set,
    solver,
)
from solvers.lookup import find
from solvers.registration import registry

LINE = Instance([[0, 1, 2], [1, 0, 1], [2, 1, 0]], 2)


@pytest.fixture
def register():
    """Register a solver for one test."""
    keys = []

    def register_(method, name="made-up"):
        solver(name, objective="max-min", guarantee=Guarantee.HEURISTIC, summary="")(method)
        keys.append(f"max-min/{name}")
        return name

    yield register_
    for key in keys:
        del registry._entries[key]


def test_five_lines_are_enough():
    """The README's example: a sorted selection, its value, a proof, times, all typed."""
    X = np.random.default_rng(0).normal(size=(40, 8))
    solution = solve(
        Instance.from_points(X, p=8, metric="euclidean"),
        "clique",
        time_limit=10,
        threads=1,
        seed=0,
    )
    assert solution.selected.dtype.kind == "i"
    assert (np.diff(solution.selected) > 0).all()
    assert len(solution.selected) == 8
    assert solution.status is Status.OPTIMAL
    assert solution.status.value == "optimal"
    assert solution.objective == solution.bound
    assert solution.gap == 0.0
    assert solution.build_seconds >= 0.0
    assert solution.solve_seconds > 0.0


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"time_limit": 0}, "more than 0 seconds, got 0"),
        ({"time_limit": float("nan")}, "more than 0 seconds, got nan"),
        ({"threads": 0}, "threads must be at least 1, got 0"),
        ({"seed": -1}, "got -1"),
        ({"seed": 2**31}, "got 2147483648"),
        ({"time_limit": "5"}, "more than 0 seconds, got '5'"),
        ({"time_limit": True}, "more than 0 seconds, got True"),
        ({"threads": 1.5}, "threads must be a whole number, got 1.5"),
        ({"threads": None}, "threads must be a whole number, got None"),
        ({"seed": "1"}, "the seed must be a whole number, got '1'"),
        ({"seed": 2.0}, "the seed must be a whole number, got 2.0"),
    ],
)
def test_limits_out_of_range_are_refused(limits, words):
    """The value is in the sentence."""
    with pytest.raises(InputError, match=words):
        solve(LINE, "greedy", **limits)


def test_unknown_solvers_and_objectives_suggest_the_nearest():
    """Names are looked up within the objective."""
    with pytest.raises(UnknownNameError, match="did you mean clique"):
        solve(LINE, "cliqe")
    with pytest.raises(UnknownNameError, match="max-sum solver 'clique'"):
        solve(LINE, "clique", objective="max-sum")
    with pytest.raises(UnknownNameError, match="did you mean max-"):
        solve(LINE, "greedy", objective="max-mim")
    with pytest.raises(UnknownNameError, match="unknown max-min solver 5; known: "):
        solve(LINE, 5)
    with pytest.raises(UnknownNameError, match="unknown objective None; known: "):
        solve(LINE, objective=None)
    with pytest.raises(UnknownNameError, match="did you mean max-min or max-sum"):
        solve(LINE, objective=["max-min"])


def test_an_objective_has_a_default_solver():
    """The one that is registered for it, is exact, and is taken where none is named."""
    for name in objectives:
        default = find(objectives[name].default_solver, name)
        assert default.guarantee is Guarantee.EXACT
        instance = LINE.with_at_least(1.0) if objectives[name].counts else LINE
        assert solve(instance, objective=name).solver == default.name
    points = np.arange(12.0).reshape(6, 2)
    assert solve_core_set(core_set(points, 2, objective="max-sum")).solver == "qcr"


def test_no_time_limit_is_none():
    """It is as good as infinity, also for the engines."""
    instance = Instance.from_points(np.random.default_rng(3).normal(size=(11, 3)), 5)
    for name in ("clique", "kuby", "cp-sat", "compact"):
        assert solve(instance, name, time_limit=None).status is Status.OPTIMAL
    for name in ("qcr", "tangent", "glover", "cp-sat"):
        assert solve(instance, name, objective="max-sum", time_limit=None).status is Status.OPTIMAL


def test_limits_may_be_numbers_of_numpy():
    """They are kept as Python's."""
    limits = Limits(np.float32(2.0), np.int32(1), np.int64(2**31 - 1))
    assert [type(value) for value in (limits.seconds, limits.threads, limits.seed)] == [float, int, int]
    assert solve(LINE, time_limit=np.float32(60.0), seed=np.int64(7)).status is Status.OPTIMAL


@pytest.mark.parametrize("given", [LINE.distances, [[0, 1], [1, 0]], None, "points.csv"])
def test_only_an_instance_can_be_solved(given, tmp_path):
    """The sentence says how to make one."""
    with pytest.raises(InputError, match=r"solve takes an Instance, got .*Instance\(distances, p\)"):
        solve(given)
    with pytest.raises(InputError, match="export_model takes an Instance, got"):
        export_model(given, "kuby", tmp_path / "model.lp")


def test_only_better_incumbents_and_tighter_bounds_are_kept():
    """A run never gets worse, and its trace says when it got better."""
    run = Run(LINE, Limits(), "max-min")
    run.report_incumbent([0, 2])
    run.report_incumbent([0, 1])
    run.report_bound(5.0)
    run.report_bound(7.0)
    assert (run.objective, run.bound) == (2.0, 5.0)
    assert [(point.objective, point.bound) for point in run.trace] == [(2.0, None), (2.0, 5.0)]
    assert not run.proven()
    run.report_bound(2.0)
    assert run.proven()


@pytest.mark.parametrize("selected", [[0], [0, 0], [0, 3], [0, -1], [0.0, 1.0]])
def test_a_solver_cannot_report_what_is_no_selection(register, selected):
    """Too few, repeated, foreign or fractional points end the solve."""
    name = register(lambda run: run.report_incumbent(selected))
    with pytest.raises(ContradictionError):
        solve(LINE, name)


def test_a_bound_below_the_incumbent_is_a_contradiction(register):
    """A solver that proves less than it found is not believed."""

    def method(run):
        run.report_incumbent([0, 2])
        run.report_bound(1.5)

    with pytest.raises(ContradictionError, match=r"exceeds 1\.5 and found 2\.0"):
        solve(LINE, register(method))


def test_ctrl_c_keeps_what_was_reported(register):
    """An interrupted solve has its incumbent and bound and says that it was interrupted."""

    def method(run):
        run.report_incumbent([0, 1])
        run.report_bound(3.0)
        raise KeyboardInterrupt

    solution = solve(LINE, register(method))
    assert solution.status is Status.INTERRUPTED
    assert (solution.objective, solution.bound) == (1.0, 3.0)
    assert solution.gap == pytest.approx(2 / 3)


def test_status_follows_from_what_was_reported(register):
    """Met bound: optimal; time gone: time limit; nothing at all: error."""

    def slow(run):
        run.report_incumbent([0, 1])
        while run.seconds_left() > 0:
            time.sleep(0.001)

    assert solve(LINE, register(slow, "slow"), time_limit=0.02).status is Status.TIME_LIMIT
    assert solve(LINE, register(lambda run: None, "idle")).status is Status.ERROR
    silent = solve(LINE, "idle")
    assert (silent.selected, silent.objective, silent.bound, silent.gap) == (None,) * 4


def test_build_time_is_split_off(register):
    """What comes before `built` is building, the rest is solving."""

    def method(run):
        with run.building():
            time.sleep(0.02)
        run.report_incumbent([0, 2])

    solution = solve(LINE, register(method))
    assert solution.build_seconds >= 0.02
    assert solution.solve_seconds > 0


def test_several_models_add_up_to_the_build_time(register):
    """The first counts from the start of the solve, what lies between models is solving."""

    def method(run):
        time.sleep(0.02)
        for _ in range(2):
            with run.building():
                time.sleep(0.02)
            time.sleep(0.05)
        run.report_incumbent([0, 2])

    solution = solve(LINE, register(method))
    assert solution.build_seconds >= 0.06
    assert solution.solve_seconds >= 0.1


def test_a_failed_engine_keeps_what_it_found(register):
    """The status is error, the reason is in the message, the incumbent is kept."""

    def method(run):
        run.report_incumbent([0, 2])
        raise EngineError("out of luck")

    solution = solve(LINE, register(method))
    assert solution.status is Status.ERROR
    assert (solution.objective, solution.message) == (2.0, "out of luck")


def test_nan_is_no_bound(register):
    """A solver that reports it is stopped."""
    with pytest.raises(ContradictionError, match="NaN"):
        solve(LINE, register(lambda run: run.report_bound(float("nan"))))


def test_time_may_run_out_while_building(register):
    """The solve ends with what was reported; all of its time was building."""

    def method(run):
        run.report_incumbent([0, 1])
        with run.building():
            while True:
                run.check_time()

    solution = solve(LINE, register(method), time_limit=0.02)
    assert solution.status is Status.TIME_LIMIT
    assert solution.objective == 1.0
    assert solution.build_seconds >= 0.02


def test_every_solver_is_described_and_prepares():
    """Each has one line for --help, a name found again, and needs nothing that is missing."""
    for objective in ("max-min", "max-sum"):
        for info in list_solvers(objective):
            assert info.summary
            assert find(info.name, objective) is info
            assert prepare(info.name, objective) >= 0.0
            assert info.method.__doc__


@pytest.mark.parametrize("name", ["clique", "cp-sat", "cp-sat-bisection", "highs-packing", "kuby"])
def test_no_clock_counts_a_compilation(name, monkeypatch):
    """Kernels are compiled when they are imported, which `prepare` does before the solve."""
    compiled = "solvers.kernels.farthest"
    prepare(name)
    monkeypatch.delitem(sys.modules, compiled)
    monkeypatch.delattr(compiled)
    prepare(name)
    assert compiled in sys.modules


def test_no_clock_counts_the_version_of_an_engine(monkeypatch):
    """It signs every bound, and is looked up once a process, before the solve."""
    asked = []
    monkeypatch.setattr("solvers.solving.with_version", lambda label: asked.append(label) or label)
    prepare("kuby:engine=scip")
    prepare("clique")
    assert asked == ["SCIP"]
