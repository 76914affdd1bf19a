"""Reading weights without running what is in a file."""

import pickle
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from dispersion.errors import InputError
from pruning.zoo.checkpoint import load_state_dict, load_weights, weights_digest

STATE = {"weight": torch.arange(6.0).reshape(2, 3), "bias": torch.tensor([1.0, 2.0])}


def equal(state: dict[str, torch.Tensor]) -> bool:
    return state.keys() == STATE.keys() and all(torch.equal(state[k], STATE[k]) for k in STATE)


@pytest.mark.parametrize(
    "content",
    [
        STATE,
        {"state_dict": STATE, "epoch": 3},
        {"model": STATE},
        {f"module.{name}": value for name, value in STATE.items()},
        {name: nn.Parameter(value) for name, value in STATE.items()},
    ],
)
@pytest.mark.parametrize("legacy", [False, True])
def test_state_dicts_in_all_their_wrappings(content: Any, legacy: bool, tmp_path: Path) -> None:
    """A state dict is found plain, under the usual keys, and after data-parallel training."""
    path = tmp_path / "weights.pt"
    torch.save(content, path, _use_new_zipfile_serialization=not legacy)
    assert equal(load_state_dict(path))


def test_safetensors(tmp_path: Path) -> None:
    """A safetensors file is read by its extension."""
    save_file(STATE, tmp_path / "weights.safetensors")
    assert equal(load_state_dict(tmp_path / "weights.safetensors"))


def test_whole_modules_become_inert(tmp_path: Path) -> None:
    """A pickled module gives the tensors its state dict has, through no module of its own."""
    norm = nn.BatchNorm2d(4, affine=False)
    module = nn.Sequential(nn.Conv2d(3, 4, 1, bias=False), nn.Sequential(norm, nn.ReLU()))
    torch.save(module, tmp_path / "whole.pth")
    trusted = set(torch.serialization.get_safe_globals())
    state = load_state_dict(tmp_path / "whole.pth")
    expected = module.state_dict()
    assert state.keys() == expected.keys()
    assert all(torch.equal(state[name], expected[name]) for name in expected)
    assert "resnet" not in sys.modules
    assert set(torch.serialization.get_safe_globals()) == trusted


class Evil:
    """Creates a file when unpickled by anything careless."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize("disguise", [lambda e: e, lambda e: {"state_dict": {"a": e}}])
@pytest.mark.parametrize("zipped", [True, False])
def test_malicious_pickles_do_nothing(disguise: Any, zipped: bool, tmp_path: Path) -> None:
    """Code in a pickle is refused, not run, in either of PyTorch's formats."""
    path, trace = tmp_path / "evil.pth", tmp_path / "trace"
    torch.save(disguise(Evil(trace)), path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(InputError, match=r"evil\.pth.*io\.open, code that is not run") as caught:
        load_state_dict(path)
    assert not trace.exists()
    assert "\n" not in str(caught.value)


def test_bare_malicious_pickles_do_nothing(tmp_path: Path) -> None:
    """Neither does a pickle that PyTorch did not write, of any protocol."""
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        path = tmp_path / f"evil{protocol}.pt"
        path.write_bytes(pickle.dumps(Evil(tmp_path / "trace"), protocol))
        with pytest.raises(InputError, match=path.name):
            load_state_dict(path)
    assert not (tmp_path / "trace").exists()


@pytest.mark.parametrize(
    "content", [torch.ones(2), [STATE], {}, {"a": 1}, {1: torch.ones(1)}, {"model": None}, {1, 2}]
)
def test_other_contents_are_refused(content: Any, tmp_path: Path) -> None:
    """What is no dict of names to tensors is refused."""
    torch.save(content, tmp_path / "other.pt")
    with pytest.raises(InputError, match=r"other\.pt"):
        load_state_dict(tmp_path / "other.pt")


@pytest.mark.parametrize("name", ["weights.pt", "weights.safetensors", "text"])
def test_damaged_files_are_refused(name: str, tmp_path: Path) -> None:
    """A file cut short at any length, or empty, is refused by name."""
    whole = tmp_path / f"whole-{name}"
    if name.endswith("pt"):
        torch.save(STATE, whole)
    elif name == "text":
        whole.write_text("no weights at all " * 100)
    else:
        save_file(STATE, whole)
    content = whole.read_bytes()
    for length in [*range(0, len(content) - 1, max(1, len(content) // 40))]:
        (tmp_path / name).write_bytes(content[:length])
        with pytest.raises(InputError, match=name):
            load_state_dict(tmp_path / name)


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    """A path to nothing or to a folder is refused."""
    for path in (tmp_path, tmp_path / "nothing.pt"):
        with pytest.raises(InputError, match="no checkpoint file"):
            load_state_dict(path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"weight": None}, "yours has no 'weight'"),
        ({"extra": torch.ones(1)}, "yours holds 'extra'"),
        ({"bias": torch.ones(3)}, r"'bias' of shape \(3,\); the network needs \(2,\)"),
    ],
)
def test_misfits_are_named(change: dict[str, Any], told: str) -> None:
    """The first missing, unexpected or misshapen tensor is named and nothing is loaded."""
    module = nn.Linear(3, 2)
    digest = weights_digest(module.state_dict())
    state = {name: value for name, value in (STATE | change).items() if value is not None}
    with pytest.raises(InputError, match=told):
        load_weights(module, state, "yours")
    assert weights_digest(module.state_dict()) == digest


def test_digest_sees_every_difference() -> None:
    """Name, type, shape and value all matter; order and memory layout do not."""
    digest = weights_digest(STATE)
    others: list[dict[str, torch.Tensor]] = [
        {**STATE, "bias": torch.tensor([1.0, 2.5])},
        {**STATE, "bias": STATE["bias"].double()},
        {**STATE, "bias": STATE["bias"].reshape(1, 2)},
        {"weight": STATE["weight"], "bios": STATE["bias"]},
        {**STATE, "n": torch.tensor(1, dtype=torch.bfloat16)},
    ]
    assert len({digest, *map(weights_digest, others)}) == 6
    strided = {"bias": STATE["bias"], "weight": STATE["weight"].t().contiguous().t()}
    assert weights_digest(strided) == digest
