"""Runs of a network that stop as soon as enough was seen."""

import pytest
import torch
from torch import Tensor, nn

from dispersion.errors import InputError
from pruning.tracing.hooks import leaves, noting, run_until_seen

PIXELS = torch.rand(2, 3)


class Doubling(nn.Module):
    """Counts its calls."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, x: Tensor) -> Tensor:
        """Double."""
        self.calls += 1
        return 2 * x


class Chain(nn.Module):
    """Three layers in a row, the first of them twice, and one that is never called."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.third = Doubling(), Doubling(), Doubling()
        self.unused = Doubling()

    def forward(self, x: Tensor) -> Tensor:
        """Call them."""
        return self.third(self.second(self.first(self.first(x))))  # type: ignore[no-any-return]


def test_layers_are_noted_with_input_and_output() -> None:
    """Every call up to the end is noted in order, with what the layer is given and makes of it."""
    chain = Chain()
    noted: list[tuple[str, nn.Module, Tensor, Tensor]] = []
    run_until_seen(chain, PIXELS, ["second", "first"], lambda *seen: noted.append(seen))
    assert [name for name, *_ in noted] == ["first", "first", "second"]
    for (name, layer, x, y), factor in zip(noted, (1, 2, 4), strict=True):
        assert layer is chain.get_submodule(name)
        assert torch.equal(x, factor * PIXELS)
        assert torch.equal(y, 2 * x)
        assert not y.requires_grad


@pytest.mark.parametrize(
    ("names", "last", "calls"),
    [
        (["first"], None, [1, 0, 0]),
        (["first", "second"], None, [2, 1, 0]),
        (["first", "second", "unused"], "second", [2, 1, 0]),
        (["first", "second", "third"], "first", [1, 0, 0]),
    ],
)
def test_the_run_stops_early(names: list[str], last: str | None, calls: list[int]) -> None:
    """Layers after the last one wanted are not run, and hooks are gone afterwards."""
    chain = Chain()
    run_until_seen(chain, PIXELS, names, lambda *_: None, last)
    assert [chain.first.calls, chain.second.calls, chain.third.calls] == calls
    assert not any(module._forward_hooks for module in chain.modules())


@pytest.mark.parametrize("last", [None, "unused"])
def test_a_layer_that_is_never_called_is_told(last: str | None) -> None:
    """It is named in one sentence, and hooks are gone afterwards."""
    chain = Chain()
    with pytest.raises(InputError, match="the network never calls its layer 'unused'"):
        run_until_seen(chain, PIXELS, ["first", "unused"], lambda *_: None, last)
    assert not any(module._forward_hooks for module in chain.modules())


def test_an_error_of_the_network_is_passed_on() -> None:
    """What a network raises is neither swallowed nor leaves hooks behind."""
    module = nn.Sequential(nn.Linear(3, 2), nn.Linear(3, 2))
    with pytest.raises(RuntimeError, match="cannot be multiplied"):
        run_until_seen(module, PIXELS, ["0", "1"], lambda *_: None)
    assert not any(one._forward_hooks for one in module.modules())


def test_noting_sees_all_of_every_run() -> None:
    """Without an end in sight all calls are noted, and layers never called are no matter."""
    chain = Chain()
    noted: list[str] = []
    with noting(chain, leaves(chain), lambda name, *_: noted.append(name)):
        chain(PIXELS)
    chain(PIXELS)
    assert noted == ["first", "first", "second", "third"]


def test_leaves_are_the_layers_without_layers_inside() -> None:
    """Containers are left out, unless they are empty."""
    module = nn.Sequential(nn.Sequential(nn.ReLU(), nn.Sequential()), nn.Flatten())
    assert leaves(module) == ["0.0", "0.1", "1"]
