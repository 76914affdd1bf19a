"""Tests of `dispersion.arrays.matrices`: rounding is repaired and said, everything else is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist, squareform

from dispersion import InputError, Instance, UnknownNameError
from solvers import solve


def _cloud(seed=0, n=40, d=5):
    return np.random.default_rng(seed).normal(size=(n, d))


def _distances(dtype=np.float64):
    """A matrix by the Gram formula, as libraries compute it, with all its rounding."""
    X = _cloud().astype(dtype)
    norms = (X * X).sum(axis=1)
    squares = norms[:, None] + norms[None, :] - 2 * (X @ X.T)
    return np.sqrt(np.abs(squares))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_gram_formula_is_repaired_and_said(dtype):
    """The diagonal is the root of a rounding error; what it was is said with every solution."""
    given_matrix = _distances(dtype)
    given_matrix[3, 3] = np.sqrt(np.finfo(dtype).eps)
    instance = Instance(given_matrix, 4)
    assert (np.diag(instance.distances) == 0.0).all()
    assert (instance.distances == instance.distances.T).all()
    largest = np.diag(given_matrix).max()
    assert f"the diagonal, up to {largest:.3g} by rounding, is taken as 0" in instance.note
    assert instance.note in solve(instance, "greedy").message
    assert instance.with_p(5).note == instance.note


def test_one_minus_a_correlation_is_repaired():
    """A diagonal of 1e-16, zeros below 0, and halves that differ in the last bit."""
    D = 1.0 - np.corrcoef(_cloud())
    D[0, 0], D[0, 1], D[1, 0] = 2.2e-16, -1.1e-16, 0.0
    D[2, 3] = np.nextafter(D[3, 2], 9.0)
    instance = Instance(D, 4)
    assert instance.distances[0, 1] == 0.0
    assert instance.distances[2, 3] == instance.distances[3, 2]
    assert "distances down to -1.1e-16, below 0 by rounding, are taken as 0" in instance.note
    assert (
        "the mean of the two distances of a pair, which differ by rounding, is taken" in instance.note
    )


def test_nothing_to_repair_is_nothing_to_say():
    """A matrix that is one stays as it is, to the last bit, and solutions have no remark about it."""
    D = Instance.from_points(_cloud(), 4).distances
    instance = Instance(D, 4)
    assert instance.note == ""
    assert (instance.distances == D).all()


@pytest.mark.parametrize(
    ("i", "j", "value", "told"),
    [
        (1, 1, 1e-5, r"distance \[1, 1\] = 1e-05 is on the diagonal"),
        (1, 2, -1e-10, r"\[1, 2\] = -1e-10 is negative"),
        (2, 5, 0.1, r"not symmetric: \[2, 5\] = 0.1 but \[5, 2\] = .*; one pair differs, by up to \d"),
    ],
)
def test_more_than_rounding_is_refused(i, j, value, told):
    """A float64 matrix of numbers about 1 has no errors of 1e-10."""
    D = Instance.from_points(_cloud(), 4).distances.copy()
    D[i, j] = value
    with pytest.raises(InputError, match=told):
        Instance(D, 4)


@pytest.mark.parametrize("kind", [np.int64, np.float64])
def test_whole_numbers_have_no_rounding(kind):
    """A difference of 1 beside a billion is real, and so is one on the diagonal."""
    D = np.array([[0, 10**9, 5], [10**9, 0, 1], [5, 2, 0]], dtype=kind)
    with pytest.raises(InputError, match=r"\[1, 2\] = 1.0 but \[2, 1\] = 2.0"):
        Instance(D, 2)
    D[1, 2], D[1, 1] = 2, 1
    with pytest.raises(InputError, match=r"\[1, 1\] = 1.0 is on the diagonal"):
        Instance(D, 2)


def test_single_precision_excuses_more_than_double():
    """The numbers count in the precision that they were computed in."""
    D = Instance.from_points(_cloud(), 4).distances.copy()
    D[0, 1] *= 1.0 + 1e-6
    assert "differ by rounding" in Instance(D.astype(np.float32), 4).note
    with pytest.raises(InputError, match="not symmetric"):
        Instance(D, 4)


def test_half_precision_is_no_excuse_for_anything():
    """64 units of float16 are 6 %: a pair that differs by 3 % is refused all the same."""
    D = np.array([[0.0, 1.5], [1.55, 0.0]], dtype=np.float16)
    with pytest.raises(InputError, match="not symmetric"):
        Instance(D, 2)


def test_the_largest_of_many_differences_is_named():
    """With their number, and the remedy."""
    D = np.array([[0.0, 1.0, 2.0], [1.5, 0.0, 3.0], [2.0, 9.0, 0.0]])
    with pytest.raises(InputError) as caught:
        Instance(D, 2)
    assert str(caught.value) == (
        "distances are not symmetric: [1, 2] = 3.0 but [2, 1] = 9.0; 2 pairs differ, by up to 6; say "
        'what to take, as in Instance.from_matrix(D, p, symmetric="mean"), "min" or "max" (--symmetric '
        "on the command line)."
    )


@pytest.mark.parametrize(("symmetric", "value"), [("mean", 2.0), ("min", 1.0), ("max", 3.0)])
def test_what_to_make_of_two_distances_can_be_said(symmetric, value):
    """It is done, and the note says so with the largest difference."""
    instance = Instance.from_matrix([[0.0, 1.0], [3.0, 0.0]], 2, symmetric=symmetric)
    assert instance.distances.tolist() == [[0.0, value], [value, 0.0]]
    assert instance.note == (
        f"the {symmetric} of the two distances of a pair is taken; they differed by up to 2"
    )


def test_other_ways_are_unknown():
    """With the nearest known."""
    with pytest.raises(UnknownNameError, match=r"'maen'; did you mean mean"):
        Instance.from_matrix([[0, 1], [1, 0]], 2, symmetric="maen")


def test_the_mean_of_huge_distances_does_not_overflow():
    """Their sum would."""
    D = np.array([[0.0, 1.7e308], [1.5e308, 0.0]])
    assert Instance.from_matrix(D, 2, symmetric="mean").distances[0, 1] == pytest.approx(1.6e308)


def test_similarities_are_recognised_by_their_diagonal():
    """A matrix of correlations is not turned around unasked."""
    with pytest.raises(InputError, match=r"must be 0; of similarities take 1 - S;"):
        Instance(np.corrcoef(np.eye(4) + 0.1 * _cloud(n=4, d=4)) ** 2 * 0.5 + 0.5 * np.eye(4), 2)


@given(st.integers(0, 10_000), st.sampled_from([1e-300, 1e-8, 1.0, 1e300]))
def test_whatever_is_accepted_is_a_matrix_of_distances(seed, scale):
    """Noise of rounding size at any scale is repaired, and distances stay nearly as given."""
    rng = np.random.default_rng(seed)
    D = np.triu(rng.random((6, 6)) + 0.1, k=1)
    D = (D + D.T) * scale
    noisy = D + rng.uniform(-8, 8, size=D.shape) * 2.2e-16 * D.max()
    E = Instance(noisy, 2).distances
    assert (E == E.T).all()
    assert (E >= 0).all()
    assert (np.diag(E) == 0).all()
    np.testing.assert_allclose(E, D, atol=1e-14 * D.max())


def test_a_matrix_that_cannot_be_copied_is_one_sentence():
    """It takes no memory itself: one number, seen a trillion times."""
    seen = np.broadcast_to(np.float64(0.0), (10**7, 10**7))
    with pytest.raises(InputError, match=r"shape \(10000000, 10000000\), does not fit into memory"):
        Instance(seen, 2)


def test_a_vector_of_all_pairs():
    """As scipy's pdist and squareform order it."""
    X = np.random.default_rng(0).normal(size=(7, 3))
    assert (Instance(pdist(X), 3).distances == squareform(pdist(X))).all()
    assert Instance([5.0], 2).distances.tolist() == [[0, 5], [5, 0]]
    with pytest.raises(InputError, match=r"as pdist makes it, got shape \(5,\); 3 points have 3 pairs"):
        Instance([1.0, 2, 3, 4, 5], 2)
    with pytest.raises(InputError, match=r"got shape \(0,\)"):
        Instance([], 2)


def test_a_changed_copy_keeps_its_name():
    """`dataclasses.replace` knows what an instance is made of."""
    instance = Instance(1.0 - np.eye(3), 2)
    assert replace(instance, name="other").name == "other"
    assert replace(instance, p=3).digest == instance.with_p(3).digest
