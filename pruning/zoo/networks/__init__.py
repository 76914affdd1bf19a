"""Networks by name; one file per family, and a new file adds a network."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from dispersion.errors import InputError
from dispersion.registry import Registry
from pruning.device import resolve_device
from pruning.zoo.network import Network
from pruning.zoo.own import OwnSource


class Source(Protocol):
    """Builds the networks of one name; a variant is what follows a colon in the name."""

    @property
    def summary(self) -> str:
        """What they are, in one line."""
        ...

    def load(self, variant: str | None, weights: Path | None) -> Network:
        """Build the network with the user's weights, or the published ones if that is None."""
        ...

    def blank(self, variant: str | None, classes: int | None) -> Network:
        """Build the untrained network; without a number of classes, with the usual one."""
        ...


networks: Registry[Source] = Registry("network", __name__)
"""Every network by name."""


def load_network(name: str, weights: Path | None = None, device: str = "cpu") -> Network:
    """Build a network and load its weights.

    Parameters
    ----------
    name : str
        A registered name, followed by a colon and a variant where the network has any
        ("vgg16", "torchvision:resnet50"); or ``package.module:function``, a function of the user's
        that is imported and called (see `pruning.zoo.own.OwnSource`).
    weights : Path or None
        A checkpoint of the user's; None for the published weights, fetched on first use.
    device : str
        Where to put it, as `pruning.resolve_device` reads it.

    Returns
    -------
    Network
        In evaluation mode.

    Raises
    ------
    InputError
        Unknown name, a network without published weights, a checkpoint that does not fit or holds
        numbers that are not finite, a function of the user's that builds no classifier, or a device
        that is not there.
    UnavailableError
        The published weights could not be fetched.
    MissingExtraError
        The network needs an optional package.
    """
    target = resolve_device(device)
    source, variant = _resolve(name)
    network = source.load(variant, weights)
    for tensor, values in network.module.state_dict().items():
        if not values.isfinite().all():
            raise InputError(f"{name} with {network.provenance}: {tensor!r} holds nan or inf")
    network.module.to(target).eval()
    return network


def blank_network(name: str, classes: int | None = None) -> Network:
    """Build a network as it is before training; nothing is fetched.

    Parameters
    ----------
    name : str
        As in `load_network`.
    classes : int or None
        Length of its output, at least 1; None for what the published network has, or would have.

    Returns
    -------
    Network
        On the CPU in evaluation mode.  Its weights are drawn by torch's default initialisation:
        call ``torch.manual_seed`` before to draw the same again.

    Raises
    ------
    InputError
        Unknown name, or a number of classes the network cannot have.
    MissingExtraError
        The network needs an optional package.
    """
    if classes is not None and classes < 1:
        raise InputError(f"a network has at least one class, not {classes}")
    source, variant = _resolve(name)
    network = source.blank(variant, classes)
    network.module.eval()
    return network


def _resolve(name: str) -> tuple[Source, str | None]:
    """Return the source that builds the network, and the variant."""
    kind, _, variant = name.partition(":")
    if kind and variant and kind not in networks:
        return OwnSource(kind, tuple(networks)), variant
    return networks[kind], variant or None
