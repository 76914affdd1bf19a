"""``layers.npz``: the filters of every layer laid out in the plane, for the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import InputError
from dispersion.instance import Instance
from dispersion.library.archive import check_archive
from dispersion.study.analysis.embedding import Embedding, embed
from dispersion.study.folder.store import Store
from dispersion.study.labels import instances_apart

LAYERS = "layers.npz"  #: the file's name in a study's folder


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """What is kept of the layers of a network.

    Attributes
    ----------
    embeddings : dict of str to Embedding
        By the layer's name, in forward order.
    first : str or None
        Name of the network's first layer, if its kernels are pictures of one or three channels.
    kernels : ndarray of float64, shape (n, channels, height, width), or None
        Of that layer.
    """

    embeddings: dict[str, Embedding] = field(default_factory=dict)
    first: str | None = None
    kernels: NDArray[np.float64] | None = None


def keep_layers(
    store: Store, instances: Iterable[Instance], first: str, kernels: NDArray[np.float64]
) -> None:
    """Write ``layers.npz``: every layer in the plane, and the first one's kernels if they are pictures.

    Parameters
    ----------
    store : Store
        Where to.
    instances : iterable of Instance
        One or several a layer; different ones that are called alike get a number.
    first : str
        The network's first layer.
    kernels : ndarray, shape (n, channels, height, width)
        Its filters; kept if they have one or three channels and are larger than a pixel.

    Raises
    ------
    UnavailableError
        The file cannot be written.
    """
    found = {one.name: one for one in instances_apart(list(instances))}
    laid_out = [embed(one.distances) for one in found.values()]
    arrays: dict[str, Any] = {f"coordinates_{k}": one.coordinates for k, one in enumerate(laid_out)}
    arrays["names"] = np.array(list(found), dtype=np.str_)
    arrays["shares"] = np.array([one.share for one in laid_out])
    if kernels.shape[1] in (1, 3) and kernels[0, 0].size > 1:
        arrays["first"], arrays["kernels"] = np.array(first, dtype=np.str_), kernels
    store.save(LAYERS, lambda path: np.savez_compressed(path, **arrays))


def read_layers(folder: Path) -> Layers | None:
    """Read ``layers.npz``; `None` if the folder has none.

    Raises
    ------
    InputError
        It is there and cannot be read, or is no such file.
    """
    path = folder / LAYERS
    if not path.exists():
        return None
    try:
        if path.is_symlink():
            raise OSError("it is a link, which is not followed")
        if not path.is_file():
            raise OSError("it is no file")
        check_archive(path)
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            names, shares = [str(name) for name in file["names"]], file["shares"]
            laid_out = {
                name: Embedding(file[f"coordinates_{k}"].reshape(-1, 2), float(shares[k]))
                for k, name in enumerate(names)
            }
            if "kernels" not in file:
                return Layers(laid_out)
            kernels = file["kernels"].astype(np.float64)
            if kernels.ndim != 4 or kernels.shape[1] not in (1, 3) or kernels.size == 0:
                raise ValueError(f"kernels of shape {kernels.shape} are no pictures")
            return Layers(laid_out, str(file["first"]), kernels)
    except InputError:
        raise
    except Exception as error:  # whatever zip, npy and numpy raise on damaged bytes
        raise InputError(
            f"{path} cannot be read ({type(error).__name__}: {str(error)[:200]}); delete it to do "
            "without the pictures of filters."
        ) from error
