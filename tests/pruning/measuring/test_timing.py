"""Timing two networks in turns, on a clock that the networks themselves move."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from dispersion.errors import InputError
from pruning import Network, latency
from pruning.measuring import timing


class Clock:
    """A clock that stands still between runs, and the names of what ran."""

    def __init__(self) -> None:
        self.now = 0.0
        self.runs: list[str] = []

    def __call__(self) -> float:
        """Return the seconds since the start."""
        return self.now


class Timed(nn.Module):
    """A module that moves a clock by what it is said to take."""

    def __init__(self, clock: Clock, name: str, seconds: Callable[[int], float]) -> None:
        super().__init__()
        self.clock, self.name, self.seconds = clock, name, seconds
        self.scale = nn.Parameter(torch.ones(()))
        self.threads: set[int] = set()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the image's means."""
        assert torch.is_inference_mode_enabled()
        self.threads.add(torch.get_num_threads())
        self.clock.now += self.seconds(self.clock.runs.count(self.name))
        self.clock.runs.append(self.name)
        return self.scale * images.mean((2, 3))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timing, "perf_counter", clock)
    return clock


def wrap(module: nn.Module, shape: tuple[int, int, int] = (3, 4, 4)) -> Network:
    return Network("timed", module, shape, 3, None, "test")


def test_pairs_alternate_and_drift_cancels(clock: Clock) -> None:
    """On a machine that slows down a hundredfold the ratio stays what it is, the order swaps."""
    slow = Timed(clock, "original", lambda run: 3.0 * 1.5**run)
    fast = Timed(clock, "pruned", lambda run: 1.5 * 1.5**run)
    found = latency(wrap(slow), wrap(fast), pairs=11, warmup=1)
    assert found.speedup == pytest.approx(2.0)
    assert found.interval == pytest.approx((2.0, 2.0))
    assert found.original == pytest.approx(3.0 * 1.5**6)
    assert found.pruned == pytest.approx(1.5 * 1.5**6)
    assert clock.runs[:8] == ["original", "pruned", "pruned", "original"] * 2
    assert len(clock.runs) == 2 * 12


def test_the_warmup_is_not_timed(clock: Clock) -> None:
    """First runs that take ever so long leave no trace."""
    module = Timed(clock, "original", lambda run: 1.0 if run >= 5 else 100.0)
    other = Timed(clock, "pruned", lambda run: 0.25)
    found = latency(wrap(module), wrap(other), pairs=3)
    assert (found.original, found.speedup, found.pairs) == (1.0, 4.0, 3)
    assert found.interval is None


def test_an_outlier_does_not_matter(clock: Clock) -> None:
    """One pair in which the machine was away changes no median."""
    module = Timed(clock, "original", lambda run: 1.0)
    other = Timed(clock, "pruned", lambda run: 1000.0 if run == 6 else 0.5)
    found = latency(wrap(module), wrap(other), pairs=9)
    assert (found.original, found.pruned, found.speedup) == (1.0, 0.5, 2.0)


def test_threads_are_said_and_restored(clock: Clock) -> None:
    """The networks run with the threads asked for; afterwards, even a failure, all is as before."""
    before = torch.get_num_threads()
    module = Timed(clock, "original", lambda run: 1.0)
    assert latency(wrap(module), wrap(module), pairs=1, threads=before + 1).threads == before + 1
    assert module.threads == {before + 1}
    assert torch.get_num_threads() == before
    assert latency(wrap(module), wrap(module), pairs=1).threads == before
    broken = Timed(clock, "broken", lambda run: [][run])
    with pytest.raises(IndexError):
        latency(wrap(broken), wrap(module), threads=before + 1)
    assert torch.get_num_threads() == before


def test_accelerators_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is read only once an accelerator is done; the processor needs no waiting."""
    waited: list[torch.device] = []
    monkeypatch.setattr(torch.accelerator, "synchronize", waited.append)
    timing._wait(torch.device("cpu"))
    timing._wait(torch.device("cuda:1"))
    assert waited == [torch.device("cuda:1")]


def test_real_networks_are_timed(small_vgg: Network) -> None:
    """A batch through a real network takes time, on the device it is on."""
    found = latency(small_vgg, small_vgg, batch=2, pairs=2, warmup=0)
    assert found.original > 0
    assert found.pruned > 0
    assert (found.device, found.batch) == ("cpu", 2)


@pytest.mark.parametrize("bad", [{"batch": 0}, {"pairs": 0}, {"warmup": -1}, {"threads": 0}])
def test_bad_counts_are_refused(clock: Clock, bad: dict[str, int]) -> None:
    """A count out of range is refused with its value before anything runs."""
    network = wrap(Timed(clock, "original", lambda run: 1.0))
    ((name, value),) = bad.items()
    with pytest.raises(InputError, match=f"{name}={value}"):
        latency(network, network, **bad)
    assert clock.runs == []


def test_networks_that_cannot_be_compared_are_refused(clock: Clock) -> None:
    """Networks of different inputs or devices are not timed against each other."""
    module = Timed(clock, "original", lambda run: 1.0)
    with pytest.raises(InputError, match=r"\(3, 4, 4\) and \(3, 8, 8\)"):
        latency(wrap(module), wrap(module, (3, 8, 8)))
    with pytest.raises(InputError, match="cpu and meta"):
        latency(wrap(module), wrap(nn.Linear(2, 2, device="meta")))
