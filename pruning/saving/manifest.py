"""The manifest of a saved network: a JSON file beside its weights."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dispersion.errors import InputError
from dispersion.version import __version__
from pruning.zoo.network import Network, Normalization

_FORMAT = "pruned network"
_VERSION = 1
_PACKAGES = ("torch", "torch-pruning", "safetensors")


@dataclass(frozen=True, slots=True)
class Cut:
    """The filters that a layer keeps.

    Parameters
    ----------
    filters : int
        How many it had.
    kept : list of int
        The indices of those that are left, ascending.
    """

    filters: int
    kept: list[int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that is needed besides the weights to build a saved network again.

    Parameters
    ----------
    network, classes, input_shape, dataset, provenance, normalization
        As in `Network`, whose name `network` is.
    layers : dict of str to Cut
        The layers that lost filters, by their names as `FilterLayer`.
    weights_sha256 : str
        Digest of the weights as `Network.digest` takes it.
    versions : dict of str to str
        Versions of Python and of the packages it was saved with.
    """

    network: str
    classes: int
    input_shape: tuple[int, int, int]
    dataset: str | None
    provenance: str
    normalization: Normalization | None
    layers: dict[str, Cut]
    weights_sha256: str
    versions: dict[str, str]

    @classmethod
    def of(cls, network: Network, layers: dict[str, Cut]) -> Manifest:
        """Describe a network that was cut in some layers."""
        return cls(
            network=network.name,
            classes=network.classes,
            input_shape=network.input_shape,
            dataset=network.dataset,
            provenance=network.provenance,
            normalization=network.normalization,
            layers=layers,
            weights_sha256=network.digest,
            versions=_versions(),
        )

    def text(self) -> str:
        """Return the JSON, one field per line; the last, a digest of the others, reveals edits."""
        content = {"format": _FORMAT, "version": _VERSION, **dataclasses.asdict(self)}
        signed = content | {"sha256": _digest(content)}
        lines = (f" {json.dumps(key)}: {json.dumps(value)}" for key, value in signed.items())
        return "{\n" + ",\n".join(lines) + "\n}\n"


def read_manifest(path: Path) -> Manifest:
    """Read the JSON of a saved network.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Manifest
        As it was written.

    Raises
    ------
    InputError
        The file is missing, is no such JSON, is of another version, or was changed since.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read {str(path)!r} ({error.strerror or error})") from error
    except ValueError as error:  # neither text nor JSON
        raise InputError(f"{str(path)!r} is damaged: it is not JSON ({error})") from error
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise InputError(f"{str(path)!r} does not describe a pruned network")
    if content.get("version") != _VERSION:
        raise InputError(
            f"{str(path)!r} is of format version {content.get('version')!r}; this release reads"
            f" {_VERSION} only"
        )
    if content.pop("sha256", None) != _digest(content):
        raise InputError(f"{str(path)!r} was edited after it was written; save the network again")
    try:
        return _manifest(content)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{str(path)!r} lacks or misplaces {error}") from error


def _manifest(content: dict[str, Any]) -> Manifest:
    fields = {field.name: content[field.name] for field in dataclasses.fields(Manifest)}
    fields["input_shape"] = tuple(fields["input_shape"])
    if fields["normalization"] is not None:
        fields["normalization"] = Normalization(
            **{name: tuple(values) for name, values in fields["normalization"].items()}
        )
    fields["layers"] = {name: Cut(**cut) for name, cut in fields["layers"].items()}
    return Manifest(**fields)


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _versions() -> dict[str, str]:
    ours = {"p-dispersion": __version__, "python": platform.python_version()}
    return ours | {package: version(package) for package in _PACKAGES}
