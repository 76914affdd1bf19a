"""The size of pruned networks by counts alone, held against cutting them."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dispersion.errors import InputError, UnknownNameError
from pruning import Cost, Network, cost, prune
from pruning.measuring.sizes import SizeModel, size_model


class Dense(nn.Module):
    """Every convolution reads all maps before it, side by side, as in DenseNet."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 4, 3, padding=1)
        self.norm, self.third = nn.BatchNorm2d(10), nn.Conv2d(10, 5, 1)
        self.last, self.head = nn.BatchNorm2d(15), nn.Linear(15 * 16, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Map images to logits."""
        x = self.first(x)
        x = torch.cat((x, self.second(x.relu())), dim=1)
        x = torch.cat((self.third(self.norm(x).relu()), x), dim=1)
        return self.head(nn.functional.adaptive_avg_pool2d(self.last(x), 4).flatten(1))


class Folded(nn.Module):
    """A convolution added to its own input, run twice, and activations with weights."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.same = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 6, 3, padding=1)
        self.each, self.all = nn.PReLU(6), nn.PReLU()
        self.head = nn.Linear(6, 10, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map images to logits."""
        x = self.each(self.first(x))
        x = x + self.same(x)
        return self.head(self.all(x + self.same(x)).mean((2, 3)))


class Scaled(nn.Module):
    """Channels scaled by a parameter that no layer holds."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.scale = nn.Conv2d(3, 6, 3), nn.Parameter(torch.ones(6, 1, 1))
        self.head = nn.Linear(6, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Map images to logits."""
        return self.head((self.first(x) * self.scale).mean((2, 3)))


def toy(module: nn.Module) -> Network:
    return Network("toy", module.eval(), (3, 8, 8), 10, None, "test")


def assert_agrees(network: Network, model: SizeModel, seed: int) -> None:
    rng = np.random.default_rng(seed)
    drawn = {
        name: int(rng.integers(1, n + 1)) for name, n in model.channels.items() if rng.random() < 0.8
    }
    kept = {name: rng.permutation(model.channels[name])[:count] for name, count in drawn.items()}
    assert model.cost(drawn) == cost(prune(network, kept))


@pytest.mark.parametrize("name", ["small_vgg", "small_resnet", "small_mobilenet"])
def test_agrees_with_cutting(name: str, request: pytest.FixtureRequest) -> None:
    """Random choices in random layers cost what the networks cut so do; tied layers, too."""
    network = request.getfixturevalue(name)
    model = size_model(network)
    assert model.cost({}) == cost(network)
    for seed in range(2):
        assert_agrees(network, model, seed)


@pytest.mark.real
@pytest.mark.parametrize(
    "name",
    [
        "vgg16",
        "resnet56",
        pytest.param("mobilenet_v2", marks=pytest.mark.slow),  # 224 x 224 pixels; see small_mobilenet
    ],
)
def test_agrees_with_cutting_trained_networks(name: str, request: pytest.FixtureRequest) -> None:
    """So they do in the networks that are published."""
    network = request.getfixturevalue(name)
    assert_agrees(network, size_model(network), 0)


@pytest.mark.parametrize("module", [Dense, Folded])
@pytest.mark.parametrize("seed", range(10))
def test_agrees_where_channels_meet(module: type[nn.Module], seed: int) -> None:
    """Concatenations, flattened maps, layers used twice or added to themselves, and PReLU."""
    torch.manual_seed(seed)
    network = toy(module())
    assert_agrees(network, size_model(network), seed)


def test_terms_by_hand() -> None:
    """A chain of two convolutions and a linear layer behind a flattened 2 x 2 map, counted by hand."""
    module = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.Conv2d(4, 5, 1, bias=False),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(20, 10),
    )
    model = size_model(toy(module))
    assert model.channels == {"0": 4, "2": 5}
    assert model.macs.matrix.tolist() == [[0, 64 * 27, 40], [0, 0, 64], [0, 0, 0]]
    assert model.parameters.matrix.tolist() == [[10, 27 + 1 + 2, 40], [0, 0, 1], [0, 0, 0]]
    assert model.cost({"0": 2}) == Cost(10 + 60 + 200 + 10, 2 * 64 * 27 + 200 + 640)


def test_restriction(small_resnet: Network) -> None:
    """In some layers, with the others whole, it is the same form."""
    model = size_model(small_resnet)
    n = np.array(list(model.channels.values()))
    free = np.array([1, 4, 2])
    mixed = n.copy()
    mixed[free] = [3, 5, 7]
    assert model.macs.among(free, n)(np.array([3, 5, 7])) == model.macs(mixed)


def test_bad_counts_are_refused(small_resnet: Network) -> None:
    """Unknown layers and counts out of range are named."""
    model = size_model(small_resnet)
    with pytest.raises(UnknownNameError, match="unknown layer 'conv9'"):
        model.cost({"conv9": 3})
    for count in (0, 17):
        with pytest.raises(InputError, match=f"'conv1' has 16 filters and cannot keep {count}"):
            model.cost({"conv1": count})


class Recurrent(nn.Module):
    """An LSTM reads the columns of the maps."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.rnn = nn.Conv2d(3, 6, 3), nn.LSTM(6, 5, batch_first=True, bidirectional=True)
        self.head = nn.Linear(10, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Map images to logits."""
        return self.head(self.rnn(self.first(x).relu().mean(2).transpose(1, 2))[0][:, -1])


class Attentive(nn.Module):
    """Places look at each other, by products of maps of fixed width."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.mix = nn.Conv2d(3, 6, 3), nn.Conv2d(6, 4, 1)
        self.mha, self.head = nn.MultiheadAttention(4, 2, batch_first=True), nn.Linear(4, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Map images to logits."""
        tokens = self.mix(self.first(x).relu()).flatten(2).transpose(1, 2)
        return self.head(self.mha(tokens, tokens, tokens)[0].mean(1))


class Up(nn.Module):
    """A transposed and a grouped convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.up = nn.Conv2d(3, 6, 3, stride=2), nn.ConvTranspose2d(6, 8, 2, stride=2)
        self.last, self.grouped = nn.Conv2d(8, 6, 1), nn.Conv2d(3, 6, 3, groups=3)
        self.head = nn.Linear(12, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Map images to logits."""
        maps = self.last(self.up(self.first(x).relu()).relu()).mean((2, 3))
        return self.head(torch.cat((maps, self.grouped(x).mean((2, 3))), 1))


@pytest.mark.parametrize("module", [Scaled, Recurrent, Attentive, Up])
@pytest.mark.parametrize("seed", range(3))
def test_agrees_beyond_convolutions(module: type[nn.Module], seed: int) -> None:
    """A loose scale, recurrent layers, attention over places, transposed convolutions."""
    torch.manual_seed(seed)
    network = toy(module())
    assert_agrees(network, size_model(network), seed)


def test_shared_weights_are_counted_once() -> None:
    """Two layers with one weight cannot lose different channels; the others can."""
    layers = nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1), nn.Conv2d(3, 4, 1), nn.Conv2d(4, 2, 1)
    module = nn.Sequential(*layers, nn.Flatten(), nn.Linear(128, 10))
    module[1].weight = module[0].weight
    model = size_model(toy(module))
    assert list(model.channels) == ["2", "3"]
    assert model.cost({}) == cost(toy(module))
