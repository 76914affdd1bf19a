"""Every formula against its plainest form, one number at a time."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from pruning.criteria import keep, scores
from pruning.criteria.dpp import kernel


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
    apart = [sum(1 - abs(cosine(G[i], G[j])) for j in range(12) if j != i) / 12 for i in range(12)]
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
    """The number of sets of 700 of 1400 is beyond any float."""
    from pruning import FilterLayer

    points = np.random.default_rng(0).normal(size=(1400, 9))
    layer = FilterLayer("conv", ("conv",), points)
    with np.errstate(over="raise", invalid="raise"):
        assert len(keep(layer, 700, "dpp", mode="sample")) == 700
