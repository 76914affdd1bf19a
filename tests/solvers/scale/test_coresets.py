"""Tests of `solvers.scale.coresets`: the proven factor, held against brute force."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dispersion import InputError, Instance, Status
from dispersion.objectives import objectives
from solvers import core_set, farthest_from_points, solve, solve_core_set

WHOLE = hnp.arrays(
    np.float64, st.tuples(st.integers(4, 13), st.integers(1, 3)), elements=st.integers(-6, 6)
)


def optimum(points, p, objective="max-min", metric="euclidean"):
    """By looking at every selection."""
    distances = Instance.from_points(points, 2, metric).distances
    every = combinations(range(len(points)), p)
    return max(objectives[objective].value(distances, np.array(chosen)) for chosen in every)


@pytest.mark.parametrize("objective", ["max-min", "max-sum"])
@given(points=WHOLE, data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_third_is_left_and_the_bound_holds(objective, points, data):
    """optimum of the union <= optimum <= bound <= 3 optima of the union, with ties, copies and all."""
    p = data.draw(st.integers(2, 4))
    size, block = data.draw(st.integers(p, p + 2)), data.draw(st.integers(1, len(points)))
    metric = data.draw(st.sampled_from(["euclidean", "normalized"]))
    core = core_set(points, p, metric, objective=objective, size=size, block_rows=block)
    left, best = optimum(core.points, p, objective, metric), optimum(points, p, objective, metric)
    rounding = 1.0 + 1e-9
    assert left <= best * rounding
    assert best <= core.bound(left) * rounding
    assert core.bound(left) <= 3.0 * left * (1.0 + 2e-6)
    assert (core.points == points[core.rows]).all()
    assert (
        len(set(core.rows))
        == len(core.rows)
        == sum(min(size, len(points[a : a + block])) for a in range(0, len(points), block))
    )


@pytest.mark.parametrize("objective", ["max-min", "max-sum"])
@given(points=WHOLE, data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_bound_holds_with_points_in_and_out(objective, points, data):
    """Of all selections that hold what is required and nothing that is excluded."""
    n, p = len(points), data.draw(st.integers(2, 4))
    order = data.draw(st.permutations(range(n)))
    r, e = data.draw(st.integers(0, p)), data.draw(st.integers(0, n - p))
    fixed = {"required": order[:r], "excluded": order[n - e :]}
    block = data.draw(st.integers(1, n))
    core = core_set(points, p, objective=objective, block_rows=block, **fixed)
    answer = solve_core_set(core, "clique" if objective == "max-min" else "qcr")
    whole = Instance.from_points(points, p, **fixed)
    best = solve(whole, "clique" if objective == "max-min" else "qcr", objective=objective).objective
    assert answer.objective == pytest.approx(objectives[objective].worth(whole, answer.selected))
    assert {*order[:r]} <= {*answer.selected.tolist()} <= {*range(n)} - {*order[n - e :]}
    assert answer.objective <= best * (1.0 + 1e-9)
    assert answer.bound >= best * (1.0 - 1e-9)


@pytest.mark.parametrize("objective", ["max-min", "max-sum"])
@pytest.mark.parametrize("seed", range(10))
def test_the_radius_is_what_it_says(objective, seed):
    """The largest distance to the nearest of the block's core-set, or the largest mean distance."""
    points = np.random.default_rng(seed).normal(size=(90, 3))
    core = core_set(points, 4, objective=objective, size=6, block_rows=30)
    radii = []
    for a in (0, 30, 60):
        own = core.rows[(core.rows >= a) & (core.rows < a + 30)]
        others = np.setdiff1d(np.arange(a, a + 30), own)
        distances = np.linalg.norm(points[others][:, None] - points[own], axis=2)
        radii.append(
            (distances.min(axis=1) if objective == "max-min" else distances.mean(axis=1)).max()
        )
    assert core.radius == pytest.approx(max(radii), rel=1e-12)


def test_a_third_can_be_all_that_is_left():
    """The factor cannot be less than 3: ties fall such that both ends of the line are left out."""
    points = np.array([[1.0], [2.0], [0.0], [2.0], [1.0], [3.0]])
    core = core_set(points, 2, block_rows=3)
    assert core.rows.tolist() == [0, 1, 3, 4]
    assert (optimum(core.points, 2), optimum(points, 2)) == (1.0, 3.0)
    assert core.bound(1.0) == pytest.approx(3.0)


