"""Stochastic gradient descent on labelled images, one epoch after another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dispersion.errors import DivergedError, InputError
from pruning.measuring.accuracy import accuracy
from pruning.training.checkpoint import Checkpoint, Fingerprint
from pruning.training.data import check_data, epoch_batches, epoch_seed, steps
from pruning.training.progress import TrainingProgress, Watch
from pruning.training.schedule import Schedule
from pruning.zoo.network import Network

_CHECK_EVERY = 50  # steps between looks at the loss; each look makes a GPU wait

Labelled = tuple[NDArray[np.uint8], NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Epoch:
    """The result of an epoch.

    Parameters
    ----------
    number : int
        The epoch's number, from 1 on.
    loss : float
        Mean cross-entropy of the training images, each as its batch met it.
    accuracy : float
        Share of these images that were classified correctly, each as its batch met it.
    validation : float or None
        Top-1 accuracy on the validation images afterwards; None without any.
    rate : float
        Learning rate of the last step.
    seconds : float
        Wall-clock seconds, validation included.
    """

    number: int
    loss: float
    accuracy: float
    validation: float | None
    rate: float
    seconds: float


@torch.inference_mode(mode=False)  # the caller's would make weights that nobody can train
@torch.enable_grad()
def train(
    network: Network,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    schedule: Schedule,
    *,
    checkpoint: Path | None = None,
    validation: Labelled | None = None,
    report: Callable[[Epoch], None] | None = None,
    watch: Callable[[TrainingProgress], None] | None = None,
) -> Network:
    """Train a copy of a network, or fine-tune it.

    On a CPU the answer is the same every time for the same number of threads and the same kind of
    processor, even if the training is killed and started again with its checkpoint.  Where a CUDA
    device or the CPU computes in bfloat16, forward passes use it (mixed precision).

    Parameters
    ----------
    network : Network
        Left as it is, and run where it is; of any shape, such as a pruned one.  Parameters that do
        not require gradients stay as they are, and so do the statistics of a batch norm all of
        whose parameters are such.
    images : ndarray of uint8, shape (n, height, width, channels)
        Training images, two or more; may be memory-mapped.
    labels : ndarray of int64, shape (n,)
        Their classes.
    schedule : Schedule
        How to train; `Schedule.fine_tuning` for a network that is trained already.
    checkpoint : Path or None
        A file to keep every finished epoch in.  If it exists, the training is resumed from it.
        It is not deleted when the training is done; the same call then returns the result at once.
    validation : tuple of two ndarrays or None
        Images and labels to test on after every epoch; nothing is decided by them.
    report : callable or None
        Called with every epoch once it is finished and kept.
    watch : callable or None
        Called with how far the training has got: after every epoch, and every 15 seconds within one.

    Returns
    -------
    Network
        The trained copy, in evaluation mode.

    Raises
    ------
    InputError
        Data that do not fit the network, no parameter to train, a network that returns anything but
        logits, or a checkpoint that is damaged or of another training.
    DivergedError
        Loss or weights are no longer finite; the checkpoint keeps the last epoch before that.
    """
    check_data(network, images, labels)
    if validation is not None:
        check_data(network, *validation)
    trained = network.copy()
    module = trained.module
    weights = [parameter for parameter in module.parameters() if parameter.requires_grad]
    if not weights:
        raise InputError(f"all parameters of {network.name} are frozen; there is nothing to train")
    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.SGD(
        weights,
        lr=schedule.rate,
        momentum=schedule.momentum,
        weight_decay=schedule.weight_decay,
        nesterov=schedule.momentum > 0,
    )
    kept = _checkpoint(checkpoint, network, images, labels, schedule)
    done = kept.restore(module, optimizer) if kept else 0
    watched = Watch(watch, done + 1, schedule.epochs, len(images))
    for number in range(done + 1, schedule.epochs + 1):
        begun = time.perf_counter()
        loss, right = _run_epoch(trained, images, labels, schedule, number, optimizer, watched)
        tested = accuracy(trained, *validation) if validation is not None else None
        if kept:
            kept.save(number, module, optimizer)
        if report:
            rate = optimizer.param_groups[0]["lr"]
            report(Epoch(number, loss, right, tested, rate, time.perf_counter() - begun))
    module.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    module.zero_grad()
    return replace(trained, provenance=f"{network.provenance}, trained for {schedule.epochs} epochs")


def _checkpoint(
    path: Path | None,
    network: Network,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    schedule: Schedule,
) -> Checkpoint | None:
    if path is None:
        return None
    return Checkpoint(path, Fingerprint.of(network, images, labels, schedule))


def _run_epoch(
    network: Network,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    schedule: Schedule,
    number: int,
    optimizer: torch.optim.Optimizer,
    watched: Watch,
) -> tuple[float, float]:
    """Train for one epoch; return the mean loss and the share of correct images."""
    device = network.device
    criterion = nn.CrossEntropyLoss(label_smoothing=schedule.label_smoothing)
    in_epoch = steps(schedule, len(images))
    loss_sum, right = torch.zeros((), device=device), torch.zeros((), device=device)
    seen = 0
    with _training(network, epoch_seed(schedule, number)):
        for step, (batch, truth) in enumerate(epoch_batches(network, images, labels, schedule, number)):
            for group in optimizer.param_groups:
                group["lr"] = schedule.rate_at(number - 1 + step / in_epoch)
            with _short_floats(device):
                logits = network.module(batch)
            if not isinstance(logits, Tensor):  # torchvision's googlenet and inception_v3
                raise InputError(
                    f"{network.name} returns a {type(logits).__name__} in training, not logits alone"
                )
            loss = criterion(logits.float(), truth)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss_sum += loss.detach() * len(truth)
            right += (logits.detach().argmax(dim=1) == truth).sum()
            if step % _CHECK_EVERY == 0:
                _check_finite({"the loss": loss_sum}, number, schedule)
            seen += len(truth)
            watched.step(number, seen, loss_sum)
    _check_finite({"the loss": loss_sum, **network.module.state_dict()}, number, schedule)
    return float(loss_sum) / len(images), float(right) / len(images)


@contextmanager
def _training(network: Network, seed: int) -> Iterator[None]:
    """Put the network into training mode, and dropout's random numbers under the epoch's seed."""
    module, device = network.module, network.device
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        module.train()
        for layer in module.modules():
            own = list(layer.parameters(recurse=False))
            if own and not any(parameter.requires_grad for parameter in own):
                layer.training = False  # this layer alone: eval() would reach those inside it
        yield
        module.eval()


def _short_floats(device: torch.device) -> AbstractContextManager[object]:
    """Compute in bfloat16 if the device supports it; its range needs no scaling of the loss."""
    made_for_it = {"cpu": _processor_has_them, "cuda": _gpu_has_them}.get(device.type, lambda: False)
    return torch.autocast(device.type, torch.bfloat16) if made_for_it() else nullcontext()


def _processor_has_them() -> bool:
    capabilities = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return any(capabilities.get(name) is True for name in ("avx512_bf16", "amx_bf16"))


def _gpu_has_them() -> bool:
    return bool(torch.cuda.is_bf16_supported(including_emulation=False))


def _check_finite(tensors: dict[str, Tensor], number: int, schedule: Schedule) -> None:
    for name, tensor in tensors.items():
        if not tensor.isfinite().all():
            raise DivergedError(
                f"training diverged in epoch {number}: {name} is no longer finite; lower the learning"
                f" rate, now {schedule.rate:g}, or warm up"
            )
