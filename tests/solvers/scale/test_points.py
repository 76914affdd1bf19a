"""Tests of `solvers.scale.points`."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dispersion import InputError, Instance
from dispersion.metrics import distances
from solvers import farthest_from_points, solve
from solvers.ranks.start import farthest_points

WHOLE = hnp.arrays(
    st.sampled_from([np.float32, np.float64, np.int64]),
    st.tuples(st.integers(1, 600), st.integers(1, 4)),
    elements=st.integers(-4, 4),
    fill=st.just(2),
)


def exact(points):
    """Euclidean distances of whole coordinates, without any rounding before the root."""
    x = np.asarray(points, dtype=np.int64)
    return np.sqrt(((x[:, None] - x) ** 2).sum(axis=2, dtype=np.float64))


@given(points=WHOLE, data=st.data())
@settings(max_examples=80, deadline=None)
def test_the_same_points_as_from_the_matrix(points, data):
    """Whole coordinates, so arithmetic is exact: ties and copies fall alike, for 1 or 3 threads."""
    n = len(points)
    p, start = data.draw(st.integers(1, min(n, 40))), data.draw(st.integers(0, n - 1))
    by_matrix = farthest_points(exact(points), start, p).tolist()
    for threads in (1, 3):
        chosen = farthest_from_points(points, p, start=start, threads=threads)
        assert chosen.tolist() == by_matrix
        assert chosen.dtype == np.intp


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("d", [1, 2, 3, 17, 64])
def test_real_coordinates_give_the_matrix_selection(dtype, d):
    """Without ties, rounding does not matter; every point of p = n is taken once."""
    points = np.random.default_rng(d).normal(size=(300, d)).astype(dtype)
    matrix = distances(points)
    chosen = farthest_from_points(points, 40, start=7)
    assert chosen.tolist() == farthest_points(matrix, 7, 40).tolist()
    everything = farthest_from_points(points, 300)
    assert sorted(everything) == list(range(300))


def test_normalized_ignores_length():
    """The selection of the unit vectors; the points themselves stay as they were."""
    points = np.random.default_rng(3).normal(size=(200, 5)) * np.arange(1, 201)[:, None]
    before = points.copy()
    chosen = farthest_from_points(points, 20, "normalized", start=0)
    assert chosen.tolist() == farthest_points(distances(points, "normalized"), 0, 20).tolist()
    assert (points == before).all()


def test_without_a_start_the_seed_decides():
    """It leads to the point farthest from a random one, so to an end of a line."""
    points = np.arange(1000.0)[:, None]
    firsts = {int(farthest_from_points(points, 1, seed=seed)[0]) for seed in range(8)}
    assert firsts == {0, 999}
    cloud = np.random.default_rng(1).normal(size=(2000, 4))
    once, again = (farthest_from_points(cloud, 30, seed=5, threads=t) for t in (1, 2))
    assert (once == again).all()


@pytest.mark.parametrize("kind", ["normal", "sphere", "sorted"])
def test_the_number_of_threads_changes_nothing(kind):
    """Not even by rounding, since every distance is computed the same way."""
    points = np.random.default_rng(2).normal(size=(5000, 8)).astype(np.float32)
    if kind == "sphere":
        points /= np.linalg.norm(points, axis=1, keepdims=True)
    if kind == "sorted":
        points = points[points[:, 0].argsort()]
    one, *others = (farthest_from_points(points, 200, start=0, threads=t) for t in (1, 2, 5, 64))
    for other in others:
        assert (one == other).all()


@pytest.mark.parametrize("seed", range(5))
def test_any_start_is_within_a_factor_two(seed):
    """Gonzalez's theorem, against the proven optimum."""
    points = np.random.default_rng(seed).random((40, 2))
    instance = Instance.from_points(points, 8)
    chosen = farthest_from_points(points, 8, seed=seed)
    pairs = instance.distances[np.ix_(chosen, chosen)][np.triu_indices(8, k=1)]
    assert pairs.min() >= solve(instance, "clique").objective / 2