def test_farthest_points_would_not_do_for_the_sum():
    """Two far clusters and a crowd between: GMM takes one of each cluster, local search half of it."""
    rng = np.random.default_rng(0)
    p, near = 12, rng.normal(scale=1e-3, size=(12, 2))
    near[:6, 0] -= 50.0
    near[6:, 0] += 50.0
    points = np.vstack([near, rng.uniform(-1.0, 1.0, size=(60, 2))])
    matrix = Instance.from_points(points, p).distances
    best = objectives["max-sum"].value(matrix, np.arange(12))
    gmm = objectives["max-sum"].value(matrix, farthest_from_points(points, p, start=0))
    assert gmm < best / 2
    core = core_set(points, p, objective="max-sum")
    assert sorted(core.rows) == list(range(12))


def test_a_solution_is_about_all_points():
    """Rows of the whole, a value recomputed there, and a bound no other solver can pass."""
    points = np.random.default_rng(1).random((400, 2))
    core = core_set(points, 6, block_rows=100, size=24)
    solution = solve_core_set(core)
    whole = Instance.from_points(points, 6)
    assert solution.objective == pytest.approx(
        objectives["max-min"].value(whole.distances, solution.selected)
    )
    proven = solve(whole, "clique")
    assert proven.status is Status.OPTIMAL
    assert solution.objective <= proven.objective <= solution.bound <= 3 * solution.objective
    assert solution.status is Status.FEASIBLE
    assert solution.message.startswith("on a core-set of 96 of 400 points")
    assert all(point.bound is None or point.bound >= proven.objective for point in solution.trace)
    assert solution.instance_digest == core.instance.digest


def test_nothing_left_out_is_the_whole_problem():
    """With blocks no larger than their core-sets the optimum is proven."""
    points = np.random.default_rng(2).random((30, 2))
    solution = solve_core_set(core_set(points, 5, block_rows=5))
    assert solution.status is Status.OPTIMAL
    assert solution.objective == solution.bound == solve(Instance.from_points(points, 5)).objective


def test_a_solver_without_a_bound_stays_without():
    """The radius is no bound without one of the union."""
    core = core_set(np.random.default_rng(3).random((50, 2)), 4, objective="max-sum", block_rows=20)
    solution = solve_core_set(core, "greedy")
    assert solution.bound is None
    assert solution.objective is not None
    assert solution.objective_name == "max-sum"


def test_larger_core_sets_have_smaller_radii():
    """For max-min, with every doubling of the size in the plane."""
    points = np.random.default_rng(4).random((1000, 2))
    radii = [core_set(points, 4, size=size, block_rows=500).radius for size in (4, 8, 16, 32, 64)]
    assert radii == sorted(radii, reverse=True)
    assert radii[-1] < radii[0] / 3


@pytest.mark.parametrize("objective", ["max-min", "max-sum"])
def test_a_dask_array(objective):
    """Its blocks on a threaded scheduler give what the same blocks of an array give."""
    da = pytest.importorskip("dask.array", reason='dask is not installed: pip install ".[dask]"')
    import dask

    points = np.random.default_rng(5).normal(size=(1000, 6)).astype(np.float32)
    lazy = da.from_array(points, chunks=(300, 4))
    with dask.config.set(scheduler="threads", num_workers=2):
        core = core_set(lazy, 5, objective=objective)
        unknown = core_set(lazy[lazy[:, 0] > 0.0], 5, objective=objective)
    same = core_set(points, 5, objective=objective, block_rows=300)
    assert core.rows.tolist() == same.rows.tolist()
    assert (core.radius, core.n) == (same.radius, 1000)
    assert (core.points == same.points).all()
    kept = points[points[:, 0] > 0.0]
    assert unknown.n == len(kept)
    assert (kept[unknown.rows] == unknown.points).all()


