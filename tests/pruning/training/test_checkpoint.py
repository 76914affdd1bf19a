"""Checkpoints of a training that is killed, and those that are refused."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from dispersion.errors import InputError
from pruning import Network
from pruning.training import Schedule, train
from pruning.training.loop import Labelled

SCHEDULE = Schedule(epochs=4, batch=8)

KILLED = """
import os, runpy, signal, sys
from pathlib import Path
import torch
from pruning.training import Schedule, train

torch.set_num_threads(1)
conftest, kept, when = sys.argv[1:]
made = runpy.run_path(conftest)
network, data = made["tiny_network"](), made["coloured_images"]()

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

writes = iter(range(9))

def write_half(file):
    if next(writes) == 1:  # of epoch 3
        os.ftruncate(file, 100)
        die()

def die_within(epoch):
    if epoch.number == 1:
        calls = iter(range(99))
        torch.optim.SGD.step = lambda *_: die() if next(calls) == 1 else None

if when == "in epoch 2":
    train(network, *data, Schedule(epochs=4, batch=8), checkpoint=Path(kept), report=die_within)
else:
    os.fsync = write_half
    train(network, *data, Schedule(epochs=4, batch=8), checkpoint=Path(kept))
"""


@pytest.fixture
def one_thread() -> Iterator[None]:
    """As in the processes that are killed: sums over threads depend on how many there are."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("one_thread")
def test_killed_at_any_time(tiny: Network, coloured: Labelled, tmp_path: Path) -> None:
    """Killed within an epoch, then while writing, a training still ends with the same bits."""
    kept = tmp_path / "kept"
    done = []
    for when in ("in epoch 2", "while writing epoch 3"):
        child = [sys.executable, "-c", KILLED, str(Path(__file__).with_name("conftest.py")), str(kept)]
        ended = subprocess.run([*child, when], capture_output=True, text=True, check=False)
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        done.append(torch.load(kept, weights_only=True)["epoch"])
    assert done == [1, 2]
    epochs: list[int] = []
    resumed = train(
        tiny, *coloured, SCHEDULE, checkpoint=kept, report=lambda epoch: epochs.append(epoch.number)
    )
    assert epochs == [3, 4]
    whole = train(tiny, *coloured, SCHEDULE).module.state_dict()
    for name, tensor in resumed.module.state_dict().items():
        assert torch.equal(tensor, whole[name]), name
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


@pytest.fixture
def kept(tiny: Network, coloured: Labelled, tmp_path: Path) -> Path:
    """Keep the checkpoint of a finished training."""
    train(tiny, *coloured, SCHEDULE, checkpoint=tmp_path / "kept")
    return tmp_path / "kept"


def test_a_checkpoint_of_something_else_is_refused(
    tiny: Network, coloured: Labelled, kept: Path
) -> None:
    """Another schedule, start, normalisation or frozen layer, other images or labels: each is told."""
    images, labels = coloured
    other, frozen = tiny.copy(), tiny.copy()
    with torch.no_grad():
        next(other.module.parameters())[0] += 1
    frozen.module.get_submodule("0").requires_grad_(False)
    more = images.copy()
    more[0, 0, 0, 0] ^= 1
    cases: list[tuple[tuple[Any, ...], str]] = [
        ((tiny, images, labels, replace(SCHEDULE, epochs=5)), "another schedule"),
        ((tiny, images, labels, replace(SCHEDULE, seed=1)), "another schedule"),
        ((other, images, labels, SCHEDULE), "another network, or other starting weights"),
        ((frozen, images, labels, SCHEDULE), "another network"),
        ((tiny, more, labels, SCHEDULE), "other images or labels"),
        ((tiny, images, labels[::-1], SCHEDULE), "other images or labels"),
    ]
    before = kept.read_bytes()
    for arguments, message in cases:
        with pytest.raises(InputError, match=rf"kept' is of a training with {message}"):
            train(*arguments, checkpoint=kept)
    assert kept.read_bytes() == before


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_truncated_checkpoints_are_refused(
    tiny: Network, coloured: Labelled, kept: Path, share: float
) -> None:
    """A file that was cut short is named, with what to do about it."""
    content = kept.read_bytes()
    kept.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match=r"kept' is damaged.*delete it to begin anew") as caught:
        train(tiny, *coloured, SCHEDULE, checkpoint=kept)
    assert "\n" not in str(caught.value)


def test_another_file_is_no_checkpoint(tiny: Network, coloured: Labelled, tmp_path: Path) -> None:
    """Weights alone are refused too, and so is what would run code."""
    torch.save(tiny.module.state_dict(), tmp_path / "weights.pt")
    torch.save(tiny.module, tmp_path / "module.pt")
    for name in ("weights.pt", "module.pt"):
        with pytest.raises(InputError, match=rf"{name}' is damaged, or is no checkpoint"):
            train(tiny, *coloured, SCHEDULE, checkpoint=tmp_path / name)
