"""Training of small networks."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from dispersion.errors import DivergedError, InputError
from pruning import Network, Normalization, accuracy, prune
from pruning.training import Decay, Epoch, Schedule, TrainingProgress, loop, progress, train
from pruning.training.loop import Labelled

SHORT = Schedule(epochs=3, batch=8)


def test_it_learns_and_leaves_the_original(tiny: Network, coloured: Labelled) -> None:
    """Loss falls and accuracy rises in a copy; network, modes and random numbers stay as they were."""
    before, epochs = tiny.digest, list[Epoch]()
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    schedule = Schedule(epochs=12, batch=8, rate=0.05)
    trained = train(tiny, *coloured, schedule, validation=coloured, report=epochs.append)
    assert torch.equal(torch.rand(1), expected)
    assert tiny.digest == before
    assert not any(layer.training for layer in (*tiny.module.modules(), *trained.module.modules()))
    assert [epoch.number for epoch in epochs] == list(range(1, 13))
    assert epochs[-1].loss < epochs[0].loss
    assert epochs[-1].validation == accuracy(trained, *coloured) > 0.9
    assert "trained for 12 epochs" in trained.provenance
    assert all(tensor.is_contiguous() for tensor in trained.module.state_dict().values())
    assert all(parameter.grad is None for parameter in trained.module.parameters())


def softmax_regression(
    data: Labelled, weight: NDArray[np.float64], schedule: Schedule
) -> NDArray[np.float64]:
    """Nesterov's method by its definition, on all images at once, without biases."""
    x = data[0].astype(np.float64).transpose(0, 3, 1, 2).reshape(len(data[0]), -1) / 255
    x = (x - 0.4) / 0.3
    y = np.eye(3)[data[1]]
    y = y * (1 - schedule.label_smoothing) + schedule.label_smoothing / 3
    velocity = np.zeros_like(weight)
    for epoch in range(schedule.epochs):
        p = np.exp(x @ weight.T)
        p /= p.sum(axis=1, keepdims=True)
        gradient = (p - y).T @ x / len(x) + schedule.weight_decay * weight
        velocity = schedule.momentum * velocity + gradient
        weight = weight - schedule.rate_at(epoch) * (gradient + schedule.momentum * velocity)
    return weight


@pytest.mark.usefixtures("long_floats")
@pytest.mark.parametrize("decay", Decay)
def test_weights_are_those_of_the_definition(coloured: Labelled, decay: Decay) -> None:
    """On a linear network training equals Nesterov's method worked out in numpy."""
    module = nn.Sequential(nn.Flatten(), nn.Linear(192, 3, bias=False))
    start = module[1].weight.detach().double().numpy().copy()
    normalization = Normalization((0.4,) * 3, (0.3,) * 3)
    network = Network("linear", module.eval(), (3, 8, 8), 3, None, "test", normalization)
    schedule = Schedule(
        epochs=5, batch=99, rate=0.02, weight_decay=0.1, decay=decay, warm_up=2, augment=False,
        label_smoothing=0.2,
    )  # fmt: skip
    trained = train(network, *coloured, schedule)
    found = trained.module.get_parameter("1.weight").detach().numpy()
    np.testing.assert_allclose(found, softmax_regression(coloured, start, schedule), atol=1e-6)


