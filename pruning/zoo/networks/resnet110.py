"""ResNet-110 for 32 x 32 images, built as `resnet56` is; to be trained."""

from __future__ import annotations

from pruning.zoo.networks import networks
from pruning.zoo.networks._source import ArchitectureSource
from pruning.zoo.networks.resnet56 import CifarResNet

networks.add(
    "resnet110",
    ArchitectureSource(
        name="resnet110",
        build=lambda classes: CifarResNet(110, classes),
        head="linear.bias",
    ),
)
