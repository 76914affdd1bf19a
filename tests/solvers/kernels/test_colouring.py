"""Tests of `solvers.kernels.colouring`: colours are an upper bound."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from solvers.kernels.bitset import adjacency
from solvers.kernels.colouring import colours

GRAPHS = [
    *itertools.product(range(4), (5, 12, 25), (0.1, 0.5, 0.8, 0.9)),
    *itertools.product(range(4), (66,), (0.1, 0.5)),
]


@pytest.mark.parametrize(("seed", "n", "density"), GRAPHS)
def test_colours_are_never_fewer_than_the_clique_number(seed, n, density, random_ranks, clique_number):
    """And counting stops at what is enough."""
    ranks = random_ranks(seed, n, density)
    omega = clique_number(ranks)
    rows = adjacency(ranks, np.arange(n), 1)
    used = colours(rows, n + 1)
    assert used >= omega
    assert [colours(rows, enough) for enough in (1, used, used + 1)] == [1, used, used]
