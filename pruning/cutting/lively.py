"""A network with random weights whose outputs depend on its input, so that a wrong cut shows."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from pruning.cutting.absence import Absent, without
from pruning.cutting.trial_images import as_batches, trial_pixels
from pruning.zoo.network import Network


def lively(network: Network, absent: Absent) -> Network:
    """Return a copy with random weights, whose outputs depend on its input.

    Where layers hold zeros or very large biases, or where what is left of a network gives the same for
    every image, a wrong cut would not show.

    Parameters
    ----------
    network : Network
        Left as it is.
    absent : mapping of str to integers
        As in `check_same_function`; batch norms get statistics computed without these channels.
    """
    made = network.copy()
    generator = torch.Generator().manual_seed(0)

    def fill(tensor: Tensor, low: float, high: float) -> None:
        tensor.copy_(torch.rand(tensor.shape, generator=generator).mul(high - low).add(low))

    with torch.inference_mode(False), torch.no_grad():
        for module in made.module.modules():
            for name, parameter in module.named_parameters(recurse=False):
                if parameter.ndim > 1:  # all positive, or a ReLU could hide everything
                    fill(parameter, 0.0, 2.0 / max(1, parameter[0].numel()))
                elif name == "weight":
                    fill(parameter, 0.5, 1.5)
                else:
                    fill(parameter, 0.0, 0.1)
        _standardise(made.module, absent, torch.cat(as_batches(made, trial_pixels(made, None), None)))
    return made


def _standardise(module: nn.Module, absent: Absent, images: Tensor) -> None:
    """Give batch norms the statistics of these images, without the channels that are gone."""
    norms = [one for one in module.modules() if isinstance(one, _BatchNorm)]
    norms = [one for one in norms if one.track_running_stats]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = 1.0
        norm.train()
    with without(module, absent):
        module(images)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
        norm.eval()
