"""Every criterion against four filters worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from pruning import Calibration, filter_layers
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


def entropy(*shares) -> float:
    return -sum(q * np.log2(q) for q in shares)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("hrank", {}, [1.5, 0.5, 0.5, 1.0]),
        ("hrank", {"images": 1}, [2, 1, 0, 2]),
        ("pfp", {}, [1 / 2, 1, 2 / 3, 1 / 2]),  # alone in the second output; 2 of 3 on the second image
        ("pfp", {"images": 1}, [1 / 2, 1, 2 / 3, 1 / 2]),  # batches are not split
        (
            "fpici",
            {"capacity": "features", "bins": 2, "balance": 1.0},
            [
                (entropy(3 / 8, 5 / 8) - entropy(1 / 8, 7 / 8)) / (1 - entropy(1 / 8, 7 / 8)),
                1.0,
                0.0,
                (entropy(2 / 8, 6 / 8) - entropy(1 / 8, 7 / 8)) / (1 - entropy(1 / 8, 7 / 8)),
            ],
        ),
    ],
)
def test_scores_by_images(name, arguments, expected, by_hand, four):
    """Feature maps 1001, 1111, 0000, 0110 of the first image and 1000, 0000, 1000, 0000."""
    (layer,) = filter_layers(by_hand.network)
    found = scores(layer, name, calibration=by_hand, **arguments)
    assert found == pytest.approx(expected, abs=1e-6)


def test_shapley_values(by_hand):
    """With one image and one channel left, that channel has it all: half of the pixels times 2."""
    network = by_hand.network.copy()
    with torch.no_grad():
        network.module.read.weight[:] = 0.0
        network.module.read.weight[1, 3] = 2.0
    seen = Calibration(network, by_hand.images, np.array([1, 1]), mirrored=False)
    (layer,) = filter_layers(network)
    given = {"calibration": seen, "images": 1}
    found = scores(layer, "snpfi", estimate="permutations", steps=4, **given)
    gain = np.log(1 / (1 + np.exp(-1))) - np.log(1 / 2)
    assert found == pytest.approx([0, 0, 0, gain], abs=1e-6)
    grouped = scores(layer, "snpfi", estimate="permutations", steps=2, permutations=1, **given)
    assert sorted(grouped) == pytest.approx([0, 0, gain / 2, gain / 2], abs=1e-6)
    linear = (1 / 2 + 1 / (1 + np.exp(1))) / 2  # slopes of the log-probability without and with it
    found = scores(layer, "snpfi", samples=500, **given)
    assert found == pytest.approx([0, 0, 0, linear], abs=0.01)


def test_pfp_draws_by_sensitivity(by_hand):
    """Chi squared over first draws; what is certain is certain."""
    (layer,) = filter_layers(by_hand.network)
    firsts = [
        keep(layer, 1, "pfp", mode="random", seed=seed, calibration=by_hand)[0] for seed in range(600)
    ]
    expected = 600 * np.array([3, 6, 4, 3]) / 16
    assert ((np.bincount(firsts) - expected) ** 2 / expected).sum() < 16.3  # 3 degrees: 1 in 1000
    # 2 draws give 1.72 different ones on average, so 2: a probability of 1/2 or more none has
    pairs = [tuple(keep(layer, 2, "pfp", mode="mixed", seed=k, calibration=by_hand)) for k in range(60)]
    assert len(set(pairs)) == 6
    # 3 draws give 2.26, so 3: a probability of 1/3 or more has the second
    threes = [
        tuple(keep(layer, 3, "pfp", mode="mixed", seed=k, calibration=by_hand)) for k in range(30)
    ]
    assert set(threes) == {(0, 1, 2), (0, 1, 3), (1, 2, 3)}
