"""Tests of `dispersion.instance`."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispersion import InputError, Instance, UnknownNameError, generate

LINE = [[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]]


def _with(i, j, value, mirrored=True):
    matrix = np.array(LINE)
    matrix[i, j] = value
    if mirrored:
        matrix[j, i] = value
    return matrix


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (_with(0, 2, np.nan), r"\[0, 2\] = nan is not finite"),
        (_with(0, 1, np.inf), r"\[0, 1\] = inf is not finite"),
        (_with(1, 2, -3.0), r"\[1, 2\] = -3.0 is negative"),
        (_with(1, 1, 5.0), r"\[1, 1\] = 5.0 is on the diagonal"),
        (_with(0, 2, 7.0, mirrored=False), r"not symmetric: \[0, 2\] = 7.0 but \[2, 0\] = 2.0"),
        (np.zeros((2, 3)), r"square \(n, n\) matrix, got shape \(2, 3\)"),
        (np.zeros(4), r"got shape \(4,\)"),
        ([["a", "b"], ["c", "d"]], "numeric square matrix"),
        ([[0, 1], [1]], "numeric square matrix"),
        ([[0, 10**400], [10**400, 0]], "numeric square matrix"),
        (np.array([[0, 1j], [1j, 0]]), "numeric square matrix.*complex"),
    ],
)
def test_bad_matrices_are_refused_with_the_offending_entry(matrix, words):
    """Each kind of bad matrix gives one sentence that names what is wrong."""
    with pytest.raises(InputError, match=words):
        Instance(matrix, 2)


@pytest.mark.parametrize("p", [1, 0, -2, 4, 2.5, "2", None, True])
def test_bad_p_is_refused_with_its_value(p):
    """A p that is no whole number in 2..n is named in the error."""
    with pytest.raises(InputError, match=f"p must.*{p!r}"):
        Instance(LINE, p)


def test_an_unknown_metric_suggests_the_nearest():
    """A misspelt metric is refused with a suggestion."""
    with pytest.raises(UnknownNameError, match="did you mean euclidean"):
        Instance.from_points([[0.0], [1.0]], 2, metric="euclidian")


def test_points_must_be_finite_and_rectangular():
    """NaN coordinates and ragged rows are refused."""
    with pytest.raises(InputError, match="point 1 holds NaN"):
        Instance.from_points([[0.0], [np.nan]], 2)
    with pytest.raises(InputError, match="numeric"):
        Instance.from_points([[0.0], [1.0, 2.0]], 2)


def test_the_matrix_is_copied_and_read_only():
    """Changing the source changes nothing, and the instance cannot be written to."""
    source = np.array(LINE)
    instance = Instance(source, 2)
    source[0, 1] = source[1, 0] = 9.0
    assert instance.distances[0, 1] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        instance.distances[0, 1] = 4.0
    with pytest.raises(ValueError, match="read-only"):
        instance.ranks[0, 1] = 4
    with pytest.raises(AttributeError):
        instance.p = 3


def test_a_pickled_instance_comes_back_read_only():
    """Workers get instances through pickle; they are as immutable there."""
    instance = Instance(LINE, 2)
    _ = instance.ranks
    copy = pickle.loads(pickle.dumps(instance))
    assert copy.digest == instance.digest
    for array in (copy.distances, copy.ranks, copy.levels):
        assert not array.flags.writeable


def test_the_digest_is_of_content_alone():
    """Name and sign of zero do not matter; a distance and p do."""
    base = Instance(LINE, 2, name="a")
    assert base.digest == Instance(np.array(LINE) * 1.0, 2, name="b").digest
    assert base.digest == Instance(np.array(LINE) - np.zeros((3, 3)) * -1.0, 2).digest
    assert base.digest != base.with_p(3).digest
    assert base.digest != Instance(_with(0, 1, 1.5), 2).digest


def test_with_p_shares_the_matrix_and_checks_p():
    """Another p costs no copy, and a bad one is refused."""
    base = Instance(LINE, 2)
    assert base.ranks is base.with_p(3).ranks
    assert base.with_p(3).p == 3
    assert base.p == 2
    with pytest.raises(InputError, match="between 2 and n = 3, got 4"):
        base.with_p(4)


@given(st.integers(0, 10_000))
def test_ranks_order_distances_exactly(seed):
    """Rank comparisons agree with distance comparisons, ties included."""
    rng = np.random.default_rng(seed)
    instance = Instance.from_points(rng.integers(0, 4, size=(6, 2)), 2)
    off = ~np.eye(6, dtype=bool)
    assert (instance.levels[instance.ranks[off]] == instance.distances[off]).all()
    assert (np.diff(instance.levels) > 0).all()
    assert (np.diag(instance.ranks) == -1).all()


def test_only_named_metrics_claim_the_triangle_inequality():
    """A raw matrix claims nothing, euclidean does, 1 - cos denies it."""
    points = np.eye(3)
    assert Instance(LINE, 2).is_metric is None
    assert Instance.from_points(points, 2).is_metric is True
    assert Instance.from_points(points, 2, metric="cosine").is_metric is False


def test_an_instance_is_shown_by_name_and_size():
    """And by its metric, if that is known; the matrix is not printed."""
    points = np.arange(6.0).reshape(3, 2)
    assert (
        repr(Instance.from_points(points, 2, name="mine"))
        == "Instance('mine', n=3, p=2, metric='euclidean')"
    )
    assert repr(Instance(np.zeros((4, 4)), 3)) == "Instance('instance', n=4, p=3)"


def test_an_instance_of_points_knows_their_dimension():
    """With whatever it asks; a matrix has none."""
    points = np.arange(6.0).reshape(3, 2)
    made = Instance.from_points(points.tolist(), 2)
    assert [one.dimension for one in (made, made.with_p(3), made.described("note"))] == [2, 2, 2]
    assert Instance.from_points([0.0, 1.0, 3.0], 2).dimension == 1
    assert Instance(made.distances, 2).dimension is None
    assert generate("geo", n=5, p=2, d=7).dimension == 7
    assert generate("mdg-a", n=5, p=2).dimension is None


def test_an_instance_of_points_keeps_them():
    """As they were given, whatever is asked; nobody can write to them, and the hash leaves them out."""
    points = np.arange(6, dtype=np.float32).reshape(3, 2)
    made = Instance.from_points(points, 2)
    points[0, 0] = 9.0
    for one in (made, made.with_p(3), made.described("note"), pickle.loads(pickle.dumps(made))):
        assert one.points.tolist() == [[0, 1], [2, 3], [4, 5]]
        assert one.points.dtype == np.float32
        assert not one.points.flags.writeable
    assert Instance.from_points([0, 1, 3], 2).points.tolist() == [[0], [1], [3]]
    assert Instance(made.distances, 2).points is None
    assert Instance(made.distances, 2).digest == made.digest
    assert generate("geo", n=5, p=2, d=7).points.shape == (5, 7)