@pytest.mark.usefixtures("long_floats")
def test_the_epoch_is_told_as_it_was(tiny: Network, coloured: Labelled) -> None:
    """Loss and accuracy are means over the images, here of a network that hardly moves."""
    module = nn.Sequential(nn.Conv2d(3, 3, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    still = replace(tiny, module=module.eval())
    schedule = Schedule(epochs=1, batch=8, rate=1e-9, augment=False)
    epochs = list[Epoch]()
    train(still, *coloured, schedule, report=epochs.append)
    pixels = torch.from_numpy(coloured[0]).permute(0, 3, 1, 2) / 255
    with torch.inference_mode():
        loss = nn.functional.cross_entropy(still.module(pixels), torch.from_numpy(coloured[1]))
    assert epochs[0].loss == pytest.approx(float(loss), rel=1e-5)
    assert epochs[0].accuracy == pytest.approx(accuracy(still, *coloured))
    assert epochs[0].validation is None


def test_who_waits_is_told_how_far_it_is(
    tiny: Network, coloured: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every 15 seconds and at the end of every epoch, with the loss so far and the time left."""
    now = [0.0]

    def clock() -> float:
        now[0] += 1.0
        return now[0]

    monkeypatch.setattr(progress, "_BETWEEN_SECONDS", 2.0)
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=clock))
    told, epochs = list[TrainingProgress](), list[Epoch]()
    train(tiny, *coloured, Schedule(epochs=2, batch=8), watch=told.append, report=epochs.append)
    places = [(one.epoch, one.epochs, one.images, one.of) for one in told]
    # 31 images in batches of 8, 8, 8 and 7: a second each
    assert places == [(1, 2, 16, 31), (1, 2, 31, 31), (2, 2, 16, 31), (2, 2, 31, 31)]
    assert [one.seconds_left for one in told] == pytest.approx(
        [2 * 46 / 16, 4 * 31 / 31, 6 * 15 / 47, 0.0]
    )
    assert [one.loss for one in told[1::2]] == pytest.approx([epoch.loss for epoch in epochs])


def test_watching_changes_nothing(tiny: Network, coloured: Labelled, tmp_path: Path) -> None:
    """The weights are those of a training that nobody watches; what is resumed counts from there."""
    path, told = tmp_path / "checkpoint", list[TrainingProgress]()
    watched = train(tiny, *coloured, SHORT, watch=told.append, checkpoint=path)
    assert watched.digest == train(tiny, *coloured, SHORT).digest
    assert [one.epoch for one in told] == list(range(1, SHORT.epochs + 1))
    train(tiny, *coloured, SHORT, watch=told.append, checkpoint=path)
    assert len(told) == SHORT.epochs


def test_the_same_again(tiny: Network, coloured: Labelled) -> None:
    """Training twice gives the same bits, another seed others; inside inference mode too."""
    once = train(tiny, *coloured, SHORT)
    with torch.inference_mode():
        again = train(tiny, *coloured, SHORT)
    assert once.digest == again.digest
    assert train(tiny, *coloured, replace(SHORT, seed=1)).digest != once.digest


@pytest.mark.parametrize("short", [True, False])
def test_mixed_precision(
    tiny: Network, coloured: Labelled, monkeypatch: pytest.MonkeyPatch, short: bool
) -> None:
    """Short floats are for forward passes, where the processor has them; it learns either way."""
    monkeypatch.setattr(loop, "_processor_has_them", lambda: short)
    seen: set[torch.dtype] = set()

    def note(module: nn.Module, _: object, output: torch.Tensor) -> None:
        if module.training and isinstance(module, nn.Conv2d):
            seen.add(output.dtype)

    hook = nn.modules.module.register_module_forward_hook(note)
    try:
        trained = train(tiny, *coloured, Schedule(epochs=12, batch=8, rate=0.05))
    finally:
        hook.remove()
    assert seen == {torch.bfloat16 if short else torch.float32}
    assert {parameter.dtype for parameter in trained.module.parameters()} == {torch.float32}
    assert accuracy(trained, *coloured) > 0.9


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_cuda(tiny: Network, coloured: Labelled, tmp_path: Path) -> None:
    """On CUDA it learns too, and goes on from a checkpoint; random numbers stay as they were."""
    network = tiny.copy()
    network.module.cuda()
    state = torch.cuda.get_rng_state()
    schedule = Schedule(epochs=12, batch=8, rate=0.05)
    for _ in range(2):
        trained = train(network, *coloured, schedule, checkpoint=tmp_path / "kept")
        assert trained.device.type == "cuda"
        assert accuracy(trained, *coloured) > 0.9
    assert torch.equal(torch.cuda.get_rng_state(), state)


class StoppedError(Exception):
    """Raised by a test in the middle of a training."""


@pytest.mark.parametrize("inference", [True, False])
def test_a_stopped_training_goes_on(
    tiny: Network, coloured: Labelled, tmp_path: Path, inference: bool
) -> None:
    """Stopped after any epoch and run again, training ends with the bits of a run in one piece."""
    epochs = list[int]()

    def stop(epoch: Epoch) -> None:
        epochs.append(epoch.number)
        raise StoppedError

    for _ in range(SHORT.epochs):
        with pytest.raises(StoppedError), torch.inference_mode(inference):
            train(tiny, *coloured, SHORT, checkpoint=tmp_path / "new" / "kept", report=stop)
    assert epochs == [1, 2, 3]
    resumed = train(tiny, *coloured, SHORT, checkpoint=tmp_path / "new" / "kept", report=stop)
    assert resumed.digest == train(tiny, *coloured, SHORT).digest
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["kept"]


def test_frozen_parameters_stay(tiny: Network, coloured: Labelled) -> None:
    """What requires no gradient keeps its values, and a frozen batch norm its statistics."""
    network = tiny.copy()
    for name in ("0", "1"):
        network.module.get_submodule(name).requires_grad_(False)
    trained = train(network, *coloured, SHORT).module.state_dict()
    for name, before in network.module.state_dict().items():
        assert torch.equal(before, trained[name]) == name.startswith(("0.", "1."))
    network.module.requires_grad_(False)
    with pytest.raises(InputError, match="all parameters of tiny are frozen"):
        train(network, *coloured, SHORT)


def test_a_frozen_parameter_stops_no_layer_around_it(coloured: Labelled) -> None:
    """A module with a frozen parameter of its own leaves the layers inside it in training."""

    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(1), requires_grad=False)
            self.norm = nn.BatchNorm2d(3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.norm(x * self.scale).mean((2, 3))

    network = Network("scaled", Scaled().eval(), (3, 8, 8), 3, None, "test")
    state = train(network, *coloured, SHORT).module.state_dict()
    assert not torch.equal(state["norm.running_mean"], torch.zeros(3))


def test_divergence_keeps_the_last_epoch(
    tiny: Network, coloured: Labelled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When numbers run off to infinity, the sentence says so, and the last good epoch is kept."""
    kept = tmp_path / "kept"
    wild = Schedule(epochs=5, batch=8, rate=1e30, momentum=0)
    with pytest.raises(DivergedError, match=r"diverged in epoch 1: .* rate, now 1e\+30"):
        train(tiny, *coloured, wild, checkpoint=kept)
    assert not kept.exists()

    def jump(self: Schedule, epoch: float) -> float:
        return 0.01 if epoch < 2 else 1e30

    monkeypatch.setattr(Schedule, "rate_at", jump)
    with pytest.raises(DivergedError, match="in epoch 3"):
        train(tiny, *coloured, SHORT, checkpoint=kept)
    content = torch.load(kept, weights_only=True)
    assert content["epoch"] == 2
    assert all(tensor.isfinite().all() for tensor in content["module"].values())


def test_pruned_networks_can_be_tuned(small_resnet: Network) -> None:
    """A network cut down to odd shapes is trained like any other."""
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
    labels = generator.integers(0, 10, 6)
    pruned = prune(small_resnet, {"layer1.0.conv1": [0, 3, 4], "layer3.1.conv1": [7]})
    tuned = train(pruned, images, labels, Schedule.fine_tuning(epochs=1))
    assert tuned.module.get_parameter("layer1.0.conv1.weight").shape == (3, 16, 3, 3)
    assert tuned.digest != pruned.digest


def test_logits_alone_are_needed(coloured: Labelled) -> None:
    """A network with auxiliary outputs in training is refused by what it returns."""

    class Auxiliary(nn.Sequential):
        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            logits = super().forward(x)
            return logits, logits

    module = Auxiliary(nn.Flatten(), nn.Linear(192, 3))
    network = Network("auxiliary", module.eval(), (3, 8, 8), 3, None, "test")
    with pytest.raises(InputError, match="auxiliary returns a tuple in training"):
        train(network, *coloured, SHORT)


def test_data_are_checked_first(tiny: Network, coloured: Labelled) -> None:
    """Images and labels that do not fit are refused, those for validation too."""
    images, labels = coloured
    with pytest.raises(InputError, match="need as many labels"):
        train(tiny, images, labels[1:], SHORT)
    with pytest.raises(InputError, match="but tiny has 3 classes"):
        train(tiny, images, labels, SHORT, validation=(images, labels + 1))
