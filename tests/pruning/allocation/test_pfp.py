"""One relative error for all layers: counts by the authors' formulas, and the budget."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dispersion.errors import InputError
from pruning import Budget, Calibration, Network, allocate
from pruning.allocation.pfp import errors
from pruning.saliency.sensitivity import (
    expected_distinct,
    largest_error,
    probabilities,
    samples,
    sensitivities,
    spread,
)


@pytest.fixture(scope="module")
def few(seen: Calibration) -> dict[str, Any]:
    return {"calibration": seen, "rows": 100}


def counts(chance: NDArray[np.float64], coefficient: float, eps: float) -> int:
    """Of channels kept at eps."""
    return expected_distinct(chance, samples(coefficient, eps))


def test_by_hand() -> None:
    """Four equally sensitive channels: 3 (6 + 2) S = 24 S draws at an eps of 1."""
    chance, coefficient = np.full(4, 0.25), 1 / 12
    assert samples(coefficient, 1.0) == 2
    assert counts(chance, coefficient, 1.0) == 2  # 4 (1 - 0.75 ^ 2) = 1.75
    assert counts(chance, coefficient, 0.5) == 4  # 7 draws: 3.47
    assert spread(2.0, patches=64, kernel=9) == pytest.approx(12 * math.log(8 * 65 * 9 * 1e16))


@pytest.mark.parametrize("draws", [2, 3, 17, 10**6])
def test_the_largest_error_is_the_largest(draws: int) -> None:
    """A little less asks for so many draws, a little more for fewer."""
    eps = largest_error(5.0, draws)
    assert samples(5.0, eps * (1 - 1e-9)) >= draws
    assert samples(5.0, eps * (1 + 1e-9)) < draws
    assert largest_error(5.0, 1) == math.inf


@pytest.mark.parametrize("name", ["conv1", "layer2.0.conv1"])
def test_levels_are_where_counts_change(name: str, seen: Calibration) -> None:
    """Against counts at many eps; the stem's consumers are judged by the most demanding."""
    levels = errors(name, seen, rows=100)
    found = sensitivities(name, seen, rows=100)
    side = 32 if name == "conv1" else 16
    coefficient = spread(float(found.sum()), patches=side**2, kernel=9)
    assert (np.diff(levels) <= 0).all()
    for eps in np.geomspace(0.1, 1e5, 40):
        kept = counts(probabilities(found), coefficient, float(eps))
        assert kept == (levels >= eps).sum()


@pytest.mark.parametrize("budget", ["macs=0.5", "params=0.4", "params=0.9", "macs=0.1"])
def test_the_budget_is_met_by_one_error(budget: str, seen: Calibration, resnet: Any) -> None:
    """Within 1 %; there is an eps between what is kept and what is dropped."""
    wanted = Budget.parse(budget)
    kept = allocate(resnet.layers, resnet.model, wanted, "pfp", calibration=seen, rows=100)
    assert abs(resnet.share(wanted, kept) / wanted.share - 1) <= 0.01
    if wanted.resource == "macs":  # coarser: the last step may take another filter
        return
    levels = {layer.name: errors(layer.name, seen, rows=100) for layer in resnet.layers}
    lowest = min(levels[name][p - 1] for name, p in kept.items() if p > 2)
    highest = max(levels[name][p] for name, p in kept.items() if p < len(levels[name]))
    assert lowest >= highest


def test_dead_channels_go_first(seen: Calibration, small_resnet: Network) -> None:
    """No eps asks for them."""
    network = small_resnet.copy()
    weight = network.module.get_submodule("layer2.0.conv2").weight.detach()
    weight[:, 3:7] = 0.0
    dead = Calibration(network, seen.images, mirrored=False)
    levels = errors("layer2.0.conv1", dead, rows=100)
    assert (levels == 0).sum() == (sensitivities("layer2.0.conv1", dead, rows=100) == 0).sum() >= 4
    weight[:] = 0.0
    assert (errors("layer2.0.conv1", dead, rows=100)[1:] == 0).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"calibration": None}, "pfp needs calibration images: give calibration="),
        ({"delta": 0.0}, "delta above 0, not 0"),
        ({"constant": -1.0}, "constant above 0, not -1"),
        ({"rows": 0}, "1 row or more, not 0"),
    ],
)
def test_bad_arguments_are_refused(
    arguments: dict[str, Any], message: str, few: dict[str, Any], resnet: Any
) -> None:
    with pytest.raises(InputError, match=message):
        allocate(resnet.layers, resnet.model, Budget("macs", 0.5), "pfp", **(few | arguments))


@pytest.mark.slow  # test_allocate.py shows it on small networks
@pytest.mark.real
@pytest.mark.parametrize("budget", ["macs=0.5", "params=0.2"])
def test_the_budget_is_met_on_a_trained_network(
    budget: str, vgg16: Network, real_vgg16: Any, cifar10: Any
) -> None:
    wanted = Budget.parse(budget)
    seen = Calibration(vgg16, np.array(cifar10.train[:20]), mirrored=False)
    given = {"calibration": seen, "rows": 100}
    kept = allocate(real_vgg16.layers, real_vgg16.model, wanted, "pfp", **given)
    assert abs(real_vgg16.share(wanted, kept) / wanted.share - 1) <= 0.01
