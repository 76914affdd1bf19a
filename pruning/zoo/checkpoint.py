"""Read the weights of a checkpoint without ever running what is in it.

Whatever a pickle names beside tensors, a whole module too, is read as inert records: each name stands
for a class that can only hold attributes, so the package that wrote it is neither needed nor imported.
"""

from __future__ import annotations

import hashlib
import pickle
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from dispersion.errors import InputError

State = dict[str, Tensor]
"""Dotted names to tensors on the CPU, as ``nn.Module.state_dict`` has them."""

WRAPPINGS = (
    *("state_dict", "model_state_dict", "model", "net", "network", "module", "weights"),
    *("ema", "model_ema", "ema_state_dict", "state_dict_ema"),
)
"""The keys under which training programs keep a state dict, the first that is there."""

PREFIXES = ("module.", "_orig_mod.", "model.")
"""What is put before every name: by data-parallel training, ``torch.compile`` and Lightning."""

_COUNTERS = ("n_averaged", "total_ops", "total_params")
"""Numbers beside the weights: of averaged models, and of thop."""

_MOST_NAMES = 100  # of code in one file
_MOST_KEYS = 8  # listed in the message about a checkpoint without weights


class _Record:
    """Stands for a pickled object: it has its attributes, and no behaviour."""

    _parameters: dict[str, Tensor | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, _Record | None]

    def __new__(cls, *_: object, **__: object) -> _Record:
        """Take any arguments, and do nothing with them."""
        return object.__new__(cls)

    def __setstate__(self, state: object) -> None:
        """Take over the attributes, if there are any."""
        if isinstance(state, Mapping):
            self.__dict__.update(state)


def load_state_dict(path: Path) -> State:
    """Read the weights in a file; nothing in the file is executed.  See `read_checkpoint`."""
    return read_checkpoint(path)[0]


def read_checkpoint(path: Path) -> tuple[State, str]:
    """Read the weights in a file, and say which part of it was used; nothing in the file is executed.

    Parameters
    ----------
    path : Path
        A ``.safetensors`` file, or a PyTorch file holding a state dict, one under one of `WRAPPINGS`
        in a dict, or a pickled module.

    Returns
    -------
    dict of str to Tensor
        The weights on the CPU, without `PREFIXES` that all their names have, and without numbers that
        training programs keep beside them.
    str
        Where they are from, for `Network.provenance`.

    Raises
    ------
    InputError
        The file is missing, damaged, or holds no weights; the message lists the keys in it.
    """
    if not path.is_file():
        raise InputError(f"there is no checkpoint file {str(path)!r}")
    taken: list[str] = []
    try:
        state = load_file(path) if path.suffix == ".safetensors" else _weights_only(path, taken)
    except InputError:
        raise
    except Exception as error:  # a hostile file can make the readers raise anything
        raise InputError(f"the checkpoint {str(path)!r} cannot be read: {_reason(error)}") from error
    state = _bare(state, taken)
    used = f" ({', '.join(taken)})" if taken else ""
    return state, f"the user's {path}{used}"


def _bare(state: State, taken: list[str]) -> State:
    """Remove counters, and prefixes that all names share."""
    counters = [name for name in state if name.rpartition(".")[2] in _COUNTERS]
    if counters:
        taken.append(f"without {counters[0]!r}" + (" and the like" if len(counters) > 1 else ""))
        state = {name: value for name, value in state.items() if name not in counters}
    while state and (prefix := next((p for p in PREFIXES if all(n.startswith(p) for n in state)), "")):
        taken.append(f"without {prefix!r} before every name")
        state = {name.removeprefix(prefix): value for name, value in state.items()}
    return state


def load_weights(module: nn.Module, state: Mapping[str, Tensor], source: str) -> None:
    """Copy `state` into `module`, all of it or nothing.

    Parameters
    ----------
    module : nn.Module
        Changed in place.
    state : mapping of str to Tensor
        The weights; batch norms' ``num_batches_tracked`` may be absent, as in old checkpoints.
    source : str
        Where they are from, for the error message.

    Raises
    ------
    InputError
        A name is missing, unexpected, or of another shape or kind of number; the first is named.
    """
    own = module.state_dict()
    state = _prefixed(state, own)
    for name, tensor in own.items():
        if name not in state:
            if name.endswith("num_batches_tracked"):
                continue
            raise InputError(f"{source} has no {name!r}, which the network needs")
        if state[name].shape != tensor.shape:
            shape, needed = tuple(state[name].shape), tuple(tensor.shape)
            raise InputError(f"{source} has {name!r} of shape {shape}; the network needs {needed}")
        _require_numbers(name, state[name], tensor, source)
    for name in state:
        if name not in own:
            raise InputError(f"{source} holds {name!r}, which the network does not have")
    module.load_state_dict(dict(state), strict=False)


