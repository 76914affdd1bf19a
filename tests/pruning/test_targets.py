"""Targets of a reconstruction: the same in one pass as in many."""

import numpy as np
import pytest
import torch

from pruning import Calibration, Network, targets
from pruning.graph import trace
from pruning.targets import Targets


def test_memory_decides_the_passes_only(small_resnet: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without memory every layer takes a pass of its own; what is found stays the same."""
    images = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
    calibration = Calibration(small_resnet, images, batch=4)
    names = calibration.fittable[3:]
    half = {one.convolutions[0]: np.arange(0, one.channels, 2) for one in trace(small_resnet).couplings}
    passes: list[int] = []
    real = calibration.outputs
    monkeypatch.setattr(calibration, "outputs", lambda some: passes.append(len(some)) or real(some))

    def taken() -> list[torch.Tensor | None]:
        passes.clear()
        found = Targets(calibration, names, half)
        return [tensor for name in names for tensor in found.take(name)]

    together = taken()
    assert passes == [len(names)] * 2  # to see how much it will be, and to measure
    monkeypatch.setattr(targets, "_MEMORY", 0)
    apart = taken()
    assert passes[1::2] == [1] * len(names)
    assert len(together) == 2 * len(names)
    for one, other in zip(together, apart, strict=True):
        assert (one is None and other is None) or torch.equal(one, other)
    sizes = [
        12 * tensor.numel() for tensor in next(real(names[:3])).values()
    ]  # in three batches of four
    beside = [size * (calibration.shortcut(one) is not None) for one, size in zip(names, sizes)]  # noqa: B905
    monkeypatch.setattr(targets, "_MEMORY", sum(sizes[:2]) + sum(beside[:2]))
    taken()
    assert passes[1] == 2
    shortcuts = [tensor is not None for tensor in together[1::2]]
    assert shortcuts == [calibration.shortcut(name) is not None for name in names]
    assert any(shortcuts)


def test_only_kept_outputs_are_targets(small_resnet: Network) -> None:
    """Of a layer that lost outputs those that are left, of others all, at the same places."""
    images = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    calibration = Calibration(small_resnet, images)
    names = ["layer1.0.conv1", "layer1.0.conv2"]
    kept = {"layer1.0.conv1": np.array([1, 5, 6])}
    found = Targets(calibration, names, kept)
    [whole] = calibration.outputs(names)
    assert torch.equal(found.take(names[0])[0], whole[names[0]][:, [1, 5, 6]])
    assert torch.equal(found.take(names[1])[0], whole[names[1]])
