"""Networks built by a function of the user's."""

import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch

from dispersion.errors import InputError, UnknownNameError
from pruning import Normalization, accuracy, blank_network, load_network

HEAD = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, classes=4, channels=3):
        super().__init__()
        self.conv = nn.Conv2d(channels, classes, 3)

    def forward(self, x):
        return self.conv(x).mean((2, 3))

"""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """Write the test's own code to a module of an unused name; returns that name."""
    name = f"mine_{abs(hash(request.node.nodeid))}"
    code = getattr(request, "param", "def build():\n    return Net()\n")
    (tmp_path / f"{name}.py").write_text(HEAD + textwrap.dedent(code))
    monkeypatch.syspath_prepend(tmp_path)
    return name


def test_a_function_builds_the_network(mine: str) -> None:
    """Its network is taken as it is; classes are counted on an image of 3 x 32 x 32."""
    network = load_network(f"{mine}:build")
    assert network.name == f"{mine}:build"
    assert (network.input_shape, network.classes) == ((3, 32, 32), 4)
    assert (network.dataset, network.normalization) == (None, None)
    assert mine in network.provenance
    assert not network.module.training
    assert all(parameter.requires_grad for parameter in network.module.parameters())
    images = np.zeros((3, 32, 32, 3), dtype=np.uint8)
    assert 0 <= accuracy(network, images, np.zeros(3, dtype=np.int64)) <= 1


def test_a_class_builds_the_network(mine: str) -> None:
    """A class is a function too."""
    assert load_network(f"{mine}:Net").classes == 4


def test_blank_is_what_the_function_builds(mine: str) -> None:
    """The function draws its weights by the caller's seed, and alone chooses the classes."""
    torch.manual_seed(3)
    network = blank_network(f"{mine}:build", 4)
    torch.manual_seed(3)
    assert blank_network(f"{mine}:build").digest == network.digest
    with pytest.raises(InputError, match="has 4 classes where 10 are needed"):
        blank_network(f"{mine}:build", 10)


def test_own_weights_for_an_own_network(mine: str, tmp_path: Path) -> None:
    """A checkpoint is loaded strictly."""
    trained = load_network(f"{mine}:build")
    torch.save(trained.module.state_dict(), tmp_path / "mine.pt")
    loaded = load_network(f"{mine}:build", tmp_path / "mine.pt")
    assert loaded.digest == trained.digest
    assert "mine.pt" in loaded.provenance
    torch.save({"conv.weight": torch.zeros(4, 3, 3, 3)}, tmp_path / "half.pt")
    with pytest.raises(InputError, match=r"half\.pt has no 'conv\.bias'"):
        load_network(f"{mine}:build", tmp_path / "half.pt")


@pytest.mark.parametrize(
    "mine",
    [
        """
        def build():
            net = Net(channels=1)
            net.input_shape = (1, 28, 20)
            net.normalization = ([0.1], [0.5])
            return net
        """,
        """
        from pruning import Normalization

        def build():
            net = Net(channels=1)
            net.input_shape = torch.Size([1, 28, 20])
            net.normalization = Normalization((0.1,), (0.5,))
            return net
        """,
    ],
    indirect=True,
)
def test_attributes_say_what_goes_in(mine: str) -> None:
    """The network's own input shape and normalisation are honoured."""
    network = load_network(f"{mine}:build")
    assert network.input_shape == (1, 28, 20)
    assert network.normalization == Normalization((0.1,), (0.5,))


@pytest.mark.parametrize(
    "mine",
    ["def build():\n    net = Net()\n    net.normalization = nn.BatchNorm2d(3)\n    return net\n"],
    indirect=True,
)
def test_a_layer_called_normalization_says_nothing(mine: str) -> None:
    """A layer of that name is part of the network, not of its input."""
    assert load_network(f"{mine}:build").normalization is None


@pytest.mark.parametrize(
    ("mine", "message"),
    [
        ("build = 3", r"no function 'build', but one of type int"),
        ("def other(): ...", r"has no function 'build'$"),
        ("def build(size): ...", r"called without arguments, raised TypeError: .*'size'"),
        ("def build(): raise SystemExit", r":build', called without arguments, raised SystemExit"),
        ("def build(): return Net", r"returned a type, not a torch\.nn\.Module"),
        ("def build(): return nn.Flatten()", r"without parameters"),
        ("def build(): return nn.Conv2d(3, 2, 1)", r"logits of shape \(1, classes\), not to shape"),
        ("def build(): return nn.LSTM(32, 8, batch_first=True)", r"cannot take an image of shape"),
        ("def build(): return Net(channels=1)", r"image of shape \(3, 32, 32\) .*input_shape"),
        ("def build(): x = Net(); x.input_shape = 32; return x", r"input_shape .* not 32"),
        ("def build(): x = Net(); x.input_shape = (3, 0, 8); return x", r"must be positive"),
        ("def build(): x = Net(); x.normalization = 0.5; return x", r"must be a pair .*not 0\.5"),
        ("def build(): x = Net(); x.normalization = ([0], [1]); return x", r"must have 3 means"),
        ("def build(): x = Net(); x.normalization = ([0]*3, [0]*3); return x", r"positive standard"),
        ("def build(): x = Net(); x.conv.bias.data[0] = float('nan'); return x", r"'conv\.bias' holds"),
        ("1 / 0", r"cannot be imported \(ZeroDivisionError: division by zero\)"),
        ("import no_such_package_here", r"cannot be imported \(ModuleNotFoundError"),
        ("raise SystemExit(3)", r"cannot be imported \(SystemExit: 3\)"),
    ],
    indirect=["mine"],
)
def test_what_goes_wrong_is_one_sentence(mine: str, message: str) -> None:
    """Whatever the user's code does, the sentence names it."""
    with pytest.raises(InputError, match=message) as caught:
        load_network(f"{mine}:build")
    assert mine in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_misspelt_network_is_not_taken_for_a_module() -> None:
    """Where no module is called so, the nearest networks are named."""
    with pytest.raises(UnknownNameError, match=r"Python module 'torchvison'; did you mean torchvision"):
        load_network("torchvison:resnet18")
    with pytest.raises(UnknownNameError, match=r"Python module 'no\.such\.module'"):
        blank_network("no.such.module:build")
    for name in (":build", "mine:"):
        with pytest.raises(UnknownNameError, match="unknown network"):
            load_network(name)
