"""A toy network that is trained within seconds, on images drawn by ourselves: for a first look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import torch
from torch import Tensor, nn

from pruning.device import torch_threads
from pruning.zoo.architecture import ArchitectureSource
from pruning.zoo.datasets import load_images, shapes
from pruning.zoo.images import Images
from pruning.zoo.network import Network
from pruning.zoo.networks import networks

_CHANNELS = (3, 16, 24, 32, 48)
_EPOCHS, _BATCH, _RATE, _MOMENTUM = 4, 50, 0.03, 0.9


class Toy(nn.Module):
    """Four 3 x 3 convolutions with batch norm.

    Parameters
    ----------
    classes : int
        Length of the output.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for number, (before, width) in enumerate(pairwise(_CHANNELS)):
            layers += [nn.Conv2d(before, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
            layers += [nn.MaxPool2d(2)] * (number < 2)
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Linear(_CHANNELS[-1], classes)

    def forward(self, images: Tensor) -> Tensor:
        """Map (batch, 3, side, side) images to (batch, classes) logits."""
        logits: Tensor = self.classifier(self.features(images).amax(dim=(2, 3)))
        return logits


@dataclass(frozen=True, slots=True)
class ToySource:
    """Trains the network whenever it is loaded, on one thread: it is the same every time."""

    summary: ClassVar[str] = "a toy, trained on drawn images whenever it is loaded, 16 x 16 images"
    architecture: ClassVar[ArchitectureSource] = ArchitectureSource(
        "toy", Toy, "classifier.bias", classes=len(shapes.NAMES), side=shapes.SIDE
    )

    def load(self, variant: str | None, weights: Path | None) -> Network:
        """Build the network with weights; see `pruning.zoo.networks.load_network`."""
        if weights is not None:
            return self.architecture.load(variant, weights)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            network = self.architecture.blank(variant, None)
            with torch_threads(1):  # sums depend on how many there are
                _train(network.module, load_images("shapes"))
        return replace(network, dataset="shapes", provenance="a toy, trained on the spot")

    def blank(self, variant: str | None, classes: int | None) -> Network:
        """Build the network untrained; see `pruning.zoo.networks.blank_network`."""
        return self.architecture.blank(variant, classes)


@torch.inference_mode(mode=False)
@torch.enable_grad()
def _train(module: nn.Module, images: Images) -> None:
    """Gradient descent with momentum; importing ``torch.optim``'s compiler takes longer than this."""
    inputs = torch.from_numpy(images.train).permute(0, 3, 1, 2).float() / 255
    labels = torch.from_numpy(images.train_labels)
    weights = list(module.parameters())
    velocities = [torch.zeros_like(weight) for weight in weights]
    module.train()
    for _ in range(_EPOCHS):
        order = torch.randperm(len(inputs))
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            loss = nn.functional.cross_entropy(module(inputs[batch]), labels[batch])
            for weight, velocity, slope in zip(
                weights, velocities, torch.autograd.grad(loss, weights), strict=True
            ):
                velocity.mul_(_MOMENTUM).add_(slope)
                weight.data.sub_(_RATE * velocity)
    module.eval()


networks.add("toy", ToySource())
