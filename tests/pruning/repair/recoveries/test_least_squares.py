"""Reconstruction: layers fitted anew to what the unpruned network made of the calibration images."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch_pruning as tp
from numpy.typing import NDArray
from torch import Tensor, nn

from dispersion.errors import InputError
from pruning import (
    Calibration,
    Images,
    Network,
    accuracy,
    calibration_images,
    filter_layers,
    prune,
    reconstruct,
    reestimate_batchnorm,
)
from pruning.batches import batches
from pruning.calibration.windows import outputs_at
from pruning.repair import layer_fit, passes
from pruning.tracing.graph import trace
from pruning.tracing.hooks import run_until_seen

Pixels = NDArray[np.uint8]
INPUT_CUTTERS = (tp.prune_conv_in_channels, tp.prune_linear_in_channels)


def drawn(count: int, side: int, seed: int = 0) -> Pixels:
    """Random images."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, side, side, 3), dtype=np.uint8)


def normed(channels: int, like: type[nn.Module] = nn.BatchNorm2d) -> nn.Module:
    """Make a batch norm that does something."""
    norm = like(channels)
    for tensor in (norm.running_mean, norm.bias):
        nn.init.uniform_(tensor, -0.5, 0.5)  # type: ignore[arg-type]
    for tensor in (norm.running_var, norm.weight):
        nn.init.uniform_(tensor, 0.5, 1.5)  # type: ignore[arg-type]
    return norm


def chain(bias: bool, norms: bool, seed: int = 0) -> Network:
    """Three convolutions and a linear layer for images of 6 x 6 pixels."""
    torch.manual_seed(seed)
    layers: list[nn.Module] = []
    for inputs, outputs in ((3, 8), (8, 6), (6, 8)):
        layers.append(nn.Conv2d(inputs, outputs, 3, padding=1, bias=bias))
        layers += [normed(outputs), nn.ReLU(inplace=True)] if norms else [nn.ReLU(inplace=True)]
    layers += [nn.MaxPool2d(2), nn.Flatten(), nn.Linear(72, 5, bias=bias)]
    return Network("chain", nn.Sequential(*layers).eval(), (3, 6, 6), 5, None, "made for a test")


