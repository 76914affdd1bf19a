"""Tests of `solvers.kernels.farthest`, against plain numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from solvers.kernels.farthest import BLOCK, farthest, farthest_point, longest_end


def plain(matrix, start, p):
    """The definition: the farthest from all chosen, the lowest index first."""
    chosen = [start]
    for _ in range(p - 1):
        rest = np.setdiff1d(np.arange(len(matrix)), chosen)
        chosen.append(int(rest[matrix[np.ix_(rest, chosen)].min(axis=1).argmax()]))
    return chosen


def symmetric(n, highest, seed, dtype, diagonal):
    upper = np.triu(np.random.default_rng(seed).integers(0, highest, size=(n, n)), k=1)
    matrix = (upper + upper.T).astype(dtype)
    np.fill_diagonal(matrix, diagonal)
    return matrix


@given(
    n=st.integers(1, 40),
    highest=st.sampled_from([1, 2, 5, 2**30]),
    seed=st.integers(0, 2**31),
    kind=st.sampled_from([("int32", -1), ("int64", 0)]),
    data=st.data(),
)
@settings(max_examples=200, deadline=None)
def test_both_kernels_do_what_plain_numpy_does(n, highest, seed, kind, data):
    """Ties, zeros, every start, p from 1 to n; ranks (int32) and bits of distances (int64)."""
    matrix = symmetric(n, highest, seed, *kind)
    matrix.setflags(write=False)
    start = data.draw(st.integers(0, n - 1))
    p = data.draw(st.integers(1, n))
    assert farthest(matrix, start, p).tolist() == plain(matrix, start, p)
    assert longest_end(matrix) == int(matrix.argmax()) // n


def test_the_largest_may_stand_anywhere():
    """First and last pair of a row, of the matrix, and beyond every vector length."""
    for n in (2, 3, 31, 32, 33, 65, 257):
        for i, j in ((0, 1), (0, n - 1), (n - 2, n - 1)):
            matrix = np.zeros((n, n), dtype=np.int64)
            matrix[i, j] = matrix[j, i] = 7
            assert longest_end(matrix) == i
            assert set(farthest(matrix, longest_end(matrix), 2).tolist()) == {i, j}


def test_a_first_entry_that_shrinks_is_not_remembered():
    """Point 0 is second until the first is chosen beside it; its old distance was once kept."""
    x = np.array([9, 0, 10, 5])
    matrix = np.abs(x[:, None] - x)
    assert farthest(matrix, 1, 4).tolist() == [1, 2, 3, 0]


@given(
    points=hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 3 * BLOCK), st.integers(1, 3)),
        elements=st.integers(-3, 3).map(np.float32),
        fill=st.just(np.float32(1)),
    ),
    step=st.integers(1, 4),
    data=st.data(),
)
@settings(max_examples=60, deadline=None)
def test_the_lazy_search_finds_the_farthest_point(points, step, data):
    """With whole coordinates every share finds the lowest of its farthest points, step by step."""
    n, blocks = len(points), -(-len(points) // BLOCK)
    step = min(step, blocks)
    centres = data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=6, unique=True))
    nearest = np.full(n, np.inf, dtype=np.float32)
    tops = np.full(blocks, np.inf, dtype=np.float32)
    seen = np.zeros(n, dtype=np.int32)
    for k, centre in enumerate(centres, start=1):
        nearest[centre] = -1.0
        true = ((points[:, None] - points[centres[:k]]) ** 2).sum(axis=2).min(axis=1)
        true[centres[:k]] = -1.0
        for first in range(step):
            state = (points[centres], k, nearest, seen, tops)
            found = farthest_point(points, *state, first, step)
            mine = np.flatnonzero(np.arange(n) // BLOCK % step == first)
            best = mine[true[mine].argmax()]
            assert found == (best if true[best] >= 0 else -1)
        assert (nearest >= true).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_little_is_computed_where_a_few_points_stand_out(dtype):
    """Most bounds are never brought up to date again; that is what makes it fast."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(20 * BLOCK, 16)).astype(dtype)
    nearest = np.full(len(points), np.inf, dtype=dtype)
    tops, seen = np.full(20, np.inf, dtype=dtype), np.zeros(len(points), dtype=np.int32)
    centres, point = np.empty((20, 16), dtype=dtype), 0
    for k in range(1, 21):
        centres[k - 1], nearest[point] = points[point], -1.0
        point = farthest_point(points, centres, k, nearest, seen, tops, 0, 1)
    assert seen.sum() < 0.25 * 20 * len(points)
