"""Tests of the game behind `snpfi`: its values and Shapley values."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from pruning import Calibration, Network
from pruning.batches import batches
from pruning.criteria.snpfi import expected_slopes, shapley
from pruning.saliency.game import Game


def table(players: int, seed: int = 0):
    """A game of random values."""
    values = np.random.default_rng(seed).normal(size=2**players)
    return lambda active: float(values[int(active @ 2 ** np.arange(players))])


def random_images(count: int, size: int = 32, seed: int = 0):
    return np.random.default_rng(seed).integers(0, 256, (count, size, size, 3), dtype=np.uint8)


def test_shapley_values_are_means_over_all_orders():
    """Sampled ones come near; their sum is exact."""
    value, exact = table(4), np.zeros(4)
    for order in itertools.permutations(range(4)):
        active = np.zeros(4, dtype=bool)
        for player in order:
            before = value(active)
            active[player] = True
            exact[player] += (value(active) - before) / 24
    found = shapley(value, 4, 4000, 4, np.random.default_rng(0))
    assert found == pytest.approx(exact, abs=0.08)
    gain = value(np.ones(4, dtype=bool)) - value(np.zeros(4, dtype=bool))
    for steps in (1, 2, 3, 4, 9):
        shared = shapley(value, 4, 3, steps, np.random.default_rng(1))
        assert shared.sum() == pytest.approx(gain)


class Slopes:
    """V = the product of two players' parts, in place of a network."""

    players = 3

    def slopes(self, active):  # noqa: D102
        x, y, _ = active.astype(float)
        return np.array([y, x, 0.0])


def test_expected_slopes_of_a_multilinear_game():
    """Where V is linear in each part, they are the Shapley values: the gain is shared by two."""
    found = expected_slopes(Slopes(), 3000, np.random.default_rng(0))
    assert found == pytest.approx([0.5, 0.5, 0.0], abs=0.03)


class InPlace(nn.Module):
    """Adds to a layer's output in place, behind the layer's back, and calls one layer twice."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.inner, self.last = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 4, 1), nn.Conv2d(4, 5, 1)
        self.relu, self.head = nn.ReLU(inplace=True), nn.Conv2d(5, 3, 1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:  # noqa: D102
        x = self.stem(images)
        y = self.inner(self.relu(x))
        y += x
        return self.head(self.relu(self.last(self.relu(y)))).mean((2, 3))


@pytest.mark.parametrize("layer", ["conv1", "layer1.0.conv1", "layer2.0.conv1", "layer3.1.conv1"])
def test_values_are_those_of_whole_runs(layer, small_resnet):
    """With the absent channels zeroed at every consumer; in two batches; and again the same."""
    _compare(small_resnet, layer, 32)


@pytest.mark.parametrize("layer", ["stem", "last"])
def test_values_do_not_depend_on_what_happens_in_place(layer):
    torch.manual_seed(0)
    network = Network("in-place", InPlace().eval(), (3, 4, 4), 3, None, "made for a test")
    _compare(network, layer, 4)


def _compare(network: Network, layer: str, size: int) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, network.classes, 5)
    seen = Calibration(network, random_images(5, size), labels, mirrored=False, batch=2)
    game = Game(layer, seen, 3)
    (pixels,) = batches(network, seen.images[:3], 3)
    for share in (1.0, 0.5, 0.0, 0.5):
        active = rng.random(game.players) < share
        copied = network.copy().module
        for consumer in seen.consumers(layer):
            weight = copied.get_submodule(consumer.name).weight.detach().flatten(1)
            weight[:, consumer.columns[~active].ravel()] = 0.0
        with torch.no_grad():
            logits = copied(pixels).double().log_softmax(1)
        slow = logits[torch.arange(3), torch.from_numpy(labels[:3])].mean()
        assert game(active) == pytest.approx(float(slow), abs=1e-5)
        slopes = game.slopes(active)
        assert slopes.shape == (game.players,)
        assert game(active) == pytest.approx(float(slow), abs=1e-5)
        # one step of a hundredth for each of the first channels, by its columns
        for channel in range(3):
            moved = network.copy().module
            for consumer in seen.consumers(layer):
                weight = moved.get_submodule(consumer.name).weight.detach().flatten(1)
                weight[:, consumer.columns[~active].ravel()] = 0.0
                mine = consumer.columns[channel]
                whole = network.module.get_submodule(consumer.name).weight.detach().flatten(1)
                weight[:, mine] = whole[:, mine] * (float(active[channel]) + 1e-2)
            with torch.no_grad():
                raised = moved(pixels).double().log_softmax(1)
            rise = raised[torch.arange(3), torch.from_numpy(labels[:3])].mean() - slow
            assert slopes[channel] == pytest.approx(float(rise) / 1e-2, rel=0.05, abs=2e-3)
