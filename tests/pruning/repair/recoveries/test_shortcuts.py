"""Reconstruction of residual branches: their sum with the shortcut is what should come out right."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from pruning import Calibration, Network, prune, reconstruct
from pruning.batches import batches
from pruning.repair import layer_fit, passes
from pruning.tracing.hooks import run_until_seen
from pruning.tracing.successors import Shortcut

Pixels = NDArray[np.uint8]
SIDE, CHANNELS = 6, 4
KEPT = {"early": [0, 3], "inner": [1, 2, 5]}


class Block(nn.Module):
    """A stem that goes wrong once it lost inputs, a residual branch, and a last layer."""

    def __init__(self, rectified: bool) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.early = nn.Conv2d(3, 6, 3, padding=1)
        self.stem = nn.Conv2d(6, CHANNELS, 3, padding=1)
        self.inner = nn.Conv2d(CHANNELS, 8, 3, padding=1)
        self.branch = nn.Conv2d(8, CHANNELS, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(CHANNELS)
        self.total, self.relu = nn.Identity(), nn.ReLU() if rectified else nn.Identity()
        self.last = nn.Conv2d(CHANNELS, 2, SIDE)
        for tensor in (self.norm.running_var, self.norm.weight):
            nn.init.uniform_(tensor, 0.5, 1.5)  # type: ignore[arg-type]

    def forward(self, images: Tensor) -> Tensor:
        """Map images to logits."""
        x = self.stem(torch.relu(self.early(images)))
        x = self.total(self.norm(self.branch(torch.relu(self.inner(x)))) + x)
        logits: Tensor = self.last(self.relu(x)).flatten(1)
        return logits


def block(rectified: bool = True) -> Network:
    return Network("block", Block(rectified).eval(), (3, SIDE, SIDE), 2, None, "made for a test")


def drawn(count: int) -> Pixels:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (count, SIDE, SIDE, 3), dtype=np.uint8)


def given(network: Network, layer: str, images: Pixels) -> Tensor:
    """What a layer is given for all images."""
    found: list[Tensor] = []
    pixels = next(batches(network, images, len(images)))
    run_until_seen(network.module, pixels, [layer], lambda _, __, x, ___: found.append(x))
    return found[0]


def rows(maps: Tensor) -> NDArray[np.float64]:
    return np.asarray(maps.flatten(2).transpose(1, 2).flatten(0, 1), dtype=np.float64)


def blind(calibration: Calibration, monkeypatch: pytest.MonkeyPatch) -> Calibration:
    """Let it know nothing of shortcuts."""
    monkeypatch.setattr(calibration.layers, "shortcut", lambda _: None)
    return calibration


@pytest.mark.parametrize("memory", [passes._MEMORY, 0])
def test_the_sum_is_fitted_by_least_squares(memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """No weights of the branch bring the sum nearer to the original's; a linear solver agrees."""
    monkeypatch.setattr(passes, "_MEMORY", memory)
    network, images = block(rectified=False), drawn(60)
    pruned, calibration = prune(network, KEPT), Calibration(network, images, mirrored=False, batch=25)
    repaired = reconstruct(calibration, pruned, ridge=1e-6)
    shortcut = given(repaired, "inner", images)
    columns = functional.unfold(given(repaired, "branch", images), 3, padding=1)
    x = np.c_[rows(columns), np.ones(columns.shape[0] * columns.shape[2])]
    target = rows(given(network, "total", images))
    missing = target - rows(shortcut)
    least = np.square(x @ np.linalg.lstsq(x, missing, rcond=None)[0] - missing).sum()
    off = np.square(rows(given(repaired, "total", images)) - target).sum()
    assert off == pytest.approx(least, rel=1e-3)
    without = reconstruct(blind(calibration, monkeypatch), pruned, ridge=1e-6)
    assert np.square(rows(given(without, "total", images)) - target).sum() > 1.03 * least


def test_behind_a_relu_the_sum_counts_where_it_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """More rounds lower what the ReLU lets through of the error, and so do shortcuts."""
    network, images = block(), drawn(60)
    pruned, calibration = prune(network, KEPT), Calibration(network, images, mirrored=False)
    target = given(network, "total", images).relu()

    def off(rounds: int) -> float:
        repaired = reconstruct(calibration, pruned, ridge=1e-5, rounds=rounds)
        return float((given(repaired, "total", images).relu() - target).square().sum())

    once, often = off(1), off(10)
    assert often < once
    blind(calibration, monkeypatch)
    assert off(10) > 1.03 * often


def test_ridges_are_judged_by_the_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ridge that is chosen leaves the least of the sum on images held out."""
    network, images = block(rectified=False), drawn(20)
    pruned, calibration = prune(network, KEPT), Calibration(network, images, mirrored=False)
    seen: list[tuple[Tensor, Tensor]] = []
    real = layer_fit._chosen

    def watched(*given: object) -> float:
        seen.append((given[3], given[4]))  # type: ignore[arg-type]
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(layer_fit, "_chosen", watched)
    reconstruct(calibration, pruned, ridge=None)
    _, _, (y, added), _ = seen  # stem, inner, branch, last
    assert torch.allclose(y, torch.from_numpy(rows(given(network, "total", images))).float(), atol=1e-5)
    assert added.abs().max() > 0


def test_shortcuts_of_a_residual_network(small_resnet: Network) -> None:
    """What enters a block is added to its branch; a 1 x 1 shortcut comes after the branch."""
    rng = np.random.default_rng(1)
    calibration = Calibration(small_resnet, rng.integers(0, 256, (4, 32, 32, 3), dtype=np.uint8))
    for block in ("layer1.0", "layer1.1", "layer2.1", "layer3.1"):
        assert calibration.layers.shortcut(f"{block}.conv1") is None
        assert calibration.layers.shortcut(f"{block}.conv2") == Shortcut(f"{block}.conv1", made=False)
        assert calibration.layers.rectified(f"{block}.conv2")
    assert calibration.layers.shortcut("layer2.0.conv2") is None
    assert not calibration.layers.rectified("layer2.0.conv2")
    assert calibration.layers.shortcut("layer2.0.shortcut.0") == Shortcut("layer2.0.bn2", made=True)
    assert calibration.layers.rectified("layer2.0.shortcut.0")
