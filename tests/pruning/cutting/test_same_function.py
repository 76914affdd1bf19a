"""Whether a cut network computes what it should: what is noticed, and what is not blamed."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from dispersion.errors import InputError
from pruning import Network, filter_layers, prune
from pruning.cutting.same_function import check_network, check_same_function
from pruning.cutting.surgery import cut
from tests.pruning.architectures import CLASSES, SHAPE, Net, conv, network, pooled, shuffled

KEPT = {"a": [0, 1, 5]}


def toy(way, **layers: nn.Module) -> Network:
    torch.manual_seed(0)
    module = Net(way, **{"a": conv(3, 8), "b": conv(8, 6), "f": nn.Linear(6, CLASSES), **layers})
    return Network("toy", module.eval(), SHAPE, CLASSES, None, "made for a test")


def plain(m, x: Tensor) -> Tensor:
    return m.f(pooled(F.silu(m.b(F.silu(m.a(x))))))


@pytest.mark.parametrize("part", ["b.weight", "b.bias", "f.weight", "a.weight"])
def test_one_weight_out_of_place_shows(part: str) -> None:
    """A relative error of a thousandth in a single weight is a hundred times what is tolerated."""
    whole = toy(plain)
    smaller, absent = cut(whole, KEPT)
    assert check_same_function(whole, absent, smaller)
    with torch.no_grad():
        smaller.module.get_parameter(part).view(-1)[0] *= 1.001
    with pytest.raises(InputError, match="computes something else"):
        check_same_function(whole, absent, smaller)


def test_swapped_columns_show_behind_a_large_bias() -> None:
    """The difference is measured against what images change, not against the largest output."""
    whole = toy(plain)
    nn.init.constant_(whole.module.f.bias, 1e3)
    smaller, absent = cut(whole, KEPT)
    weight = smaller.module.b.weight
    with torch.no_grad():
        weight.copy_(weight[:, [1, 0, 2]])
    with pytest.raises(InputError, match="computes something else"):
        check_same_function(whole, absent, smaller)


def test_outputs_that_never_change_say_nothing() -> None:
    """They are neither right nor wrong; `prune` then tries with other weights."""
    whole = toy(plain)
    nn.init.zeros_(whole.module.f.weight)
    smaller, absent = cut(whole, KEPT)
    assert not check_same_function(whole, absent, smaller)
    assert prune(whole, KEPT).module.a.out_channels == 3
    wrong = toy(lambda m, x: m.f(pooled(m.b(shuffled(m.a(x))))))
    nn.init.zeros_(wrong.module.f.weight)
    with pytest.raises(InputError, match="computes something else"):
        prune(wrong, {"a": [0, 1, 4, 5]})


class Short(nn.Module):
    """Insists on float32 inside."""

    def __init__(self, way) -> None:
        super().__init__()
        self.inner = toy(way).module

    def forward(self, x: Tensor) -> Tensor:
        """As the inner network."""
        return self.inner(x.to(torch.float32))


def test_networks_that_insist_on_short_floats_are_checked_in_them() -> None:
    """With a wider tolerance."""
    right = Network("short", Short(plain).eval(), SHAPE, CLASSES, None, "made for a test")
    kept = {"inner.a": [0, 1, 5]}
    assert prune(right, kept).module.inner.a.out_channels == 3
    shuffling = Short(lambda m, x: m.f(pooled(m.b(shuffled(m.a(x))))))
    with pytest.raises(InputError, match=r"computes something else|does not run"):
        prune(Network("short", shuffling.eval(), SHAPE, CLASSES, None, "made for a test"), kept)


def test_networks_that_cannot_be_checked_are_told() -> None:
    """Random outputs, numbers that are not finite, and outputs that are no tensor."""
    with pytest.raises(InputError, match="not deterministic in evaluation mode"):
        check_network(network("dropout_that_is_always_on"))
    broken = toy(plain)
    nn.init.constant_(broken.module.f.bias, torch.nan)
    for refuse in (check_network, filter_layers, lambda one: prune(one, KEPT)):
        with pytest.raises(InputError, match="not finite"):
            refuse(broken)
    several = toy(lambda m, x: {"logits": plain(m, x)})
    with pytest.raises(InputError, match="returns a dict"):
        filter_layers(several)
