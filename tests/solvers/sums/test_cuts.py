"""Tests of the methods that cut in HiGHS: tangents, coordinates, unit vectors."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from dispersion import InputError, Instance, Status
from solvers import export_model, solve
from solvers.maxsum.coordinate_partitioning import coordinates, own_terms
from solvers.maxsum.tangent import _Tangents
from solvers.maxsum.unit_vectors import cosines
from solvers.run import Limits, Run
from solvers.sums import cuts
from solvers.sums.cuts import OuterApproximation, scale_for, top
from solvers.sums.linear_algebra import square_root
from solvers.sums.squares import Squares


def squared(seed: int, n: int = 40, d: int = 3, p: int = 8) -> Instance:
    """Squared Euclidean distances of a normal cloud."""
    X = np.random.default_rng(seed).normal(size=(n, d))
    return Instance(Instance.from_points(X, p).distances ** 2, p)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["tangent", "coordinate-partitioning"])
def test_squared_distances_are_closed(name, seed):
    """Few coordinates make few cuts; the optimum is that of an unrelated method."""
    instance = squared(seed)
    solution, other = (solve(instance, each, objective="max-sum") for each in (name, "qcr"))
    assert solution.status is other.status is Status.OPTIMAL
    assert solution.objective == pytest.approx(other.objective, rel=1e-12)
    assert "LPs" in solution.message


def test_the_plane_is_closed_by_tangents(cloud):
    """The family for which the method was published, small."""
    instance = cloud(0, n=60, p=30, d=2)
    solution = solve(instance, "tangent", objective="max-sum")
    assert solution.status is Status.OPTIMAL
    assert solution.objective == solve(instance, "qcr", objective="max-sum").objective


@pytest.mark.parametrize("kind", ["tangent", "squares"])
def test_every_lp_bound_holds_and_falls(kind, cloud, brute_force):
    """The bound from the multipliers is never below the optimum, and is the LP's own value."""
    instance = cloud(3, n=12, p=5)
    run = Run(instance, Limits(), "max-sum")
    run.report_incumbent(np.arange(5))
    D, scale = np.array(instance.distances), scale_for(run)
    function = (
        _Tangents(D, 5, 0.0, scale)
        if kind == "tangent"
        else Squares(0.0, own_terms(D, 5), coordinates(D)[0], 5, scale)
    )
    outer = OuterApproximation(run, function)
    outer._cut_at_selection()
    best, optimum = np.inf, brute_force(instance, "max-sum")
    for _ in range(60):
        assert outer._solve()
        value = outer.engine.getInfo().objective_function_value / scale
        bound = outer._linear_round()
        assert bound >= optimum * (1 - 1e-12)
        assert bound == pytest.approx(value, rel=1e-5)
        assert bound <= best * (1 + 1e-6)
        best = min(best, bound)
    assert best < 1.2 * optimum


class Slow:
    """An engine that says it has run for a long time."""

    def __init__(self, engine):
        self._engine = engine

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def getRunTime(self):
        """In seconds, over all runs."""
        return 1000.0


def test_the_clock_of_programs_without_integers_counts_all_runs(cloud):
    """What earlier ones took is no part of what this one may take; HiGHS clocks MILPs one by one."""
    instance = cloud(3, n=12, p=5)
    run = Run(instance, Limits(60.0), "max-sum")
    run.report_incumbent(np.arange(5))
    outer = OuterApproximation(run, _Tangents(np.array(instance.distances), 5, 0.0, scale_for(run)))
    outer._cut_at_selection()
    outer.engine = Slow(outer.engine)
    assert outer._solve()
    assert 1000.0 < outer.engine.getOptionValue("time_limit")[1] <= 1060.0
    outer._demand(integral=True)
    assert outer._solve(integral=True)
    assert outer.engine.getOptionValue("time_limit")[1] <= 60.0


def test_it_stops_where_nothing_changes(monkeypatch, cloud):
    """A gap that rounding keeps open would be worked on for ever."""
    monkeypatch.setattr(cuts, "TOLERANCE", -1e-3)  # so that no gap is ever closed
    monkeypatch.setattr(cuts, "_STALLED", 3)
    solution = solve(cloud(0, n=12, p=5), "tangent", objective="max-sum", time_limit=float("inf"))
    assert solution.status is not Status.OPTIMAL
    assert "further cuts are lost in rounding" in solution.message
    assert solution.gap == pytest.approx(1e-6, rel=1e-2)


def test_an_optimum_by_the_word_of_an_engine_is_said_to_be_one(directions):
    """Where the last bound is a MILP's; one by row sums needs no such word."""
    word = "optimal within the tolerances of HiGHS (1e-06, relative)"
    for name in ("unit-vectors", "glover", "tangent"):
        assert word in solve(directions(0), name, objective="max-sum").message
    assert word not in solve(directions(0), "qcr", objective="max-sum").message


def test_value_as_squares(directions):
    """The two ways to write the sum of 1 - cos less squares: of coordinates, and of unit vectors."""
    instance = directions(0, n=8, p=3)
    D = np.array(instance.distances)
    points, own = coordinates(D)[0], own_terms(D, 3)
    vectors, _ = square_root(cosines(instance))
    for chosen in itertools.combinations(range(8), 3):
        some = list(chosen)
        value = D[np.ix_(some, some)].sum() / 2
        assert own[some].sum() - (points[some].sum(axis=0) ** 2).sum() == pytest.approx(value)
        assert (9 - (vectors[some].sum(axis=0) ** 2).sum()) / 2 == pytest.approx(value)


def test_coordinates_are_as_many_as_there_are_dimensions():
    """Classical scaling finds the points again, up to a motion."""
    instance = squared(1, n=20, d=3)
    points, lack = coordinates(np.array(instance.distances))
    assert 0.0 < lack < 1e-9
    assert points.shape == (20, 3)
    again = ((points[:, None] - points) ** 2).sum(axis=2)
    np.testing.assert_allclose(again, instance.distances, atol=1e-9)


def test_what_they_cannot_solve_is_refused(uniform, cloud):
    """With the reason and with what to use instead."""
    for name in ("tangent", "coordinate-partitioning"):
        with pytest.raises(InputError, match=r"not of negative type: .* use 'qcr'"):
            solve(uniform(0), name, objective="max-sum")
    with pytest.raises(InputError, match=r"not 1 - cos of any vectors: .* use 'qcr'"):
        solve(cloud(0), "unit-vectors", objective="max-sum")


def test_the_convex_program_can_be_exported(directions, tmp_path):
    """With its squares, for engines that take them; a matrix without vectors is refused."""
    export_model(directions(1), "unit-vectors", tmp_path / "model.lp", objective="max-sum")
    text = (tmp_path / "model.lp").read_text()
    assert "y(0) ^ 2" in text
    assert "x(8)" in text


def test_the_sum_of_the_largest():
    """By hand."""
    assert top(np.array([3.0, 1.0, 2.0, 5.0]), 2) == 8.0
    assert top(np.array([3.0, 1.0]), 2) == 4.0
