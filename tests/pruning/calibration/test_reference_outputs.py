"""Outputs of the unpruned network: measured once, and the same in one pass as in many."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from pruning import Calibration, Network, prune, reconstruct
from pruning.calibration import reference_outputs
from pruning.calibration.reference_outputs import ReferenceOutputs
from pruning.tracing.successors import Shortcut

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)


def watched(calibration: Calibration, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Note the layers of every pass of the unpruned network."""
    passes: list[list[str]] = []
    real = calibration.samples.outputs

    def noted(names: list[str]) -> Iterator[tuple[dict[str, Tensor], ...]]:
        passes.append(list(names))
        return real(names)

    monkeypatch.setattr(calibration.samples, "outputs", noted)
    return passes


def taken(calibration: Calibration) -> list[Tensor | None]:
    found = ReferenceOutputs(calibration.samples)
    return [tensor for name in calibration.layers.fittable for tensor in found.of(name)]


def equal(one: Tensor | None, other: Tensor | None) -> bool:
    return one is other if one is None or other is None else torch.equal(one, other)


def test_memory_decides_the_passes_only(small_resnet: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without memory every layer takes a pass of its own; what is found stays the same."""
    calibration = Calibration(small_resnet, IMAGES, batch=4)
    names, passes = calibration.layers.fittable, watched(calibration, monkeypatch)
    together = taken(calibration)
    assert passes == [names]
    shortcuts = [tensor is not None for tensor in together[1::2]]
    assert shortcuts == [calibration.layers.shortcut(name) is not None for name in names]
    assert any(shortcuts)
    sizes = [
        sum(tensor.nbytes for tensor in together[2 * k : 2 * k + 2] if tensor is not None)
        for k in range(len(names))
    ]
    for memory, first in ((0, 1), (sum(sizes[:3]), 3), (sum(sizes[:3]) - 1, 2)):
        passes.clear()
        monkeypatch.setattr(reference_outputs, "_MEMORY", memory)
        assert all(map(equal, taken(calibration), together))
        assert passes[0] == names[:first]
        assert [name for one in passes for name in one] == names
        assert memory or len(passes) == len(names)


def test_the_next_networks_need_no_pass(small_resnet: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was cut: they are fitted to what was measured for the first, as if it were theirs."""
    calibration = Calibration(small_resnet, IMAGES)
    passes = watched(calibration, monkeypatch)
    early, late, other = (
        prune(small_resnet, {layer: kept})
        for layer, kept in (
            ("layer1.0.conv1", range(0, 16, 2)),
            ("layer3.0.conv1", range(40)),
            ("layer1.1.conv1", [1, 2, 3]),
        )
    )
    for pruned in (late, early, other, early):
        found = reconstruct(calibration, pruned)
        assert found.digest == reconstruct(Calibration(small_resnet, IMAGES), pruned).digest
    assert passes == [calibration.layers.fittable]


def test_what_is_added_comes_from_the_same_pass(small_resnet: Network) -> None:
    """At the places of the outputs: what enters the block, in every batch."""
    calibration = Calibration(small_resnet, IMAGES, mirrored=False, batch=2)
    name = "layer1.1.conv2"
    assert calibration.layers.shortcut(name) == Shortcut("layer1.1.conv1", made=False)
    made, joined = calibration.reference_outputs.of(name)
    inputs = torch.cat(
        [seen["layer1.1.conv1"] for seen in calibration.samples.inputs(["layer1.1.conv1"])]
    )
    middle = inputs[:, 4::9]  # of a kernel of 3 x 3, all places being looked at
    assert joined is not None
    assert joined.shape == made.shape
    assert torch.equal(joined, middle)


def test_only_kept_outputs_are_given(small_resnet: Network) -> None:
    """Of a layer that lost outputs those that are left, of others all; as often as asked for."""
    calibration = Calibration(small_resnet, IMAGES)
    names = ["layer1.0.conv1", "layer1.0.conv2"]
    kept = torch.tensor([1, 5, 6])
    whole = [
        torch.cat([made[name] for made, _ in calibration.samples.outputs(names)]) for name in names
    ]
    found = calibration.reference_outputs
    for _ in range(2):
        assert torch.equal(found.of(names[0], kept)[0], whole[0][:, kept])
        assert torch.equal(found.of(names[1])[0], whole[1])
    added = found.of(names[1])[1]
    assert added is not None
    assert torch.equal(found.of(names[1], kept)[1], added[:, kept])
