"""What follows a layer: batch norms and ReLUs, in all the ways they are written."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from pruning import Network
from pruning.tracing.successors import Shortcut, Successors, affine, successors

CHANNELS = 6


class Toy(nn.Module):
    """A convolution, what is to be tested, and a convolution."""

    def __init__(self, then: Callable[["Toy", Tensor, Tensor], Tensor], bias: bool) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.stem = nn.Conv2d(3, CHANNELS, 3, padding=1)
        self.conv = nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, bias=bias)
        self.batchwise = nn.BatchNorm2d(CHANNELS, track_running_stats=False)
        self.norm, self.other = nn.BatchNorm2d(CHANNELS), nn.BatchNorm2d(CHANNELS)
        nn.init.uniform_(self.norm.bias, -0.5, 0.5)
        self.relu, self.relu_in_place = nn.ReLU(), nn.ReLU(inplace=True)
        self.relu6, self.relu6_in_place = nn.ReLU6(), nn.ReLU6(inplace=True)
        self.gelu, self.leaky = nn.GELU(), nn.LeakyReLU()
        self.dropout, self.pool = nn.Dropout(), nn.MaxPool2d(2)
        self.last = nn.Conv2d(CHANNELS, 2, 1)
        self.then = then

    def forward(self, images: Tensor) -> Tensor:
        """Map images to maps."""
        before = self.stem(images)
        maps: Tensor = self.last(self.then(self, self.conv(before), before))
        return maps


def add_in_place(toy: Toy, y: Tensor, before: Tensor) -> Tensor:
    out = toy.norm(y)
    out += before  # as torchvision's blocks do
    return toy.relu_in_place(out)  # type: ignore[no-any-return]


CASES: dict[str, tuple[Callable[[Toy, Tensor, Tensor], Tensor], str | None, bool]] = {
    "nothing": (lambda toy, y, _: y, None, False),
    "norm": (lambda toy, y, _: toy.norm(y), "norm", False),
    "norm, relu": (lambda toy, y, _: toy.relu(toy.norm(y)), "norm", True),
    "norm, relu in place": (lambda toy, y, _: toy.relu_in_place(toy.norm(y)), "norm", True),
    "norm, torch.relu": (lambda toy, y, _: torch.relu(toy.norm(y)), "norm", True),
    "norm, functional in place": (
        lambda toy, y, _: functional.relu(toy.norm(y), inplace=True),
        "norm",
        True,
    ),
    "norm, clamp": (lambda toy, y, _: toy.norm(y).clamp(min=0), "norm", True),
    "norm, dropout, relu": (lambda toy, y, _: toy.relu(toy.dropout(toy.norm(y))), "norm", True),
    "norm, relu, pool": (lambda toy, y, _: toy.pool(toy.relu(toy.norm(y))), "norm", True),
    "norm, pool": (lambda toy, y, _: toy.pool(toy.norm(y)), "norm", False),
    "norm, functional relu and pool": (  # nothing receives the whole of what ReLU made
        lambda toy, y, _: functional.max_pool2d(torch.relu(toy.norm(y)), 2),
        "norm",
        False,
    ),
    "pool, norm, relu": (lambda toy, y, _: toy.relu(toy.norm(toy.pool(y))), None, False),
    "relu": (lambda toy, y, _: toy.relu(y), None, True),
    "relu in place": (lambda toy, y, _: toy.relu_in_place(y), None, True),
    "torch.relu": (lambda toy, y, _: torch.relu(y), None, True),
    "relu, norm": (lambda toy, y, _: toy.norm(toy.relu(y)), None, True),
    "relu in place, norm": (lambda toy, y, _: toy.norm(toy.relu_in_place(y)), None, True),
    "norm, norm, relu": (lambda toy, y, _: toy.relu(toy.other(toy.norm(y))), "norm", False),
    "norm, add, relu": (lambda toy, y, x: toy.relu(toy.norm(y) + x), "norm", True),
    "norm, add in place, relu": (add_in_place, "norm", True),
    "add, norm, relu": (lambda toy, y, x: toy.relu(toy.norm(y + x)), None, False),
    "norm of the batch, relu": (lambda toy, y, _: toy.relu(toy.batchwise(y)), None, False),
    "norm, gelu": (lambda toy, y, _: toy.gelu(toy.norm(y)), "norm", False),
    "norm, leaky relu": (lambda toy, y, _: toy.leaky(toy.norm(y)), "norm", False),
    "norm, negated relu": (lambda toy, y, _: -torch.relu(-toy.norm(y)), "norm", False),
}


def after(module: nn.Module, pixels: torch.Tensor, name: str) -> Successors:
    """What follows one layer."""
    return successors(module, pixels, [name])[name]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_what_follows_a_convolution(case: str, bias: bool) -> None:
    """A batch norm counts if it takes the output as it is, a ReLU if it alone comes after that."""
    then, norm, rectified = CASES[case]
    toy = Toy(then, bias).eval()
    found = after(toy, torch.rand(4, 3, 8, 8), "conv")
    shortcut = Shortcut("stem", True) if "add" in case else None
    assert found == Successors(norm, shortcut, rectified)
    assert not any(module._forward_hooks for module in toy.modules())


@pytest.mark.parametrize("in_place", [False, True])
def test_relu6_is_a_relu_as_long_as_it_cuts_nothing_off(in_place: bool) -> None:
    """It counts where no value of the images seen exceeds 6, and not where one does."""
    name = "relu6_in_place" if in_place else "relu6"
    toy = Toy(lambda toy, y, _: toy.get_submodule(name)(toy.norm(y)), bias=False).eval()
    images = torch.rand(4, 3, 8, 8)
    assert after(toy, images, "conv") == Successors("norm", None, True)
    nn.init.constant_(toy.norm.weight, 50.0)
    assert after(toy, images, "conv") == Successors("norm")


def test_the_last_layer_has_no_successors() -> None:
    """After the network's last layer nothing comes, and layers that are never called are no matter."""
    toy = Toy(lambda toy, y, _: y, bias=True).eval()
    assert after(toy, torch.rand(4, 3, 8, 8), "last") == Successors()