def halves(network: Network) -> dict[str, list[int]]:
    """Keep the first half of every coupling."""
    return {one.convolutions[0]: list(range(one.channels // 2)) for one in trace(network).couplings}


def logits(network: Network, images: Pixels) -> Tensor:
    with torch.inference_mode():
        return torch.cat([network.module(pixels) for pixels in batches(network, images, 50)])


def weights_differ(one: Network, other: Network) -> float:
    """How far the weights are apart, as a share of the largest of each tensor."""
    pairs = zip(one.module.state_dict().values(), other.module.state_dict().values(), strict=True)
    return max(
        float((a - b).abs().max() / b.abs().max())
        for a, b in pairs
        if a.is_floating_point() and b.any()
    )


def with_copies(network: Network) -> Network:
    """Make the second half of the channels of every coupling copies of the first."""
    network = network.copy()
    traced = trace(network)
    for coupling in traced.couplings:
        half = coupling.channels // 2
        for dep, indices in traced.group(coupling, range(coupling.channels)):
            if dep.target.module in traced.names and dep.handler not in INPUT_CUTTERS:
                module = network.module.get_submodule(traced.names[dep.target.module])
                for tensor in module.state_dict().values():
                    if tensor.ndim:
                        tensor[indices[half:]] = tensor[indices[:half]]
    return network


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("norms", [True, False])
def test_copies_are_not_missed(norms: bool, bias: bool) -> None:
    """Where what is dropped equals what is kept, the network computes what it did, on any image."""
    network = with_copies(chain(bias, norms))
    kept = halves(network)
    pruned = prune(network, kept)
    calibration = Calibration(network, drawn(150, 6))
    repaired = reconstruct(calibration, pruned, ridge=1e-5)
    images = drawn(20, 6, seed=1)
    expected = logits(network, images)
    assert (logits(pruned, images) - expected).abs().max() > 0.1 * expected.abs().max()
    torch.testing.assert_close(
        logits(repaired, images), expected, rtol=0, atol=1e-3 * float(expected.abs().max())
    )


@pytest.mark.parametrize("name", ["small_resnet", "small_mobilenet"])
def test_copies_are_not_missed_across_additions(name: str, request: pytest.FixtureRequest) -> None:
    """So it is in residual networks, coupled layers included, and behind depthwise convolutions."""
    network = with_copies(request.getfixturevalue(name))
    kept = halves(network)
    assert any(one.coupled for one in trace(network).couplings)
    pruned = prune(network, kept)
    images = drawn(40, 32)
    repaired = reconstruct(Calibration(network, images), pruned, ridge=1e-4)
    expected = logits(network, images)
    off, before = ((logits(one, images) - expected).square().sum() for one in (repaired, pruned))
    assert off < 1e-4 * before


@pytest.mark.parametrize("name", ["small_vgg", "small_resnet", "small_mobilenet"])
@pytest.mark.parametrize("everything", [True, False])
def test_nothing_dropped_changes_nothing(
    name: str, everything: bool, request: pytest.FixtureRequest
) -> None:
    """Layers that lose no inputs are left alone, whether they are named or not."""
    network: Network = request.getfixturevalue(name)
    kept = {one.convolutions[0]: range(one.channels) for one in trace(network).couplings}
    pruned = prune(network, kept) if everything else network
    repaired = reconstruct(Calibration(network, drawn(2, 32)), pruned)
    assert repaired.digest == network.digest


@pytest.mark.parametrize("everything", [True, False])
def test_layers_before_the_first_cut_keep_their_weights(
    everything: bool, small_vgg: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Consumers of pruned layers are refitted, and of the layers after the first those that are off."""
    monkeypatch.setattr(layer_fit, "_FINE", 0.0 if everything else float("inf"))
    names = [one.convolutions[0] for one in trace(small_vgg).couplings]
    kept = {names[8]: range(0, 32, 2), names[-1]: range(10)}
    pruned = prune(small_vgg, kept)
    calibration = Calibration(small_vgg, drawn(2, 32), mirrored=False)
    repaired = reconstruct(calibration, pruned, rounds=2)
    before, after = pruned.module.state_dict(), repaired.module.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    # the last one is read by the hidden linear layer, across pooling and flattening
    consumers = names[9], "classifier.1", *((*names[10:], "classifier.5") if everything else ())
    assert changed == {f"{name}.{part}" for name in consumers for part in ("weight", "bias")}


def test_layers_that_still_give_what_they_should_keep_their_weights() -> None:
    """Where copies alone are dropped, the first consumer makes up for all of it."""
    network = with_copies(chain(True, True))
    first, second = list(halves(network))[:2]
    kept = {first: halves(network)[first]}
    pruned = prune(network, kept)
    repaired = reconstruct(Calibration(network, drawn(150, 6)), pruned, ridge=1e-5)
    before, after = pruned.module.state_dict(), repaired.module.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {f"{second}.weight", f"{second}.bias"}


@pytest.mark.parametrize("name", ["small_resnet", "chain"])
def test_both_walks_find_the_same(
    name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All images at once, or layer by layer in batches: the same weights up to rounding."""
    network = chain(True, True) if name == "chain" else request.getfixturevalue(name)
    kept = halves(network)
    pruned = prune(network, kept)
    calibration = Calibration(network, drawn(11, network.input_shape[1]), batch=4)
    at_once = reconstruct(calibration, pruned)
    monkeypatch.setattr(passes, "_MEMORY", 0)
    monkeypatch.setattr(passes, "_at_once", None)
    in_batches = reconstruct(calibration, pruned)
    assert weights_differ(at_once, pruned) > 0.1
    assert weights_differ(at_once, in_batches) < 1e-3


@pytest.mark.parametrize(
    ("bias", "norms"), [(True, True), (True, False), (False, True), (False, False)]
)
def test_where_the_intercept_goes(bias: bool, norms: bool) -> None:
    """Into the bias, or else into the mean of the batch norm behind, or else there is none."""
    network = chain(bias, norms)
    first, second = list(halves(network))[:2]
    kept = {first: [0, 3, 4]}
    pruned = prune(network, kept)
    repaired = reconstruct(Calibration(network, drawn(30, 6)), pruned)
    before, after = pruned.module.state_dict(), repaired.module.state_dict()
    here = f"{second}.", f"{int(second) + 1}."  # the layer, and the norm or ReLU behind it
    changed = {n for n in before if n.startswith(here) and not torch.equal(before[n], after[n])}
    expected = {f"{second}.weight"}
    if bias:
        expected.add(f"{second}.bias")
    elif norms:
        expected.add(f"{int(second) + 1}.running_mean")
    assert changed == expected


def outputs(network: Network, layer: str, images: Pixels) -> Tensor:
    """What a layer makes of all images at all places: shape (rows, outputs)."""
    found: list[Tensor] = []
    pixels = next(batches(network, images, len(images)))

    def note(_: str, __: nn.Module, ___: Tensor, y: Tensor) -> None:
        found.append(outputs_at(y, torch.arange(y[0, 0].numel())))

    run_until_seen(network.module, pixels, [layer], note)
    return found[0]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("rounds", [1, 15])
def test_outputs_come_closer_than_by_other_repairs(seed: int, rounds: int) -> None:
    """Behind the norm, the refitted layer is nearer to the original than pruned or re-estimated."""
    images = drawn(60, 6, seed)
    network = reestimate_batchnorm(chain(False, True, seed), images)  # as training leaves it
    first, second = list(halves(network))[:2]
    norm = str(int(second) + 1)
    kept = {first: [1, 2, 5]}
    pruned, calibration = prune(network, kept), Calibration(network, images, mirrored=False)
    repaired = reconstruct(calibration, pruned, ridge=1e-4, rounds=rounds)
    y = outputs(network, norm, images)

    def off(one: Network) -> float:
        found = outputs(one, norm, images)
        return float((y.relu() - found.relu() if rounds > 1 else y - found).square().sum())

    assert off(repaired) <= min(off(pruned), off(reestimate_batchnorm(pruned, images)))
    if rounds > 1:  # and it is worth to be blind to what the ReLU hides
        assert off(repaired) <= off(reconstruct(calibration, pruned, ridge=1e-4, rounds=1))


@pytest.mark.parametrize("name", ["small_resnet", "small_mobilenet"])
def test_logits_come_closer_with_coupled_layers_pruned(
    name: str, request: pytest.FixtureRequest
) -> None:
    """Half of every layer's filters dropped, the logits are nearer than without repair."""
    network: Network = request.getfixturevalue(name)
    kept = halves(network)
    pruned, images = prune(network, kept), drawn(40, 32)
    repaired = reconstruct(Calibration(network, images, mirrored=False), pruned)
    expected = logits(network, images)
    off, before = ((logits(one, images) - expected).square().sum() for one in (repaired, pruned))
    assert off < 0.1 * before


def test_networks_are_left_alone() -> None:
    """Original and pruned network keep their weights, and the copy can be trained."""
    network = chain(True, True)
    kept = halves(network)
    pruned = prune(network, kept)
    digests = network.digest, pruned.digest
    repaired = reconstruct(Calibration(network, drawn(10, 6)), pruned)
    assert (network.digest, pruned.digest) == digests
    assert repaired.digest != pruned.digest
    assert not any(module.training for module in repaired.module.modules())
    for one in (network, pruned, repaired):
        assert not any(m._forward_hooks or m._forward_pre_hooks for m in one.module.modules())
    repaired.module.train()(torch.rand(2, 3, 6, 6)).sum().backward()


def test_the_same_seed_gives_the_same_weights(small_resnet: Network) -> None:
    """Places are drawn by the seed alone: equal seeds give equal bits, others do not."""
    kept = {"layer1.0.conv1": [0, 3, 5], "layer2.0.conv1": range(0, 32, 2)}
    pruned, images = prune(small_resnet, kept), drawn(40, 32)
    digests = [
        reconstruct(Calibration(small_resnet, images, seed=seed), pruned).digest for seed in (0, 0, 1)
    ]
    assert digests[0] == digests[1] != digests[2]


def test_images_that_judge_a_ridge_are_not_mirror_images_of_fitted_ones() -> None:
    """With few images and many columns a large ridge is best, which copies of them would hide."""
    network = chain(True, False)
    last = list(halves(network))[-1]
    kept = {last: [0, 2, 3, 7]}  # 36 columns of the linear layer
    images = drawn(20, 6)
    images[:, :, 3:] = images[:, :, 2::-1]  # mirror images are the very same
    pruned, calibration = prune(network, kept), Calibration(network, images)
    x = (
        torch.cat([seen["8"] for seen, _ in calibration.samples.pruned_inputs(["8"], pruned)])[:20]
        .double()
        .numpy()
    )
    y = logits(network, images).double().numpy()

    def held_out_loss(ridge: float) -> float:
        mean, centre = x[:16].mean(0), y[:16].mean(0)
        a = x[:16] - mean
        penalty = ridge * (a**2).sum(0).mean()
        weight = np.linalg.solve(a.T @ a + penalty * np.eye(36), a.T @ (y[:16] - centre))
        return float(((x[16:] - mean) @ weight + centre - y[16:]).__pow__(2).sum())

    best = min(layer_fit.RIDGES, key=held_out_loss)
    assert best > min(layer_fit.RIDGES)
    found = reconstruct(calibration, pruned, ridge=None)
    digests = {
        ridge: reconstruct(calibration, pruned, ridge=ridge).digest for ridge in layer_fit.RIDGES
    }
    assert found.digest == digests[best]


def test_two_images_are_enough_to_choose_a_ridge() -> None:
    """One of them judges."""
    network = chain(True, True)
    kept = halves(network)
    pruned = prune(network, kept)
    for mirrored in (True, False):
        calibration = Calibration(network, drawn(2, 6), mirrored=mirrored)
        assert logits(reconstruct(calibration, pruned, ridge=None), drawn(5, 6)).isfinite().all()


@pytest.mark.parametrize("ridge", [0.0, -1.0, float("nan"), float("inf")])
def test_bad_ridges_are_refused(ridge: float) -> None:
    """A ridge is a number above 0."""
    network = chain(True, True)
    with pytest.raises(InputError, match=rf"ridge must be a number above 0, not {ridge!r}"):
        reconstruct(Calibration(network, drawn(2, 6)), network, ridge=ridge)


@pytest.mark.parametrize("rounds", [0, -1])
def test_no_rounds_are_refused(rounds: int) -> None:
    """At least one fit is made."""
    network = chain(True, True)
    with pytest.raises(InputError, match=f"1 round or more, not {rounds}"):
        reconstruct(Calibration(network, drawn(2, 6)), network, rounds=rounds)


class Toy(nn.Module):
    """Convolutions and linear layers, put together as a test wants."""

    def __init__(self, then: Callable[["Toy", Tensor], Tensor]) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.b = nn.Conv2d(8, 8, 3, padding=1)
        self.grouped = nn.Conv2d(8, 8, 3, padding=1, groups=2)
        self.linear, self.last = nn.Linear(8, 8), nn.Linear(8, 5)
        self.then = then

    def forward(self, images: Tensor) -> Tensor:
        """Map images to logits."""
        logits: Tensor = self.last(self.then(self, torch.relu(self.a(images))))
        return logits


def toy(then: Callable[[Toy, Tensor], Tensor]) -> Network:
    return Network("toy", Toy(then).eval(), (3, 6, 6), 5, None, "made for a test")


def grouped(toy: Toy, x: Tensor) -> Tensor:
    return toy.grouped(x).relu().mean((2, 3))  # type: ignore[no-any-return]


def by_place(toy: Toy, x: Tensor) -> Tensor:
    return toy.linear(x.flatten(2).transpose(1, 2)).relu().mean(1)  # type: ignore[no-any-return]


def weighed(toy: Toy, x: Tensor) -> Tensor:
    x = toy.b(x).relu()
    weights: Tensor = toy.linear(x.mean((2, 3))).sigmoid()[:, :, None, None]
    return (x * weights).mean((2, 3))


def twice(toy: Toy, x: Tensor) -> Tensor:
    return toy.b(toy.b(x).relu()).relu().mean((2, 3))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("then", "message"),
    [
        (by_place, "only plain convolutions and linear"),
    ],
)
def test_readers_that_cannot_be_fitted_are_told(
    then: Callable[[Toy, Tensor], Tensor], message: str
) -> None:
    """Linear layers of sequences are told in one sentence."""
    network = toy(then)
    pruned = prune(network, {"a": [0, 1]})
    with pytest.raises(InputError, match=message) as caught:
        reconstruct(Calibration(network, drawn(5, 6)), pruned)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("then", [weighed, twice])
def test_tied_linear_layers_and_layers_called_twice(
    then: Callable[[Toy, Tensor], Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Layers that lose outputs with their inputs lose them in the targets; first calls are fitted."""
    network = with_copies(toy(then))
    kept = halves(network)
    pruned, images = prune(network, kept), drawn(80, 6)
    expected = logits(network, images)
    for _ in range(2):
        repaired = reconstruct(Calibration(network, images), pruned, ridge=1e-5)
        off, before = ((logits(one, images) - expected).square().sum() for one in (repaired, pruned))
        assert off < 1e-4 * before
        monkeypatch.setattr(passes, "_MEMORY", 0)


@pytest.mark.real
def test_reconstruction_beats_new_statistics(resnet56: Network, cifar10: Images) -> None:
    """Without a random half of its filters ResNet-56 is right more often than by batch norms alone."""
    rng = np.random.default_rng(0)
    kept = {
        layer.name: rng.choice(len(layer.points), len(layer.points) // 2, replace=False)
        for layer in filter_layers(resnet56)
    }
    images = calibration_images(cifar10, 100)
    test, labels = cifar10.test[:300], cifar10.test_labels[:300]
    pruned = prune(resnet56, kept)
    repaired = reconstruct(Calibration(resnet56, images, mirrored=False), pruned, rounds=1)
    statistics = accuracy(reestimate_batchnorm(pruned, images), test, labels)
    assert accuracy(repaired, test, labels) > statistics + 0.15
