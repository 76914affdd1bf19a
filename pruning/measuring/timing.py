"""The speed of a pruned network, measured against the original."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from time import perf_counter

import torch
from torch import Tensor

from dispersion.errors import InputError
from pruning.device import torch_threads
from pruning.measuring.intervals import Interval, median_interval
from pruning.zoo.network import Network


@dataclass(frozen=True, slots=True)
class Latency:
    """Times of one batch through two networks on the same device.

    Parameters
    ----------
    batch : int
        Images run at once.
    pairs : int
        How often both were run.
    threads : int
        Threads torch used for an operation on the processor.
    device : str
        Where both ran.
    original, pruned : float
        Median seconds of each.
    speedup : float
        Median over the pairs of original seconds by pruned seconds; above 1 if pruning pays.
    interval : tuple of float, or None
        Ends of an interval that holds the true median of the speed-ups with a probability of at
        least 95 %, whatever their distribution; None below 6 pairs.
    """

    batch: int
    pairs: int
    threads: int
    device: str
    original: float
    pruned: float
    speedup: float
    interval: Interval | None


def latency(
    original: Network,
    pruned: Network,
    batch: int = 1,
    *,
    pairs: int = 30,
    warmup: int = 5,
    threads: int | None = None,
) -> Latency:
    """Time two networks in turns, so that other load on the machine slows down both.

    Each pair runs both one after the other on the same images, the original first in every other
    pair only; the ratio of a pair is then little touched by other load, changes of clock rate and heat.

    Parameters
    ----------
    original, pruned : Network
        On the same device, with the same input shape.
    batch : int
        Images run at once, at least 1.
    pairs : int
        How often both are run, at least 1.
    warmup : int
        Pairs run before, untimed.
    threads : int or None
        Threads for an operation on the processor; None for as many as torch is set to.  The setting
        is as before afterwards.

    Returns
    -------
    Latency
        Medians, with an interval of the speed-up.  Not repeatable: it is a measurement.

    Raises
    ------
    InputError
        The networks differ in device or input shape, or a count is out of range.
    """
    if original.device != pruned.device or original.input_shape != pruned.input_shape:
        raise InputError(
            f"only networks on one device with one input shape can be timed in turns; these are on"
            f" {original.device} and {pruned.device} with {original.input_shape} and"
            f" {pruned.input_shape}"
        )
    if batch < 1 or pairs < 1 or warmup < 0 or (threads is not None and threads < 1):
        raise InputError(
            "timing needs batch, pairs and threads of at least 1 and warmup of at least 0, not"
            f" batch={batch}, pairs={pairs}, threads={threads}, warmup={warmup}"
        )
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(batch, *original.input_shape, generator=generator).to(original.device)
    with torch_threads(threads) as used, torch.inference_mode():
        times = [_pair(original, pruned, images, k % 2 == 1) for k in range(warmup + pairs)][warmup:]
    before, after = zip(*times, strict=True)
    ratios = [one / other for one, other in times]
    return Latency(
        batch=batch,
        pairs=pairs,
        threads=used,
        device=str(original.device),
        original=median(before),
        pruned=median(after),
        speedup=median(ratios),
        interval=median_interval(ratios),
    )


def _pair(original: Network, pruned: Network, images: Tensor, swapped: bool) -> tuple[float, float]:
    """Seconds of the original and of the pruned network, run in this order unless swapped."""
    if swapped:
        after = _seconds(pruned, images)
        return _seconds(original, images), after
    return _seconds(original, images), _seconds(pruned, images)


def _seconds(network: Network, images: Tensor) -> float:
    _wait(images.device)
    begun = perf_counter()
    network.module(images)
    _wait(images.device)
    return perf_counter() - begun


def _wait(device: torch.device) -> None:
    """Wait for what an accelerator was given to do; calls on it return before it is done."""
    if device.type != "cpu":
        torch.accelerator.synchronize(device)
