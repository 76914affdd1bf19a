"""What the networks with published weights share: no variants, published or own weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from dispersion.errors import InputError
from pruning.zoo.checkpoint import load_state_dict, load_weights
from pruning.zoo.network import Network, Normalization
from pruning.zoo.networks._published import Published, published_weights


@dataclass(frozen=True, slots=True)
class PublishedSource:
    """Builds one architecture with published or own weights.

    Parameters
    ----------
    name : str
        Its registered name.
    build : callable
        From the number of classes to the untrained module.
    head : str
        The name of the last layer's bias, whose length is the number of classes.
    published : Published
        The published weights.
    side : int
        Height and width of the images, in pixels.
    normalization : Normalization or None
        As in `Network`; weights of the user's are taken to expect the same.
    """

    name: str
    build: Callable[[int], nn.Module]
    head: str
    published: Published
    side: int = 32
    normalization: Normalization | None = None

    def __call__(self, variant: str | None, weights: Path | None) -> Network:
        """Build the network; see `pruning.zoo.networks.load_network`."""
        if variant is not None:
            raise InputError(f"the network {self.name!r} has no variants; leave out ':{variant}'")
        if weights is None:
            state = published_weights(self.published)
            dataset, provenance = self.published.dataset, str(self.published)
        else:
            state = load_state_dict(weights)
            dataset, provenance = None, f"the user's {weights}"
        classes = state[self.head].numel() if self.head in state else self.published.classes
        module = self.build(classes)
        load_weights(module, state, provenance)
        shape = (3, self.side, self.side)
        return Network(
            self.name, module.eval(), shape, classes, dataset, provenance, self.normalization
        )
