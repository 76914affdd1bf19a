"""What was worked out with images is not worked out again."""

import gc
from typing import Any

import numpy as np
import pytest

from pruning import Budget, Calibration, allocate
from pruning.allocation import pfp, snpfi
from pruning.allocation.pfp import errors
from pruning.allocation.snpfi import strength_left
from pruning.calibration.once import _KEPT, once
from tests.pruning.subjects import resnet, seen

__all__ = ["resnet", "seen"]  # fixtures


def test_a_measurement_is_made_once(seen: Calibration) -> None:
    """For the same layer, images and arguments; without images, whenever it is asked for."""
    calls: list[Any] = []

    def measure(layer: str, *, calibration: Calibration | None, **how: int) -> np.ndarray:
        calls.append((layer, calibration, how))
        return np.array([float(len(calls))])

    for _ in range(2):
        assert once(measure, "a", seen, x=1, y=2) == 1
        assert once(measure, "a", seen, y=2, x=1) == 1
        assert once(measure, "a", seen, x=2, y=2) == 2
        assert once(measure, "b", seen, x=1, y=2) == 3
    assert once(measure, "a", None, x=1, y=2) == 4
    assert once(measure, "a", None, x=1, y=2) == 5
    assert calls[0] == ("a", seen, {"x": 1, "y": 2})


def test_it_is_forgotten_with_the_images(seen: Calibration) -> None:
    """Other images are measured anew, and those that nobody holds leave nothing behind."""
    gc.collect()
    before = len(_KEPT)
    other = Calibration(seen.network, seen.images[:4], mirrored=False)
    found = once(errors, "conv1", other, rows=100)
    assert found.tolist() != once(errors, "conv1", seen, rows=100).tolist()
    assert len(_KEPT) >= before + 1
    del other
    gc.collect()
    assert len(_KEPT) <= before + 1  # `seen` may have been new


@pytest.mark.parametrize(
    ("name", "module", "measure", "few"),
    [
        ("pfp", pfp, errors, {"rows": 60}),
        ("snpfi", snpfi, strength_left, {"pairs": 1, "images": 2, "orders": (0.4,)}),
    ],
)
def test_two_budgets_take_one_measurement(
    name: str,
    module: Any,
    measure: Any,
    few: dict[str, Any],
    seen: Calibration,
    resnet: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of every layer."""
    calls: list[Any] = []

    def noted(layer: Any, **how: Any) -> np.ndarray:
        calls.append(layer)
        return measure(layer, **how)

    monkeypatch.setattr(module, measure.__name__, noted)
    for share in (0.5, 0.4):
        allocate(resnet.layers, resnet.model, Budget("params", share), name, calibration=seen, **few)
    assert len(calls) == len(resnet.layers)
