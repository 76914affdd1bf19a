"""Time limits, however fast this machine is: who asks the clock, how often, and what is said."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest

from dispersion import Instance, Status
from solvers import Guarantee, list_solvers, solve
from solvers.kernels import clique_cover
from solvers.maxmin.compact import compact_model
from solvers.maxmin.cp_sat import rank_model
from solvers.maxmin.cp_sat_bisection import feasibility_model
from solvers.maxmin.highs_packing import clique_packing
from solvers.maxmin.kuby import kuby_model
from solvers.maxmin.kuby_one_m import kuby_one_m_model
from solvers.maxmin.node_packing import packing_model
from solvers.maxsum.cp_sat import sum_model
from solvers.maxsum.glover import glover_model
from solvers.maxsum.glover_woolsey import glover_woolsey_model
from solvers.maxsum.kuo_glover_dhir import kuo_glover_dhir_model
from solvers.ranks.window import everything, in_pieces, window
from solvers.run import Limits, Run, TimeUp
from solvers.sums.scaling import scaled

POINTS = Instance.from_points(np.random.default_rng(0).normal(size=(30, 8)), 9)
RANKS, MIDDLE = np.array(POINTS.ranks), len(POINTS.levels) // 2
PAIRS = 30 * 29 // 2

BUILDERS = {  # with how many rows they have at least; of those that are made by pairs or ranks
    "kuby": (lambda look: kuby_model(30, 9, window(POINTS), look), 300),
    "kuby-one-m": (lambda look: kuby_one_m_model(30, 9, everything(POINTS), look), PAIRS),
    "compact": (lambda look: compact_model(RANKS, 9, window(POINTS), look), 300),
    "node-packing": (lambda look: packing_model(RANKS, MIDDLE, look), MIDDLE),
    "cp-sat": (lambda look: rank_model(30, 9, window(POINTS), look), 300),
    "cp-sat-bisection": (lambda look: feasibility_model(RANKS, 9, MIDDLE, np.arange(9), look), 20),
    "glover-woolsey": (lambda look: glover_woolsey_model(POINTS, look), PAIRS),
    "glover": (lambda look: glover_model(POINTS, look), 30),
    "kuo-glover-dhir": (lambda look: kuo_glover_dhir_model(POINTS, look), 30),
    "max-sum cp-sat": (lambda look: sum_model(scaled(POINTS)[0], 9, np.arange(9), look), PAIRS),
}


class Enough(Exception):  # noqa: N818 - as TimeUp
    """Time is up."""


@pytest.mark.parametrize("name", BUILDERS)
def test_models_are_built_with_an_eye_on_the_clock(name):
    """Once a row, and nothing is built after the look that says that time is up."""
    build, rows = BUILDERS[name]
    looks = 0

    def look():
        nonlocal looks
        looks += 1
        if looks == stop:
            raise Enough

    stop = -1
    build(look)
    assert looks >= rows
    for stop in (1, looks // 2, looks):
        looks = 0
        with pytest.raises(Enough):
            build(look)
        assert looks == stop


def test_the_clique_cover_looks_at_the_clock(monkeypatch):
    """Slice by slice it finds what it finds in one go."""
    looks = []
    whole = clique_cover.edge_clique_cover(RANKS, MIDDLE, lambda: looks.append(1))
    assert len(looks) == 1
    monkeypatch.setattr(clique_cover, "_SLICE", 1)
    sliced = clique_cover.edge_clique_cover(RANKS, MIDDLE, lambda: looks.append(1))
    assert len(looks) >= len(whole[0])  # once a clique
    for one, other in zip(whole, sliced, strict=True):
        assert np.array_equal(one, other)

    def stop():
        raise Enough

    with pytest.raises(Enough):
        clique_packing(RANKS, 9, MIDDLE, stop)


def test_rows_come_in_pieces():
    """All of them, in order, as lists."""
    rows = np.arange(50_002).reshape(-1, 2)
    assert list(in_pieces(rows)) == rows.tolist()
    assert list(in_pieces(rows[:0])) == []


class Ticking:
    """A clock that goes on by a hundredth of a second whenever it is looked at."""

    def __init__(self) -> None:
        self.looks = 0

    def perf_counter(self) -> float:
        """The time."""
        self.looks += 1
        return self.looks / 100.0


BY_MODEL = [
    ("max-min", name) for name in ("kuby", "kuby-one-m", "compact", "node-packing", "cp-sat")
] + [("max-sum", name) for name in ("glover", "glover-woolsey", "kuo-glover-dhir", "cp-sat")]


@pytest.mark.parametrize(("objective", "name"), BY_MODEL)
def test_a_model_that_takes_too_long_is_given_up(objective, name, monkeypatch):
    """The limit is passed by a few looks, and what greedy and the first bounds gave is there."""
    points = Instance.from_points(np.random.default_rng(1).normal(size=(60, 16)), 20)
    ticking = Ticking()
    monkeypatch.setattr("solvers.run.time", ticking)
    solution = solve(points, name, objective=objective, time_limit=0.5)
    assert ticking.looks < 50 + 20
    assert solution.status is Status.TIME_LIMIT
    assert solution.message
    assert solution.objective <= solution.bound


def test_what_cannot_end_in_time_is_not_begun(monkeypatch):
    """Linear algebra does not look at a clock: its time is foretold, and the message says so."""
    monkeypatch.setattr("solvers.sums.linear_algebra._RATE", 1.0)
    X = np.random.default_rng(2).normal(size=(40, 16))
    for name, metric, what in [
        ("unit-vectors", "cosine", "eigenvalues of 40 rows would take about 85333.3 s"),
        ("tangent", "euclidean", "a Cholesky factorisation of 40 rows would take"),
        ("coordinate-partitioning", "euclidean", "a Cholesky factorisation of 40 rows would take"),
        ("qcr", "euclidean", "of 40 rows would take about"),
    ]:
        instance = Instance.from_points(X, 12, metric)
        solution = solve(instance, name, objective="max-sum", time_limit=60.0)
        assert solution.status is Status.TIME_LIMIT
        assert what in solution.message, solution.message
        assert "s were left" in solution.message
        assert solution.objective < solution.bound


@pytest.fixture
def ending():
    """The status of an exact solver that ends unproven in its own way."""
    from solvers.solving import _status

    def ended(end):
        run = Run(POINTS, Limits(60.0), "max-min")
        run.report_incumbent(np.arange(9))
        with suppress(TimeUp):
            end(run)
        return _status(run, Guarantee.EXACT), run.message

    return ended


def test_the_status_says_who_ended_an_exact_solver(ending):
    """The clock, or something else that the message tells."""
    assert ending(lambda run: run.stop_by_clock())[0] is Status.TIME_LIMIT
    assert ending(lambda run: run.check_time(1e9, "it")) == (
        Status.TIME_LIMIT,
        "it would take about 1000000000.0 s, and 60.0 s were left",
    )
    status, message = ending(lambda run: None)
    assert status is Status.FEASIBLE
    assert "before the time limit" in message


def test_a_search_that_memory_ends_is_no_time_limit(monkeypatch):
    """It stops with what it has, and says why."""
    monkeypatch.setattr("solvers.maxsum.qcr._MEMORY", 1)
    upper = np.triu(np.random.default_rng(1).random((40, 40)), k=1)
    solution = solve(Instance(upper + upper.T, 12), objective="max-sum", time_limit=600.0)
    assert solution.status is Status.FEASIBLE
    assert "the most that fit into the memory allowed" in solution.message


def test_every_exact_solver_that_is_stopped_says_so():
    """A limit that ends it is a time limit, whatever the engine's own clock says."""
    points = Instance.from_points(np.random.default_rng(1).normal(size=(90, 16)), 30)
    for objective in ("max-min", "max-sum"):
        for info in list_solvers(objective):
            if info.guarantee is Guarantee.EXACT and info.name != "unit-vectors":
                solution = solve(points, info.name, objective=objective, time_limit=0.3)
                assert solution.status in (Status.TIME_LIMIT, Status.OPTIMAL), (info.name, solution)
