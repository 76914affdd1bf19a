"""Read the weights of a checkpoint without ever running what is in it.

A pickled whole module is read as inert records: each class name it may mention stands for a class
that can only hold attributes, so the package that wrote it is neither needed nor imported.
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

_RECORDS = (
    "resnet.BasicBlock",
    "resnet.ResNet",
    "torchvision.models.vgg.VGG",
    "torch.nn.modules.activation.ReLU",
    "torch.nn.modules.batchnorm.BatchNorm1d",
    "torch.nn.modules.batchnorm.BatchNorm2d",
    "torch.nn.modules.container.Sequential",
    "torch.nn.modules.conv.Conv2d",
    "torch.nn.modules.dropout.Dropout",
    "torch.nn.modules.linear.Identity",
    "torch.nn.modules.linear.Linear",
    "torch.nn.modules.pooling.AdaptiveAvgPool2d",
    "torch.nn.modules.pooling.AvgPool2d",
    "torch.nn.modules.pooling.MaxPool2d",
)


class _Record:
    """What is left of a pickled module: its attributes, and no behaviour."""

    _parameters: dict[str, Tensor | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, _Record | None]


def load_state_dict(path: Path) -> State:
    """Read the weights in a file; nothing in the file is executed.

    Parameters
    ----------
    path : Path
        A ``.safetensors`` file, or a PyTorch file holding a state dict, a dict with one under
        ``state_dict`` or ``model``, or one pickled module of plain convolutional layers.

    Returns
    -------
    dict of str to Tensor
        The weights on the CPU; a ``module.`` before every name (data-parallel training) is dropped.

    Raises
    ------
    InputError
        The file is missing, damaged, of another kind, or names code other than those layers.
    """
    if not path.is_file():
        raise InputError(f"there is no checkpoint file {str(path)!r}")
    try:
        state = load_file(path) if path.suffix == ".safetensors" else _weights_only(path)
    except InputError:
        raise
    except Exception as error:  # a hostile file can make the readers raise anything
        raise InputError(f"the checkpoint {str(path)!r} cannot be read: {_reason(error)}") from error
    if state and all(name.startswith("module.") for name in state):
        state = {name.removeprefix("module."): value for name, value in state.items()}
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
        A name is missing, unexpected, or of another shape; the first is named.
    """
    own = module.state_dict()
    for name, tensor in own.items():
        if name not in state:
            if name.endswith("num_batches_tracked"):
                continue
            raise InputError(f"{source} has no {name!r}, which the network needs")
        if state[name].shape != tensor.shape:
            found, needed = tuple(state[name].shape), tuple(tensor.shape)
            raise InputError(f"{source} has {name!r} of shape {found}; the network needs {needed}")
    for name in state:
        if name not in own:
            raise InputError(f"{source} holds {name!r}, which the network does not have")
    module.load_state_dict(dict(state), strict=False)


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


def _weights_only(path: Path) -> State:
    """Read a PyTorch file with the restricted unpickler."""
    records: list[Callable[..., Any] | tuple[Callable[..., Any], str]] = [
        (_Record, name) for name in _RECORDS
    ]
    with warnings.catch_warnings(), torch.serialization.safe_globals(records):
        warnings.simplefilter("ignore")  # an unusual pickle protocol is judged by its outcome
        found = torch.load(path, map_location="cpu", weights_only=True)
    if isinstance(found, Mapping):
        found = next((found[key] for key in ("state_dict", "model") if key in found), found)
    if isinstance(found, _Record):
        return dict(_tensors(found))
    if isinstance(found, Mapping) and found and all(map(_is_weight, found.items())):
        return {name: value.detach() for name, value in found.items()}
    raise InputError(f"{str(path)!r} holds no state dict: a dict of names to tensors is needed")


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
