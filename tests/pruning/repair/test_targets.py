"""Targets of a reconstruction: outputs of the unpruned network, those that are left."""

import numpy as np
import torch

from pruning import Calibration, Network
from pruning.repair.targets import Targets


def test_only_kept_outputs_are_targets(small_resnet: Network) -> None:
    """Of a layer that lost outputs those that are left, of others all, at the same places."""
    images = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    calibration = Calibration(small_resnet, images)
    names = ["layer1.0.conv1", "layer1.0.conv2"]
    kept = {"layer1.0.conv1": np.array([1, 5, 6])}
    found = Targets(calibration, kept)
    [whole] = calibration.outputs(names)
    assert torch.equal(found.take(names[0])[0], whole[names[0]][:, [1, 5, 6]])
    assert torch.equal(found.take(names[1])[0], whole[names[1]])
    assert torch.equal(found.take(names[0])[0], whole[names[0]][:, [1, 5, 6]])  # as often as asked for
