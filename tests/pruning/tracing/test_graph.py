"""Which layers must lose the same channels."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from dispersion.errors import InputError
from pruning import Network, filter_layers, mask, prune, survey
from pruning.tracing.graph import trace


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


def reasons(toy: Network) -> dict[str, str]:
    return {one.layer: one.reason for one in survey(toy).left_out}


def test_grouped_convolutions_are_left_out_by_name() -> None:
    """Filters of a grouped convolution cannot be removed one by one; those before them can."""
    toy = network(
        nn.Conv2d(3, 8, 1),
        nn.Conv2d(8, 8, 1),
        nn.Conv2d(8, 8, 3, groups=2),
        nn.Conv2d(8, 8, 1),
        *head(8),
    )
    assert [layer.name for layer in filter_layers(toy)] == ["0", "3"]
    assert set(reasons(toy)) == {"1", "2"}
    assert "filter by filter" in reasons(toy)["2"]
    assert "2 groups" in reasons(toy)["2"]
    with pytest.raises(InputError, match="layer '2' of toy cannot be pruned filter by filter"):
        prune(toy, {"2": [0, 1]})


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


def test_partly_tied_convolutions_are_left_out() -> None:
    """A convolution tied to half of another has no filters that stand for themselves."""
    toy = Network("halves", TwoHalves().eval(), (3, 8, 8), 4, None, "test")
    found = trace(toy).left_out
    assert {one.layer for one in found} == {"left", "right", "both"}
    assert all("filter by filter" in one.reason for one in found)
    with pytest.raises(InputError, match="halves has no layer whose filters can be pruned"):
        filter_layers(toy)


class Reusing(nn.Module):
    """Some layers, called as often as a way through them says."""

    def __init__(self, way: Callable[["Reusing", torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.way = way
        self.colours = nn.Conv2d(3, 3, 1)
        self.first, self.second = nn.Conv2d(3, 8, 1), nn.Conv2d(3, 8, 1)
        self.body, self.norm = nn.Conv2d(8, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.narrow, self.wide = nn.Conv2d(8, 6, 1), nn.Conv2d(16, 6, 1)
        self.head = nn.Linear(6, 4)
        nn.init.uniform_(self.norm.running_mean)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map images to logits."""
        return self.head(self.way(self, x).mean((2, 3)))


WAYS: dict[str, Callable[[Reusing, torch.Tensor], torch.Tensor]] = {
    "in a row": lambda m, x: m.narrow(m.body(m.body(m.first(x)))),
    "as a recurrence": lambda m, x: m.narrow(m.first(x) + m.body(m.body(m.first(x)).relu())),
    "in two branches that are added": lambda m, x: m.narrow(m.body(m.first(x)) + m.body(m.second(x))),
    "in two branches side by side": lambda m, x: m.wide(
        torch.cat((m.body(m.first(x)), m.body(m.second(x))), 1)
    ),
    "beside its input": lambda m, x: m.wide(torch.cat((m.first(x), m.body(m.first(x))), 1)),
    "on two views of the image": lambda m, x: m.wide(torch.cat((m.first(x), m.first(x.flip(2))), 1)),
    "depthwise": lambda m, x: m.narrow(m.depthwise(m.depthwise(m.first(x)))),
    "batch norm in two branches": lambda m, x: m.wide(
        torch.cat((m.norm(m.first(x)), m.norm(m.second(x))), 1)
    ),
    "as a consumer": lambda m, x: m.narrow(m.first(x)) + m.narrow(m.second(x)),
    "by keyword": lambda m, x: m.narrow(input=m.body(input=m.body(input=m.first(input=x)))),
    "on the image and on its own output": lambda m, x: m.narrow(m.first(m.colours(m.colours(x)))),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_layers_called_twice_are_cut_as_they_are_masked(
    way: Callable[[Reusing, torch.Tensor], torch.Tensor],
) -> None:
    """All calls of a layer lose the same channels, and every layer that is found can be cut."""
    toy = Network("reusing", Reusing(way).eval(), (3, 8, 8), 4, None, "test")
    layers = filter_layers(toy)
    assert len(layers) >= 2
    images = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    for layer in layers:
        kept = {layer.name: [1, 2, 5]}
        pruned, masked = prune(toy, kept).module(images), mask(toy, kept).module(images)
        torch.testing.assert_close(pruned, masked)
        assert not torch.allclose(pruned, toy.module(images))


def test_channels_of_the_image_are_no_filters() -> None:
    """A convolution that reads the image and its own output cannot lose the image's channels."""
    way = WAYS["on the image and on its own output"]
    toy = Network("reusing", Reusing(way).eval(), (3, 8, 8), 4, None, "test")
    assert [c.convolutions for c in trace(toy).couplings] == [("first",), ("narrow",)]


def test_a_layer_of_two_names_is_one_layer() -> None:
    """The same module under another name shares nothing with another layer."""
    body = nn.Conv2d(8, 8, 3, padding=1)
    couplings = trace(network(nn.Conv2d(3, 8, 1), body, body, nn.Conv2d(8, 6, 1), *head(6))).couplings
    assert [c.convolutions for c in couplings] == [("0", "1"), ("3",)]


@pytest.mark.parametrize("part", ["weight", "bias"])
def test_weights_of_two_layers_are_left_out_by_name(part: str) -> None:
    """Layers that share a parameter cannot be pruned one without the other."""
    body, tied = nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)
    setattr(tied, part, body.get_parameter(part))
    toy = network(nn.Conv2d(3, 8, 1), body, nn.ReLU(), tied, nn.Conv2d(8, 6, 1), *head(6))
    assert [layer.name for layer in filter_layers(toy)] == ["4"]
    with pytest.raises(InputError, match=f"'1' and '3' share.*give '3' a {part}"):
        prune(toy, {"0": [0]})
