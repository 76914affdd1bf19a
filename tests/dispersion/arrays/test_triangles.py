"""Tests of `dispersion.arrays.triangles`: a declared metric is looked at."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispersion import InputError, Instance, distances
from dispersion.fixing import Fixed
from dispersion.metrics import metrics

TRUE = sorted(name for name in metrics if metrics[name].is_metric)


@pytest.mark.parametrize("n", [3, 10, 400])
def test_random_numbers_are_no_metric(n):
    """A broken triangle is named, and it is broken."""
    upper = np.triu(np.random.default_rng(n).random((n, n)) ** 4, k=1)
    D = upper + upper.T
    with pytest.raises(InputError, match="these are no euclidean distances: ") as caught:
        Instance(D, 2, metric="euclidean")
    named = re.search(r"\[(\d+), (\d+)\] = \S+ is more than \[\d+, (\d+)\]", str(caught.value))
    i, k, j = map(int, named.groups())
    assert D[i, k] > D[i, j] + D[j, k]
    assert Instance(D, 2).metric is None
    assert Instance(D, 2, metric="cosine").is_metric is False


def test_one_wrong_distance_is_found_if_it_is_the_longest():
    """Every triangle over the longest distance is looked at, whatever the sample holds."""
    D = distances(np.random.default_rng(0).random((2000, 3))).copy()
    D[700, 1500] = D[1500, 700] = 9.0
    with pytest.raises(InputError, match=r"the distance \[700, 1500\] = 9 is more than"):
        Instance(D, 2, metric="euclidean")


def test_a_rounded_metric_is_none():
    """1.4 + 1.4 >= 2.8 becomes 1 + 1 < 3."""
    with pytest.raises(InputError, match=r"\[0, 2\] = 3 is more than \[0, 1\] \+ \[1, 2\] = 2"):
        Instance([[0, 1, 3], [1, 0, 1], [3, 1, 0]], 2, metric="euclidean")


@pytest.mark.parametrize("name", TRUE)
@given(seed=st.integers(0, 10_000), scale=st.sampled_from([1e-300, 1e-20, 1.0, 1e20, 1e300]))
def test_rounding_refuses_no_true_metric(name, fit, seed, scale):
    """Points on a line (triangles without slack), copies and zeros; in double and single precision."""
    rng = np.random.default_rng(seed)
    X = np.outer(rng.normal(size=9), rng.normal(size=3)) + rng.choice([0.0, 1e3]) * rng.normal(size=3)
    X[0], X[1] = X[2], 0.0
    D = distances(fit(name, X), name)
    if name == "euclidean":
        D = D * scale
    Instance(D, 2, metric=name)
    if D.max() < 1e30:
        Instance(D.astype(np.float32), 2, metric=name)


def test_a_matrix_can_be_declared_a_metric():
    """Whoever says so is believed after a look at some triangles, also about part of the points."""
    D = distances(np.random.default_rng(0).random((12, 3)))
    declared = Instance(D, 4, is_metric=True, excluded=[0])
    assert [one.is_metric for one in (declared, declared.with_p(5), Instance(D, 4))] == [
        True,
        True,
        None,
    ]
    assert Fixed.of(declared, "max-min").plain.is_metric is True
    assert Instance(D, 4, is_metric=False).is_metric is False
    assert replace(declared, name="other").is_metric is True
    upper = np.triu(np.random.default_rng(1).random((12, 12)) ** 4, k=1)
    with pytest.raises(
        InputError, match=r"these distances are no metric: .*; leave out is_metric=True"
    ):
        Instance(upper + upper.T, 4, is_metric=True)
    with pytest.raises(InputError, match="is_metric must be True, False or None, got 'yes'"):
        Instance(D, 4, is_metric="yes")
    with pytest.raises(InputError, match="cosine is no metric, got is_metric=True; leave out one"):
        Instance(D, 4, metric="cosine", is_metric=True)