def test_linear_layers_have_successors_too() -> None:
    """Batch norms of vectors count."""
    module = nn.Sequential(
        nn.Flatten(), nn.Linear(12, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 2)
    )
    assert after(module.eval(), torch.rand(4, 3, 2, 2), "1") == Successors("2", None, True)


def test_many_layers_are_seen_as_each_alone(small_resnet: Network, small_mobilenet: Network) -> None:
    """In runs for all together: norms, shortcuts of blocks and projections, and rectifiers."""
    pixels = torch.rand(4, 3, 32, 32)
    for network in (small_resnet, small_mobilenet):
        module = network.module
        names = [name for name, one in module.named_modules() if isinstance(one, nn.Conv2d | nn.Linear)]
        together = successors(module, pixels, names)
        assert together == {name: after(module, pixels, name) for name in names}
        assert len({one.shortcut for one in together.values()}) > 2


@pytest.mark.parametrize("learnt", [True, False])
def test_scale_and_shift_are_the_norm(learnt: bool) -> None:
    """Multiplied and added they give what the batch norm computes."""
    norm = nn.BatchNorm2d(CHANNELS, affine=learnt).eval()
    for tensor in (norm.running_mean, norm.running_var, *norm.parameters()):
        nn.init.uniform_(tensor, 0.5, 1.5)  # type: ignore[arg-type]
    y = torch.randn(2, CHANNELS, 3, 3)
    scale, shift = affine(norm, torch.zeros(CHANNELS, 4))
    expected = norm(y).detach()
    torch.testing.assert_close(y * scale[:, None, None] + shift[:, None, None], expected)
    assert not scale.requires_grad
    assert not shift.requires_grad


def test_without_norm_nothing_is_scaled() -> None:
    """No norm, and one without statistics, scale by 1; so does one that ignores its input."""
    like = torch.zeros(3, 4)
    for norm in (None, nn.BatchNorm2d(3, track_running_stats=False)):
        scale, shift = affine(norm, like)
        assert scale.tolist() == [1, 1, 1]
        assert shift.tolist() == [0, 0, 0]
    ignoring = nn.BatchNorm2d(3)
    nn.init.zeros_(ignoring.weight)
    assert affine(ignoring, like)[0].tolist() == [1, 1, 1]
