"""Tests of `solvers.points.solve`: what is refused, what is at once, and what a stop leaves."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from dispersion import InputError, Instance, Status
from solvers import solve, solve_points
from solvers.points import proof

RNG = np.random.default_rng(11)
WHOLE = RNG.integers(0, 1000, (60, 2))


def test_whole_coordinates_have_the_matrix_of_the_toolkit():
    """To the last bit."""
    found = solve_points(WHOLE, 6)
    assert found.objective == solve(Instance.from_points(WHOLE, 6)).objective == found.bound
    assert found.status is Status.OPTIMAL
    assert found.objective == found.trace[-1].objective
    assert found.bound_by == "clusters"


def test_normalized_points():
    """Unit vectors in space: the metric of the toolkit up to rounding."""
    points = RNG.normal(size=(40, 3))
    expected = solve(Instance.from_points(points, 5, "normalized")).objective
    assert solve_points(points, 5, "normalized").objective == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("points", "p", "asked", "told"),
    [
        (WHOLE, 1, {}, "p must"),
        (WHOLE, 61, {}, "p must"),
        (WHOLE[:, :1].repeat(5, axis=1), 3, {}, "1 to 4 coordinates, got 5"),
        (WHOLE, 3, {"rounding": "floor"}, "unknown rounding 'floor'"),
        (WHOLE, 3, {"required": [1, 2, 3, 4]}, "4 points are required"),
        (WHOLE, 3, {"required": [1], "excluded": [1]}, "both required and excluded"),
        (WHOLE, 3, {"metric": "cosine"}, "got 'cosine'"),
        (WHOLE, 3, {"time_limit": 0}, "time limit"),
        (WHOLE, 3, {"threads": 0}, "threads must"),
        ([[0.0, np.nan]] * 3, 2, {}, "point 0 holds NaN"),
        ([[-1e308], [1e308], [0]], 2, {}, "too large for a float"),
        ([[0.0], [1e-200], [2e-200], [1.0]], 4, {}, "less than 1e-145 times"),
    ],
)
def test_bad_input(points, p, asked, told):
    """One sentence with the value."""
    with pytest.raises(InputError, match=told):
        solve_points(points, p, **asked)


def test_fewer_places_than_points_to_choose():
    """Copies have to be chosen, and the least distance is 0; with exactly p places it is not."""
    places = np.array([[0.0, 0], [3, 4], [0, 8]])
    points = np.repeat(places, 3, axis=0)
    found = solve_points(points, 4, excluded=[0])
    assert (found.objective, found.bound, found.status) == (0.0, 0.0, Status.OPTIMAL)
    assert len(set(found.selected.tolist())) == 4
    assert 0 not in found.selected
    assert solve_points(points, 3).objective == 5.0
    beside = solve_points(points, 4, required=[0], rounding="ceil")
    assert (beside.objective, beside.bound) == (0.0, 0.0)


def test_required_points_alone_or_with_one_more():
    """Nothing has to be searched for."""
    line = np.array([[0.0], [1], [4], [10]])
    assert solve_points(line, 2, required=[1, 2]).objective == 3.0
    one = solve_points(line, 3, required=[0, 3])
    assert (one.selected.tolist(), one.objective, one.bound) == ([0, 2, 3], 4.0, 4.0)


def test_interrupted_solves_keep_incumbent_and_bound(monkeypatch):
    """Ctrl-C while the proof is under way."""

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(proof, "prove", interrupted)
    found = solve_points(RNG.random((300, 2)), 7)
    assert found.status is Status.INTERRUPTED
    assert 0 < found.objective < found.bound


def test_out_of_time():
    """Incumbent and bound are there, and the clock is named."""
    found = solve_points(RNG.random((2000, 2)), 40, time_limit=1e-9)
    assert found.status is Status.TIME_LIMIT
    assert len(found.selected) == 40
    assert found.objective >= 0


def test_nothing_is_proven_unless_asked():
    """Only the bound of a cover, which takes no search."""
    found = solve_points(RNG.random((300, 2)), 7, prove=False, time_limit=0.05)
    assert found.status is Status.TIME_LIMIT
    assert not found.refutations


def test_there_is_no_matrix():
    """20,000 points: a matrix of truth values would take 400 MB."""
    points = RNG.random((20_000, 2))
    solve_points(points[:100], 3)
    tracemalloc.start()
    solve_points(points, 10, time_limit=0.15)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 60e6


def test_two_threads_prove_the_same():
    """Whichever of them refutes what."""
    points = RNG.integers(0, 300, (120, 2))
    one, two = (solve_points(points, 9, threads=threads, rounding="nint") for threads in (1, 2))
    assert one.objective == one.bound == two.objective == two.bound
    assert one.instance_digest == two.instance_digest
