"""ResNet-20, -32, -56 and -110 for 32 x 32 images, with projection shortcuts.

Source: He et al., "Deep Residual Learning for Image Recognition" (2016), section 4.2; where the
shape changes the shortcut is a 1 x 1 convolution (option B) instead of padding (option A).
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from pruning.zoo.architecture import ArchitectureSource
from pruning.zoo.fetching.published import Published, trained_on_cifar10
from pruning.zoo.networks import networks


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions whose output is added to the input.

    Parameters
    ----------
    inputs, outputs : int
        Numbers of channels.
    stride : int
        Of the first convolution and the shortcut.
    """

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        projected = inputs != outputs or stride != 1
        self.shortcut = nn.Sequential(
            *(
                (nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
                if projected
                else ()
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, inputs, h, w) to (batch, outputs, h / stride, w / stride)."""
        inner = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(inner)) + self.shortcut(x))


class CifarResNet(nn.Module):
    """A stem, three stages of basic blocks and a linear layer.

    Parameters
    ----------
    depth : int
        ``6 k + 2`` for `k` blocks a stage: 20, 32, 44, 56, 110.
    classes : int
        Length of the output.
    """

    def __init__(self, depth: int = 56, classes: int = 10) -> None:
        super().__init__()
        blocks = (depth - 2) // 6
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = _stage(16, 16, blocks, stride=1)
        self.layer2 = _stage(16, 32, blocks, stride=2)
        self.layer3 = _stage(32, 64, blocks, stride=2)
        self.linear = nn.Linear(64, classes)

    def forward(self, images: Tensor) -> Tensor:
        """Map (batch, 3, 32, 32) images to (batch, classes) logits."""
        x = torch.relu(self.bn1(self.conv1(images)))
        x = self.layer3(self.layer2(self.layer1(x)))
        logits: Tensor = self.linear(x.mean((2, 3)))
        return logits


def _stage(inputs: int, outputs: int, blocks: int, stride: int) -> nn.Sequential:
    rest = (BasicBlock(outputs, outputs, stride=1) for _ in range(blocks - 1))
    return nn.Sequential(BasicBlock(inputs, outputs, stride), *rest)


def _register(depth: int, published: Published | None = None) -> None:
    """Register the network of this depth, as ``resnet<depth>``."""
    name = f"resnet{depth}"
    networks.add(
        name, ArchitectureSource(name, partial(CifarResNet, depth), "linear.bias", published=published)
    )


_register(20)
_register(32)
_register(
    56,
    trained_on_cifar10(
        "resnet56_cifar10_0.9320_45k",
        digest="a491826c7122078eacab9ba9c41d7664cce383394ee6b7fda3d52fd74b2dc449",
    ),
)
_register(110)
