"""Every formula against its plainest form, one number at a time."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from dispersion.errors import InputError
from pruning import Calibration, filter_layers
from pruning.criteria import keep, scores
from pruning.criteria.dpp import kernel
from pruning.saliency.sensitivity import (
    draws_for,
    expected_distinct,
    largest_shares,
    samples,
    sensitivities,
    spread,
)


def norm(x) -> float:
    return math.sqrt(sum(v * v for v in x))


def cosine(x, y) -> float:
    lengths = norm(x) * norm(y)
    return sum(a * b for a, b in zip(x, y, strict=True)) / lengths if lengths else 0.0


def bits(shares) -> float:
    return -sum(q * math.log2(q) for q in shares if q > 0)


def scaled(values) -> list[float]:
    low, high = min(values), max(values)
    return [(v - low) / (high - low) for v in values]


def test_norms(some_layer):
    F = some_layer.points.tolist()
    assert scores(some_layer, "l1") == pytest.approx([sum(abs(v) for v in f) for f in F])
    assert scores(some_layer, "l2") == pytest.approx([norm(f) for f in F])


def test_fpgm(some_layer):
    F = some_layer.points.tolist()
    slow = [sum(math.dist(f, g) for g in F) for f in F]
    assert scores(some_layer, "fpgm") == pytest.approx(slow)


@pytest.mark.parametrize("variant", ["whc", "cosine", "dm", "hc", "l1-norm", "correlation"])
def test_whc(variant, some_layer):
    """A filter of zeros scores 0 and changes no other score but by its direction, which it lacks."""
    F = some_layer.points.tolist()
    seen = [[v - sum(f) / len(f) for v in f] for f in F] if variant == "correlation" else F
    size = [sum(map(abs, f)) if variant == "l1-norm" else norm(f) for f in F]
    slow = []
    for i in range(12):
        others = [j for j in range(12) if j != i]
        cos = {j: cosine(seen[i], seen[j]) for j in others}
        slow.append(
            {
                "cosine": sum(1 - cos[j] for j in others),
                "dm": sum(1 - abs(cos[j]) for j in others),
                "hc": size[i] * sum(1 - abs(cos[j]) for j in others),
            }.get(variant, size[i] * sum(size[j] * (1 - abs(cos[j])) for j in others))
        )
    slow = [0.0 if norm(f) == 0 else value for f, value in zip(F, slow, strict=True)]
    assert scores(some_layer, "whc", variant=variant) == pytest.approx(slow)


@pytest.mark.parametrize("capacity", ["weights", "energy"])
def test_fpici(capacity, some_layer):
    F = some_layer.points
    entropies = []
    for f in F:
        if capacity == "weights":
            edges = np.linspace(F.min(), F.max(), 9)
            counts, _ = np.histogram(f, edges)
            entropies.append(bits(counts / counts.sum()))
        else:
            parts = [norm(f[9 * c : 9 * c + 9]) for c in range(3)] + [abs(v) for v in f[27:]]
            total = sum(parts)
            entropies.append(bits([part / total for part in parts]) if total else 0.0)
    G = F.tolist()
    living = [i for i in range(12) if any(G[i])]  # what has no direction is unlike none
    apart = [
        sum(1 - abs(cosine(G[i], G[j])) for j in living if j != i and i in living) / 12
        for i in range(12)
    ]
    slow = [0.3 * a + 0.7 * b for a, b in zip(scaled(entropies), scaled(apart), strict=True)]
    fast = scores(some_layer, "fpici", capacity=capacity, bins=8, balance=0.3)
    assert fast == pytest.approx(slow)


@pytest.mark.parametrize("beta", [None, 0.02, 0.1])
def test_dpp_map_is_greedy(beta, some_layer):
    """At every step the largest determinant."""
    L = kernel(some_layer.points, beta, 0.01)
    kept: list[int] = []
    for p in range(1, 7):
        gains = {
            v: np.linalg.det(L[np.ix_([*kept, v], [*kept, v])]) for v in range(12) if v not in kept
        }
        kept.append(max(gains, key=lambda v: (round(gains[v], 12), -v)))
        assert keep(some_layer, p, "dpp", beta=beta).tolist() == sorted(kept)


@pytest.mark.parametrize("p", [1, 2, 3])
def test_dpp_samples_by_determinants(p, four):
    """Chi squared over all sets, at a seed fixed beforehand."""
    L = kernel(four.points, None, 0.01)
    sets = list(itertools.combinations(range(4), p))
    weights = np.array([np.linalg.det(L[np.ix_(s, s)]) for s in sets])
    expected = 2000 * weights / weights.sum()
    drawn = [tuple(keep(four, p, "dpp", mode="sample", seed=k).tolist()) for k in range(2000)]
    found = np.array([drawn.count(s) for s in sets])
    assert ((found - expected) ** 2 / expected).sum() < 23.0


def test_large_layers_do_not_overflow():
    """The number of sets of 520 of 1040 is beyond any float."""
    from pruning import FilterLayer

    points = np.random.default_rng(0).normal(size=(1040, 9))
    layer = FilterLayer("conv", ("conv",), points)
    with np.errstate(over="raise", invalid="raise"):
        assert len(keep(layer, 520, "dpp", mode="sample")) == 520


def test_hrank(calibration):
    """Of every map by itself: the singular values above rounding."""
    (layer,) = filter_layers(calibration.network)
    whole = torch.cat(list(calibration.maps(layer.name)))
    slow = [[np.linalg.svd(one.double()).S for one in image] for image in whole[:7]]
    ranks = [[sum(s > s[0] * 6 * 2**-23) for s in image] for image in slow]
    found = scores(layer, "hrank", calibration=calibration, images=7)
    assert found == pytest.approx(np.mean(ranks, axis=0))


@pytest.mark.parametrize("signs", [False, True])
def test_pfp(signs):
    """The authors' four cases of signs; columns that are zero have no share."""
    rng = np.random.default_rng(int(signs))
    W, X = rng.normal(size=(5, 8)), rng.normal(size=(130, 8))
    W[:, 3] = 0.0
    X = (X if signs else np.maximum(X, 0.0)) * (rng.random(X.shape) < 0.6)
    slow = np.zeros(8)
    for w, x in itertools.product(W, X):
        for a, b in itertools.product((1, -1), repeat=2):
            parts = [max(a * v, 0.0) * max(b * u, 0.0) for v, u in zip(w, x, strict=True)]
            total = sum(parts)
            if total > 1e-7:
                slow = np.maximum(slow, [part / total for part in parts])
    fast = largest_shares(torch.from_numpy(W).float(), torch.from_numpy(X).float())
    assert fast.numpy() == pytest.approx(slow, rel=1e-5)
    assert slow[3] == 0.0


