"""Every criterion against four filters worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from pruning.criteria import keep, scores

R = np.sqrt


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("l1", {}, [7, 14, 7, 1]),
        ("l2", {}, [5, 10, 5, 1]),
        (
            "fpgm",
            {},
            [5 + R(50) + R(18), 5 + R(125) + R(85), R(50) + R(125) + R(32), R(18) + R(85) + R(32)],
        ),
        ("whc", {}, [26, 52, 77, 5]),
        ("whc", {"variant": "l2"}, [5, 10, 5, 1]),
        ("whc", {"variant": "cosine"}, [1.2, 1.2, 3.6, 2.0]),
        ("whc", {"variant": "dm"}, [1.2, 1.2, 2.4, 0.8]),
        ("whc", {"variant": "hc"}, [6, 12, 12, 0.8]),
        ("whc", {"variant": "l1-norm"}, [50.4, 100.8, 149.8, 7]),
        ("whc", {"variant": "correlation"}, [0, 0, 0, 0]),
        ("fpici", {"bins": 2}, [0.125, 0.125, 1, 0]),
        ("fpici", {"capacity": "energy"}, [0.625, 0.625, 1, 0]),
        ("fpici", {"capacity": "energy", "balance": 1.0}, [1, 1, 1, 0]),
        ("fpici", {"balance": 0.0}, [0.25, 0.25, 1, 0]),
    ],
)
def test_scores(name, arguments, expected, four):
    """Cosines 1, 0, 0.8, 0, 0.8 and -0.6 of the pairs in order."""
    assert scores(four, name, **arguments) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "p", "arguments", "expected"),
    [
        ("dispersion", 2, {}, [1, 2]),  # the farthest pair, at the root of 125
        ("dispersion", 3, {}, [1, 2, 3]),  # 3 is 5.66 from both, 0 only 5
        ("dispersion", 3, {"solver": "clique"}, [1, 2, 3]),
        ("dispersion", 2, {"metric": "normalized", "solver": "clique"}, [2, 3]),  # cosine -0.6
        ("dispersion", 3, {"objective": "max-sum", "solver": "exchange"}, [1, 2, 3]),  # 26.06
        ("dpp", 2, {}, [0, 2]),  # all alike at first; then the one farthest from the first
    ],
)
def test_sets(name, p, arguments, expected, four):
    """Distances 5, 7.07, 4.24, 11.18, 9.22 and 5.66 of the pairs in order."""
    assert keep(four, p, name, **arguments).tolist() == expected


def test_chance_is_fair_and_seeded(four):
    """Every pair is drawn about as often."""
    counts = np.zeros((4, 4))
    for seed in range(3000):
        counts[tuple(keep(four, 2, "random", seed=seed))] += 1
    drawn = counts[np.triu_indices(4, k=1)]
    assert ((drawn - 500) ** 2 / 500).sum() < 20.5  # chi squared, 5 degrees of freedom: 1 in 1000