def test_dask_is_imported_by_those_who_use_it_only():
    """Neither the package nor a core-set of an array needs it."""
    code = (
        "import sys, numpy, solvers; solvers.core_set(numpy.eye(9), 2, block_rows=4);"
        "assert 'dask' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_memory_is_that_of_a_block(tmp_path):
    """Of a file ten times the size of a block no more than a few blocks are ever held."""
    path, shape = tmp_path / "points.npy", (100_000, 8)
    np.save(path, np.random.default_rng(6).random(shape))
    points = np.load(path, mmap_mode="r")
    core_set(points[:100], 5, block_rows=50)  # compiles
    tracemalloc.start()
    core_set(points, 5, block_rows=1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < points.nbytes / 5


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"p": 1}, "p must lie between 2 and 30, got 1."),
        ({"p": 31}, "p must lie between 2 and 30, got 31."),
        ({"p": 2.0}, "p must be a whole number, got 2.0."),
        ({"size": 3}, "the size of a core-set must lie between 4 and"),
        ({"block_rows": 0}, "block_rows must lie between 1 and"),
        ({"threads": 0}, "threads must lie between 1 and 1024, got 0."),
        ({"metric": "angular"}, "without a matrix the metric must be one of euclidean, normalized"),
        ({"metric": "euclidian"}, "unknown metric 'euclidian'; did you mean euclidean?"),
        ({"objective": "max-mim"}, "unknown objective 'max-mim'; did you mean max-min"),
        ({"points": np.zeros(30)}, "points must be an (n, d) array, got shape (30,)."),
        ({"points": [[1.0], [2.0]]}, "points must be an (n, d) array, got list."),
        ({"points": np.full((30, 2), "a")}, "a numeric (n, d) array of points is needed"),
    ],
)
def test_bad_input(change, told):
    """One sentence with the offending value."""
    arguments = {"points": np.random.default_rng(7).random((30, 2)), "p": 4, "block_rows": 10} | change
    with pytest.raises(InputError) as raised:
        core_set(**arguments)
    assert told in str(raised.value)


def test_a_bad_point_is_found_in_its_block():
    """Its place in the block and the block are named."""
    points = np.random.default_rng(8).random((30, 2))
    points[17, 1] = np.nan
    with pytest.raises(InputError, match="point 7 of block 1 holds NaN or infinity"):
        core_set(points, 4, block_rows=10)


def test_copies_only():
    """All points at one place: every distance is 0, and that is proven."""
    core = core_set(np.ones((40, 3)), 3, block_rows=10)
    assert core.radius == 0.0
    assert solve_core_set(core).objective == 0.0
    summed = core_set(np.ones((40, 3)), 3, objective="max-sum", block_rows=10)
    assert summed.bound(0.0) == 0.0
    assert replace(summed, radius=1.0).bound(3.0) == pytest.approx(3.0 + 3 * 2 * 1.0)


SCALES = st.sampled_from([0.0, 1.0, 3.0, 1e-165, 1e-170, 2e-170, 1e160, -1.0, -1e-170])


@given(
    points=hnp.arrays(np.float64, st.tuples(st.integers(4, 9), st.integers(1, 2)), elements=SCALES),
    data=st.data(),
)
@settings(max_examples=150, deadline=None)
def test_scales_that_meet_in_one_array(points, data):
    """Squares underflow and overflow, the bound holds all the same, and optimal is said if it is."""
    p = data.draw(st.integers(2, 4))
    solution = solve_core_set(core_set(points, p, block_rows=data.draw(st.integers(1, len(points)))))
    best = optimum(points, p)
    assert solution.objective <= best * (1.0 + 1e-9)
    assert solution.bound >= best * (1.0 - 1e-12)
    assert solution.bound <= 3.0 * solution.objective * (1.0 + 1e-6) + 1e-320
    if solution.status is Status.OPTIMAL:
        assert solution.objective == pytest.approx(best, rel=1e-12, abs=0.0)


def test_a_tiny_distance_is_not_taken_for_none():
    """The square of 1e-165 is 0, the distance is not: with 1e-170 next to nothing would be left."""
    points = np.array([[0.0], [1.0], [1e-170], [1e-165]])
    solution = solve_core_set(core_set(points, 3))
    assert solution.objective == pytest.approx(1e-165, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("unit", [1e-250, 1e-165, 1e160, 1e290])
def test_sums_of_any_unit(unit):
    """Local search neither ends too early nor runs on for ever."""
    points = np.random.default_rng(6).normal(size=(60, 2))
    usual = core_set(points, 5, objective="max-sum", block_rows=30)
    moved = core_set(points * unit, 5, objective="max-sum", block_rows=30)
    assert moved.rows.tolist() == usual.rows.tolist()
    assert moved.radius == pytest.approx(usual.radius * unit, rel=1e-9, abs=0.0)