def _prefixed(state: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """Put back what `read_checkpoint` took for a prefix, where the network's own names have it."""
    for prefix in PREFIXES:
        if own and all(name.startswith(prefix) for name in own):
            rest = {name.removeprefix(prefix): tensor for name, tensor in own.items()}
            if not any(name.startswith(prefix) for name in state) or state.keys() <= rest.keys():
                return {prefix + name: value for name, value in _prefixed(state, rest).items()}
    return state


def _require_numbers(name: str, given: Tensor, needed: Tensor, source: str) -> None:
    """Refuse a tensor that would not be restored exactly."""
    if given.layout != torch.strided or given.is_quantized or given.is_meta:
        raise InputError(f"{source} has {name!r} in another form than a dense tensor; save it densely")
    if given.is_floating_point() != needed.is_floating_point() or given.is_complex():
        raise InputError(
            f"{source} has {name!r} of type {given.dtype} where the network needs {needed.dtype};"
            " quantised weights must be made floating again before they are saved"
        )


def weights_digest(state: Mapping[str, Tensor]) -> str:
    """Return the sha256 of names, types, shapes and values, in the order of the names."""
    digest = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name].detach().cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _reason(error: Exception) -> str:
    """Say why a file could not be read, without torch's advice to trust it."""
    if isinstance(error, pickle.UnpicklingError):
        named = re.search(r"GLOBAL (\S+)", str(error))
        return f"it needs {named[1]}, code that is not run" if named else "its pickle is not known"
    return str(error).strip().split("\n")[0] or type(error).__name__


def _weights_only(path: Path, taken: list[str]) -> State:
    """Read a PyTorch file with the restricted unpickler; code that it names becomes `_Record`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an unusual pickle protocol is judged by its outcome
        content, named = _unpickled(path)
    if isinstance(content, Mapping):
        key = next((key for key in WRAPPINGS if key in content and _state(content[key])), None)
        taken += [] if key is None else [f"its {key!r}"]
        content = content if key is None else content[key]
    if (state := _state(content)) is not None:
        return state
    if named:
        raise InputError(
            f"the checkpoint {str(path)!r} cannot be read: it needs {named[0]}, code that is not run"
        )
    keys = [str(key)[:40] for key in content] if isinstance(content, Mapping) else []
    there = (
        f"; it has {', '.join(keys[:_MOST_KEYS])}{' ...' * (len(keys) > _MOST_KEYS)}" if keys else ""
    )
    raise InputError(
        f"{str(path)!r} holds no state dict: a dict of names to tensors is needed{there}; save"
        " module.state_dict()"
    )


def _unpickled(path: Path) -> tuple[Any, list[str]]:
    """Read a file's content and the names of code in it, which is not run."""
    named: list[str] = []
    while True:
        records: list[Callable[..., Any] | tuple[Callable[..., Any], str]]
        records = [(_Record, name) for name in named]
        try:
            with torch.serialization.safe_globals(records):
                return torch.load(path, map_location="cpu", weights_only=True), named
        except pickle.UnpicklingError as error:
            asked = re.search(r"GLOBAL (\S+)", str(error))
            if asked is None or asked[1] in named or len(named) == _MOST_NAMES:
                raise
            named.append(asked[1])


def _state(content: object) -> State | None:
    """The weights of a state dict or of a pickled module; None if it is neither."""
    if isinstance(content, _Record) and "_modules" in vars(content):
        return dict(_tensors(content))
    if isinstance(content, Mapping) and content and all(map(_is_weight, content.items())):
        return {name: value.detach() for name, value in content.items()}
    return None


def _is_weight(item: tuple[object, object]) -> bool:
    return isinstance(item[0], str) and isinstance(item[1], Tensor)


def _tensors(record: _Record, prefix: str = "") -> Iterator[tuple[str, Tensor]]:
    """Walk a record as ``state_dict`` walks a module."""
    for name, value in (record._parameters | record._buffers).items():
        if value is not None:
            yield prefix + name, value.detach()
    for name, child in record._modules.items():
        if child is not None:
            yield from _tensors(child, f"{prefix}{name}.")
