"""ResNet-20 for 32 x 32 images, built as `resnet56` is; to be trained."""

from __future__ import annotations

from pruning.zoo.networks import networks
from pruning.zoo.networks._source import ArchitectureSource
from pruning.zoo.networks.resnet56 import CifarResNet

networks.add(
    "resnet20",
    ArchitectureSource(
        name="resnet20",
        build=lambda classes: CifarResNet(20, classes),
        head="linear.bias",
    ),
)
