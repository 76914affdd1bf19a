"""VGG-11, -13, -16 and -19 for 32 x 32 images, with batch norm and one hidden fully connected layer.

Sources: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
Recognition" (2015), configurations A, B, D and E; the CIFAR head, batch norm and dropout after Liu
and Deng, "Very Deep Convolutional Neural Network Based Image Classification Using Small Training
Sample Size" (2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from torch import Tensor, nn

from pruning.zoo.architecture import ArchitectureSource
from pruning.zoo.fetching.published import Published, trained_on_cifar10
from pruning.zoo.networks import networks

CONFIGURATION_D = (2, 2, 3, 3, 3)
"""Of VGG-16: how many convolutions each of the five stages has."""

_WIDTHS = (64, 128, 256, 512, 512)


class Vgg(nn.Module):
    """Five stages of 3 x 3 convolutions; parameter names are those of the published checkpoint.

    Parameters
    ----------
    depths : sequence of int
        How many convolutions each of the five stages has.
    classes : int
        Length of the output.
    """

    def __init__(self, depths: Sequence[int] = CONFIGURATION_D, classes: int = 10) -> None:
        super().__init__()
        self.features = nn.Sequential(*_feature_layers(depths))
        self.classifier = nn.Sequential(
            nn.Dropout(0.5),
            nn.Linear(_WIDTHS[-1], _WIDTHS[-1]),
            nn.BatchNorm1d(_WIDTHS[-1]),
            nn.ReLU(inplace=True),
            nn.Dropout(0.5),
            nn.Linear(_WIDTHS[-1], classes),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Map (batch, 3, 32, 32) images to (batch, classes) logits."""
        logits: Tensor = self.classifier(self.features(images).flatten(1))
        return logits


def _feature_layers(depths: Sequence[int]) -> list[nn.Module]:
    layers: list[nn.Module] = []
    channels = 3
    for width, depth in zip(_WIDTHS, depths, strict=True):
        for position in range(1, depth + 1):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width)]
            layers += [nn.ReLU(inplace=True)]
            if position < depth:
                layers.append(nn.Dropout(0.4 if channels > 3 else 0.3))
            channels = width
        layers.append(nn.MaxPool2d(2))
    return layers


def _register(name: str, depths: Sequence[int], published: Published | None = None) -> None:
    """Register the network whose five stages have so many convolutions each."""
    networks.add(
        name, ArchitectureSource(name, partial(Vgg, depths), "classifier.5.bias", published=published)
    )


_register("vgg11", (1, 1, 2, 2, 2))  # configuration A of the paper
_register("vgg13", (2, 2, 2, 2, 2))  # B
_register(
    "vgg16",
    CONFIGURATION_D,
    trained_on_cifar10(
        "vgg16_cifar10_0.9225_45k",
        digest="0fb3cf315266a326db8688fc310a3b2cfa7548352843c416c70b832707f9b3c2",
    ),
)
_register("vgg19", (2, 2, 4, 4, 4))  # E
