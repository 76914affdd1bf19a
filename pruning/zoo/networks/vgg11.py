"""VGG-11 for 32 x 32 images: configuration A of the paper, built as `vgg16` is; to be trained."""

from __future__ import annotations

from pruning.zoo.networks import networks
from pruning.zoo.networks._source import ArchitectureSource
from pruning.zoo.networks.vgg16 import Vgg

networks.add(
    "vgg11",
    ArchitectureSource(
        name="vgg11",
        build=lambda classes: Vgg((1, 1, 2, 2, 2), classes),
        head="classifier.5.bias",
    ),
)
