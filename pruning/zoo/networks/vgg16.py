"""VGG-16 for 32 x 32 images, with batch norm and one hidden fully connected layer.

Sources: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
Recognition" (2015), configuration D; the CIFAR head, batch norm and dropout after Liu and Deng,
"Very Deep Convolutional Neural Network Based Image Classification Using Small Training Sample Size"
(2015).
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from pruning.zoo.networks import networks
from pruning.zoo.networks._cifar import trained_on_cifar10
from pruning.zoo.networks._source import ArchitectureSource

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

    def __init__(self, depths: Sequence[int], classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential(*_feature_layers(depths))
        self.classifier = nn.Sequential(
            nn.Dropout(0.5),
            nn.Linear(512, 512),
            nn.BatchNorm1d(512),
            nn.ReLU(inplace=True),
            nn.Dropout(0.5),
            nn.Linear(512, classes),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Map (batch, 3, 32, 32) images to (batch, classes) logits."""
        logits: Tensor = self.classifier(self.features(images).flatten(1))
        return logits


class Vgg16(Vgg):
    """Configuration D.

    Parameters
    ----------
    classes : int
        Length of the output.
    """

    def __init__(self, classes: int = 10) -> None:
        super().__init__((2, 2, 3, 3, 3), classes)


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


networks.add(
    "vgg16",
    ArchitectureSource(
        name="vgg16",
        build=Vgg16,
        head="classifier.5.bias",
        published=trained_on_cifar10(
            "vgg16_cifar10_0.9225_45k",
            digest="0fb3cf315266a326db8688fc310a3b2cfa7548352843c416c70b832707f9b3c2",
        ),
    ),
)
