"""The networks by name; one file each, and a new file is a new network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dispersion.registry import Registry
from pruning.device import resolve_device
from pruning.zoo.network import Network

Source = Callable[[str | None, Path | None], Network]
"""Builds a network from its variant (what follows a colon in the name) and the user's weights."""

networks: Registry[Source] = Registry("network", __name__)
"""Every network by name."""


def load_network(name: str, weights: Path | None = None, device: str = "cpu") -> Network:
    """Build a network and load its weights.

    Parameters
    ----------
    name : str
        A registered name, followed by a colon and a variant where the network has any
        ("vgg16", "torchvision:resnet50").
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
        Unknown name, checkpoint that does not fit, or device that is not there.
    UnavailableError
        The published weights could not be fetched.
    MissingExtraError
        The network needs an optional package.
    """
    target = resolve_device(device)
    kind, _, variant = name.partition(":")
    network = networks[kind](variant or None, weights)
    network.module.to(target).eval()
    return network