def test_pfp_takes_the_largest_over_columns_and_readers(small_resnet):
    """A convolution of a later stage and the shortcut beside it read the same channels."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
    calibration = Calibration(small_resnet, images, mirrored=False, batch=3)
    names = [consumer.name for consumer in calibration.consumers("conv1")]
    assert len(names) > 2
    parts = []
    for consumer in calibration.consumers("conv1"):
        weight = small_resnet.module.get_submodule(consumer.name).weight.detach().flatten(1)
        rows = torch.cat([seen[consumer.name] for seen in calibration.samples.inputs([consumer.name])])
        parts.append(largest_shares(weight, rows).numpy()[consumer.columns].max(axis=1))
    found = sensitivities("conv1", calibration, rows=10**6)
    assert found == pytest.approx(np.max(parts, axis=0), rel=1e-6)
    fewer = sensitivities("conv1", calibration, rows=50)
    assert (fewer <= found + 1e-6).all()
    assert (fewer > 0).all()


def test_draws_of_pfp():
    """The expected number of distinct draws, against drawing; and its inverse."""
    p = np.array([0.5, 0.3, 0.15, 0.05, 0.0])
    rng = np.random.default_rng(0)
    for draws in (1, 2, 5, 20):
        seen = np.mean([len(set(rng.choice(5, draws, p=p))) for _ in range(4000)])
        exact = sum(1 - (1 - q) ** draws for q in p)
        assert seen == pytest.approx(exact, abs=0.05)
        assert expected_distinct(p, draws) == math.ceil(exact)
    for wanted in (1, 2, 3, 4):
        few = draws_for(p, wanted)
        assert expected_distinct(p, few) >= wanted
        assert few == 1 or expected_distinct(p, few - 1) < wanted
    assert draws_for(p, 5) == draws_for(p, 4)
    assert draws_for(np.zeros(4), 2) == 1
    assert expected_distinct(np.array([1.0, 0.0]), 5) == 1
    slow = 3 * (6 + 2 * 0.5) * 2.0 * 2 * 3 * math.log(8 * 65 * 9 / 1e-16) / 0.25
    assert samples(spread(2.0, patches=64, kernel=9), 0.5) == math.ceil(slow)
    assert samples(0.0, 0.5) == 1
    with pytest.raises(InputError, match=r"an error eps must be above 0, not 0\.0"):
        samples(2.0, 0.0)


def test_fpici_by_features(calibration):
    (layer,) = filter_layers(calibration.network)
    maps = torch.cat(list(calibration.maps(layer.name))).double().numpy()[:9]
    edges = np.linspace(maps.min(), maps.max(), 17)
    slow = [bits(np.histogram(maps[:, j], edges)[0] / maps[:, j].size) for j in range(12)]
    given = {"capacity": "features", "bins": 16, "balance": 1.0, "images": 9}
    fast = scores(layer, "fpici", calibration=calibration, **given)
    assert fast == pytest.approx(scaled(slow), abs=1e-6)