def test_float32_is_not_copied_and_no_matrix_is_built():
    """n = 20,000 by d = 4: the matrix would take 3.2 GB, the points 320 kB; 1 MB is allowed."""
    points = np.random.default_rng(0).random((20_000, 4), dtype=np.float32)
    farthest_from_points(points[:100], 2)
    points.setflags(write=False)
    tracemalloc.start()
    farthest_from_points(points, 50, start=0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1e6


@pytest.mark.parametrize("columns", [slice(None), slice(None, None, 2), slice(None, None, -1)])
def test_any_layout_is_taken(columns):
    """Fortran order, strides, lists and half precision mean the same points."""
    points = np.asfortranarray(np.random.default_rng(4).integers(0, 50, size=(90, 6)))[:, columns]
    expected = farthest_from_points(np.ascontiguousarray(points), 9, start=1).tolist()
    for given_as in (points, points.tolist(), points.astype(np.float16), points.astype(np.float32)):
        assert farthest_from_points(given_as, 9, start=1).tolist() == expected


POINTS = np.arange(12.0).reshape(6, 2)


def spoilt(value, dtype=np.float64):
    points = POINTS.astype(dtype)
    points[4, 1] = value
    return points


@pytest.mark.parametrize(
    ("points", "arguments", "message"),
    [
        (POINTS, {"p": 0}, "p must lie between 1 and 6, got 0"),
        (POINTS, {"p": 7}, "p must lie between 1 and 6, got 7"),
        (POINTS, {"p": 2.0}, "p must be a whole number, got 2.0"),
        (POINTS, {"p": True}, "p must be a whole number, got True"),
        (POINTS, {"start": 6}, "start must lie between 0 and 5, got 6"),
        (POINTS, {"start": -1}, "start must lie between 0 and 5, got -1"),
        (POINTS, {"start": "0"}, "start must be a whole number, got '0'"),
        (POINTS, {"start": [[0], [1, 2]]}, "start must be a list of points, whole numbers"),
        (POINTS, {"threads": 0}, "threads must lie between 1 and 1024, got 0"),
        (POINTS, {"seed": -1}, "seed must lie between 0"),
        (POINTS, {"seed": 0.5}, "seed must be a whole number, got 0.5"),
        (POINTS, {"metric": "euclidian"}, "did you mean euclidean"),
        (POINTS, {"metric": "angular"}, "must be one of euclidean, normalized, got 'angular'"),
        (POINTS[0], {}, r"shape \(n, d\) with n, d >= 1, got \(2,\)"),
        (POINTS[:0], {}, r"got \(0, 2\)"),
        (POINTS[:, :0], {}, r"got \(6, 0\)"),
        ("points", {}, "a numeric"),
        (np.ma.masked_equal(POINTS, 3.0), {}, "1 masked entries"),
        (POINTS + 1j, {}, "complex"),
        (spoilt(np.nan), {}, "point 4 holds NaN or infinity"),
        (spoilt(np.inf, np.float32), {}, "point 4 holds NaN or infinity"),
        (spoilt(np.nan), {"p": 1}, "point 4 holds NaN or infinity"),
        (spoilt(np.nan), {"p": 2, "start": 4}, "point 4 holds NaN or infinity"),
        (spoilt(np.nan), {"p": 2, "start": 0}, "point 4 holds NaN or infinity"),
        (np.array([[np.nan]]), {"p": 1}, "point 0 holds NaN or infinity"),
        (spoilt(np.nan), {"metric": "normalized"}, "point 4 holds NaN or infinity"),
    ],
)
def test_bad_input_is_one_sentence(points, arguments, message):
    """It names the offending value."""
    with pytest.raises(InputError, match=message) as caught:
        farthest_from_points(points, **({"p": 3} | arguments))
    assert "\n" not in str(caught.value)


def exactly(points):
    """Distances in exact arithmetic, as fractions and their squares: no float can underflow."""
    rows = [[Fraction(float(x)) for x in row] for row in points]
    return [[sum((a - b) ** 2 for a, b in zip(x, y, strict=True)) for y in rows] for x in rows]


SCALES = st.sampled_from([0.0, 1.0, 3.0, 1e-30, 7e-25, 1e-165, 1e-170, 2e-170, 5e-324, 1e160, 3e300])


@given(
    rows=st.lists(st.tuples(SCALES, SCALES), min_size=2, max_size=9),
    signs=st.lists(st.sampled_from([-1.0, 1.0]), min_size=9, max_size=9),
    single=st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_scales_that_meet_in_one_array(rows, signs, single):
    """Tiny beside huge, in both precisions: the points that exact arithmetic takes."""
    points = np.array([[sign * x, y] for (x, y), sign in zip(rows, signs, strict=False)])
    if single:
        points = np.where(np.abs(points) > 1e38, 1e30, points).astype(np.float32)
    chosen = farthest_from_points(points, len(points), start=0).tolist()
    assert sorted(chosen) == list(range(len(points)))
    squares = exactly(points)
    for k in range(1, len(points)):  # within rounding, for it decides between almost equal distances
        near = [min(squares[i][c] for c in chosen[:k]) for i in range(len(points))]
        assert near[chosen[k]] >= max(near) * Fraction(1 - 1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_unit_gives_the_same_points(dtype):
    """Squares of 1e30 overflow float32, and those of 1e-30 underflow it; likewise 1e200 in float64."""
    points = np.random.default_rng(0).normal(size=(300, 3))
    usual = farthest_from_points(points.astype(dtype), 300, start=0).tolist()
    for exponent in (100, -100, 120, -120) if dtype is np.float32 else (600, -600, 1000, -900):
        moved = np.ldexp(points.astype(dtype), exponent)
        assert farthest_from_points(moved, 300, start=0).tolist() == usual


def test_a_few_close_points_among_many_copies():
    """More points than distinct ones, in any unit: the distinct come first, then copies in order."""
    points = np.repeat([[0.0], [1.0], [1e-170], [1e-165]], 50, axis=0)
    assert farthest_from_points(points, 8, start=0).tolist() == [0, 50, 150, 100, 1, 2, 3, 4]


def test_tensors_and_tables_will_do():
    """With a gradient, and in half precision; float32 stays single."""
    torch = pytest.importorskip("torch")
    points = np.random.default_rng(7).integers(0, 60, size=(90, 3))
    expected = farthest_from_points(points, 9, start=1).tolist()
    tensor = torch.tensor(points)
    for kind in (torch.int64, torch.float64, torch.float32, torch.bfloat16):
        assert farthest_from_points(tensor.to(kind), 9, start=1).tolist() == expected
    assert farthest_from_points(tensor.float().requires_grad_(), 9, start=1).tolist() == expected
    assert farthest_from_points(pd.DataFrame(points), 9, start=1).tolist() == expected


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("scale", [1.0, 1e-200])
def test_several_points_may_be_in_already(threads, scale):
    """They come first; the others are the farthest from all, one after the other."""
    points = np.random.default_rng(5).integers(0, 1000, size=(400, 2)) * scale
    known = [3, 17, 250]
    chosen = farthest_from_points(points, 12, start=known, threads=threads).tolist()
    assert chosen[:3] == known
    whole = points / scale
    for k in range(3, 12):
        nearest = np.linalg.norm(whole[:, None] - whole[chosen[:k]][None], axis=2).min(axis=1)
        assert nearest[chosen[k]] == pytest.approx(nearest.max(), rel=1e-12)
    assert farthest_from_points(points, 3, start=known).tolist() == known
    assert len(farthest_from_points(points, 4, start=[])) == 4


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ([0, 1, 2], "start holds 3 points, and p = 2 are to be chosen"),
        ([0, 0], "start holds point 0 twice"),
        ([9], "start holds 9; points are counted from 0 to 8"),
    ],
)
def test_a_start_set_that_does_not_fit(start, message):
    """One sentence."""
    with pytest.raises(InputError, match=message):
        farthest_from_points(np.arange(9.0)[:, None], 2, start=start)
