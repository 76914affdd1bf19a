"""One share of the strength of interactions for all layers."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispersion.errors import InputError
from pruning import Budget, Calibration, Network, allocate
from pruning.allocation.snpfi import unreached
from pruning.saliency.interactions import ORDERS

FEW = {"pairs": 1, "images": 2, "orders": (0.3, 0.7)}


def test_by_hand() -> None:
    """Strengths of 1, 2 and 1 at a half, at 3/4 and at all of four channels; below, that at a half."""
    found = unreached(4, [0.5, 0.75, 1.0], np.array([1.0, 2.0, 1.0]))
    assert found == pytest.approx([1.0, 0.8, 0.6, 0.2])
    assert unreached(2, [0.0, 1.0], np.array([0.0, 1.0])) == pytest.approx([1.0, 2 / 3])
    assert unreached(3, [0.5], np.array([0.0])).tolist() == [0.0, 0.0, 0.0]


@given(st.lists(st.floats(0, 1e6), min_size=9, max_size=9), st.integers(1, 70))
def test_never_increasing(strengths: list[float], n: int) -> None:
    """From 1, or 0 where nothing interacts, to 0 or more."""
    found = unreached(n, ORDERS, np.array(strengths))
    assert found.shape == (n,)
    assert (np.diff(found) <= 0).all()
    assert found[0] in (0.0, 1.0)
    assert found[-1] >= 0


@pytest.mark.parametrize("budget", ["macs=0.5", "params=0.3"])
def test_the_budget_is_met(budget: str, seen: Calibration, resnet: Any) -> None:
    """Within 1 %; the same seed gives the same counts, another one others."""
    wanted = Budget.parse(budget)

    def found(seed: int) -> dict[str, int]:
        given = {**FEW, "calibration": seen, "seed": seed}
        return allocate(resnet.layers, resnet.model, wanted, "snpfi", **given)

    kept = found(0)
    assert abs(resnet.share(wanted, kept) / wanted.share - 1) <= 0.01
    assert kept == found(0) != found(1)


def test_layers_that_do_nothing_go_first(seen: Calibration, small_resnet: Network, resnet: Any) -> None:
    """Channels that nobody listens to do not interact."""
    network = small_resnet.copy()
    network.module.get_submodule("layer2.0.conv2").weight.detach()[:] = 0.0
    deaf = Calibration(network, seen.images, seen.labels, mirrored=False)
    given = {**FEW, "calibration": deaf}
    kept = allocate(resnet.layers, resnet.model, Budget("params", 0.5), "snpfi", **given)
    assert kept["layer2.0.conv1"] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"calibration": None}, "snpfi needs calibration images: give calibration="),
        ({"images": 0}, "1 image or more, not 0"),
        ({"pairs": 0}, "1 pair or more, not 0"),
        ({"contexts": 0}, "1 context or more, not 0"),
        ({"orders": ()}, "1 order or more"),
        ({"orders": (1.5,)}, "share of the channels in .0, 1., not 1.5"),
    ],
)
def test_bad_arguments_are_refused(
    arguments: dict[str, Any], message: str, seen: Calibration, resnet: Any
) -> None:
    given = {"calibration": seen, **arguments}
    with pytest.raises(InputError, match=message):
        allocate(resnet.layers, resnet.model, Budget("macs", 0.5), "snpfi", **given)


def test_labels_are_asked_for(seen: Calibration, resnet: Any) -> None:
    bare = Calibration(seen.network, seen.images)
    with pytest.raises(InputError, match="snpfi needs labelled images: give calibration="):
        allocate(resnet.layers, resnet.model, Budget("macs", 0.5), "snpfi", calibration=bare)
