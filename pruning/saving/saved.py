"""Save and load pruned networks: the weights, and a manifest that says how to build the network.

The architecture is not stored: it is built anew by its name, cut to the kept filters and given the
weights, so that nothing in the files is ever run.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import safetensors.torch

from dispersion.errors import InputError
from pruning.cutting.kept import Kept
from pruning.cutting.surgery import prune
from pruning.device import resolve_device
from pruning.saving.atomic import written_whole
from pruning.saving.manifest import Cut, Manifest, read_manifest
from pruning.zoo.checkpoint import State, load_weights, weights_digest
from pruning.zoo.network import Network
from pruning.zoo.networks import blank_network, networks

_WEIGHTS, _MANIFEST = ".safetensors", ".json"


def save(network: Network, path: Path | str) -> None:
    """Write a pruned network as ``PATH.safetensors`` and ``PATH.json``.

    Parameters
    ----------
    network : Network
        The network its name stands for, or what `prune` left of it; its weights may have changed
        since.
    path : Path or str
        Where to write, without a suffix.  Existing files are replaced.

    Raises
    ------
    InputError
        The network is no longer of the shapes that its `kept` says, weights are not of the type its
        architecture is built with, or the files cannot be written.
    UnknownNameError, MissingExtraError
        The network's name stands for nothing that can be built here.

    Notes
    -----
    Each file is written whole or not at all; where the writer is killed between the two, `load` sees
    that they do not belong together.  Whether parameters were frozen is not stored.
    """
    # clones, because safetensors refuses weights that share memory
    state = {name: tensor.cpu().clone() for name, tensor in network.module.state_dict().items()}
    whole = replace(blank_network(network.name, network.classes), input_shape=network.input_shape)
    try:
        rebuilt = _rebuilt(whole, network.kept, state, network.name)
    except InputError as error:
        raise InputError(
            f"{network.name} was changed by something other than prune: {error}"
        ) from error
    if rebuilt.digest != network.digest:
        raise InputError(
            f"{network.name} has weights of other types than it is built with, so that other ones would"
            " be loaded; convert them back first, as with module.float()"
        )
    text, content = (
        Manifest.of(network, _cuts(whole, network.kept)).text(),
        safetensors.torch.save(state),
    )
    weights_file, manifest_file = _files(path)
    with written_whole(manifest_file) as described, written_whole(weights_file) as weights:
        described.write_text(text, encoding="utf-8")
        weights.write_bytes(content)


def load(path: Path | str, device: str = "cpu", *, network: str | None = None) -> Network:
    """Build a pruned network from the files that `save` wrote.

    Parameters
    ----------
    path : Path or str
        As given to `save`, or either of the two files.
    device : str
        Where to put it, as `resolve_device` reads it.
    network : str or None
        The name it is built by.  Needed only where that is code of the user's, which is not run just
        because a file says so.

    Returns
    -------
    Network
        The network that was saved, in evaluation mode, nothing frozen.

    Raises
    ------
    InputError
        A file is missing, damaged, edited or of another version, the two do not belong together, the
        architecture is no longer what it was, or the device is not there.
    UnknownNameError, MissingExtraError
        The network's name stands for nothing that can be built here.
    """
    target = resolve_device(device)
    weights_file, manifest_file = _files(path)
    manifest = read_manifest(manifest_file)
    _check_name(manifest.network, network, manifest_file)
    state = _state(weights_file)
    if weights_digest(state) != manifest.weights_sha256:
        raise InputError(
            f"{str(weights_file)!r} holds other weights than {manifest_file.name} was written for; save"
            " the network again"
        )
    whole = replace(
        blank_network(manifest.network, manifest.classes),
        input_shape=manifest.input_shape,
        dataset=manifest.dataset,
        provenance=manifest.provenance,
        normalization=manifest.normalization,
    )
    kept = {name: cut.kept for name, cut in manifest.layers.items()}
    loaded = _rebuilt(whole, kept, state, str(weights_file))
    loaded.module.to(target)
    return loaded


def _state(path: Path) -> State:
    """Read weights under exactly the names they were saved with."""
    try:
        return safetensors.torch.load_file(path)
    except Exception as error:  # a hostile file can make the reader raise anything
        raise InputError(f"the weights {str(path)!r} cannot be read ({error})") from error


def _rebuilt(whole: Network, kept: Kept, state: State, source: str) -> Network:
    """Cut an untrained network down and give it weights."""
    cut = prune(whole, kept) if kept else whole
    load_weights(cut.module, state, source)
    return cut


def _cuts(whole: Network, kept: Kept) -> dict[str, Cut]:
    """Describe the layers that lose filters; `kept` was checked when they were cut."""
    cuts: dict[str, Cut] = {}
    for name, indices in kept.items():
        filters = len(whole.module.get_submodule(name).get_parameter("weight"))
        if len(indices) < filters:
            cuts[name] = Cut(filters, sorted(int(index) for index in indices))
    return cuts


def _check_name(name: str, asked: str | None, manifest_file: Path) -> None:
    """Refuse a network other than the one asked for, and user code that was not asked for."""
    if asked not in (None, name):
        raise InputError(f"{str(manifest_file)!r} describes the network {name!r}, not {asked!r}")
    if asked is None and name.partition(":")[0] not in networks:
        raise InputError(
            f"{str(manifest_file)!r} says that the network is built by {name!r}, which is not a network"
            f" of this package; to run that code, load it with network={name!r}"
        )


def _files(path: Path | str) -> tuple[Path, Path]:
    """The two files of a saved network, from either of them or from their common stem."""
    path = Path(path)
    stem = path.with_suffix("") if path.suffix in (_WEIGHTS, _MANIFEST) else path
    if not stem.name:
        raise InputError(f"a saved network needs a file name, not {str(path)!r}")
    return stem.with_name(stem.name + _WEIGHTS), stem.with_name(stem.name + _MANIFEST)
