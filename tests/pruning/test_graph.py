"""Which layers must lose the same channels."""

import pytest
import torch
from torch import nn

from dispersion.errors import InputError
from pruning import Network
from pruning.graph import trace


def network(*layers: nn.Module) -> Network:
    return Network("toy", nn.Sequential(*layers).eval(), (3, 8, 8), 4, None, "test")


def head(channels: int) -> tuple[nn.Module, ...]:
    return nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 4)


def test_depthwise_convolutions_are_tied_to_their_input() -> None:
    """A depthwise convolution loses the channels of the convolution before it."""
    couplings = trace(
        network(nn.Conv2d(3, 8, 1), nn.Conv2d(8, 8, 3, groups=8), nn.Conv2d(8, 6, 1), *head(6))
    ).couplings
    assert [c.convolutions for c in couplings] == [("0", "1"), ("2",)]
    assert [c.channels for c in couplings] == [8, 6]
    assert not any(c.coupled for c in couplings)


def test_depthwise_convolutions_of_the_image_are_no_filters() -> None:
    """A depthwise convolution that reads the network's input has no channels to lose."""
    couplings = trace(network(nn.Conv2d(3, 3, 3, groups=3), nn.Conv2d(3, 8, 1), *head(8))).couplings
    assert [c.convolutions for c in couplings] == [("1",)]


class Added(nn.Module):
    """A convolution added to a depthwise one after it, and maybe to a linear layer."""

    def __init__(self, linear: bool) -> None:
        super().__init__()
        self.body, self.depthwise = nn.Conv2d(3, 8, 1), nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.linear, self.head = nn.Linear(8, 8) if linear else None, nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map images to logits."""
        body = self.body(x)
        pooled = (body + self.depthwise(body)).mean((2, 3))
        return self.head(pooled + self.linear(pooled) if self.linear else pooled)


@pytest.mark.parametrize("linear", [False, True])
def test_linear_layers_tie_as_convolutions_do(linear: bool) -> None:
    """A sum with a linear layer's output ties, a sum with a depthwise convolution's does not."""
    toy = Network("added", Added(linear).eval(), (3, 8, 8), 4, None, "test")
    (coupling,) = trace(toy).couplings
    assert coupling.convolutions == ("body", "depthwise")
    assert coupling.coupled == linear


def test_grouped_convolutions_are_refused_by_name() -> None:
    """Filters of a grouped convolution cannot be removed one by one."""
    with pytest.raises(InputError, match=r"'1' cannot be pruned.*groups=2"):
        trace(network(nn.Conv2d(3, 8, 1), nn.Conv2d(8, 8, 3, groups=2), *head(8)))


def test_networks_that_do_not_run_are_refused() -> None:
    """What the network raises on an image is told, with its name."""
    with pytest.raises(InputError, match="cannot trace toy"):
        trace(network(nn.Conv2d(5, 8, 1), *head(8)))


class TwoHalves(nn.Module):
    """Two convolutions beside each other, added to one as wide as both."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 4, 1)
        self.both = nn.Conv2d(3, 8, 1)
        self.head = nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map images to logits."""
        halves = torch.cat((self.left(x), self.right(x)), dim=1)
        return self.head((halves + self.both(x)).mean((2, 3)))


def test_partly_tied_convolutions_are_refused() -> None:
    """A convolution tied to half of another has no filters that stand for themselves."""
    with pytest.raises(InputError, match="cannot be pruned one by one"):
        trace(Network("halves", TwoHalves().eval(), (3, 8, 8), 4, None, "test"))
