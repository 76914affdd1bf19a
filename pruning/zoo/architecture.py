"""The common source of networks defined here: with published weights, the user's, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from dispersion.errors import InputError
from pruning.zoo.checkpoint import load_weights, read_checkpoint
from pruning.zoo.fetching.published import Published, published_weights
from pruning.zoo.network import Network, Normalization

UNTRAINED = "untrained, drawn at random"
"""The provenance of blank networks."""


@dataclass(frozen=True, slots=True)
class ArchitectureSource:
    """Builds one architecture with published weights, the user's, or none.

    Parameters
    ----------
    name : str
        Its registered name.
    build : callable
        Maps the number of classes to the untrained module.
    head : str
        The name of the last layer's bias, whose length is the number of classes.
    published : Published or None
        The published weights, if there are any.
    classes : int
        How many the published network has, or would have.
    side : int
        Height and width of the images, in pixels.
    normalization : Normalization or None
        As in `Network`; weights of the user's are taken to expect the same.
    """

    name: str
    build: Callable[[int], nn.Module]
    head: str
    published: Published | None = None
    classes: int = 10
    side: int = 32
    normalization: Normalization | None = None

    @property
    def summary(self) -> str:
        """The images it takes, and where its weights come from."""
        weights = f"trained on {self.published.dataset}" if self.published else "needs --weights"
        return f"{weights}, {self.side} x {self.side} images"

    def load(self, variant: str | None, weights: Path | None) -> Network:
        """Build the network with weights; see `pruning.zoo.networks.load_network`."""
        self._refuse(variant)
        dataset = None
        if weights is not None:
            state, provenance = read_checkpoint(weights)
        elif self.published is not None:
            state, provenance = published_weights(self.published), str(self.published)
            dataset = self.published.dataset
        else:
            raise InputError(
                f"{self.name} has no published weights; train it with 'python -m pruning.train --model"
                f" {self.name} --out {self.name}.safetensors', or give your own weights"
            )
        classes = (self.head in state and state[self.head].numel()) or self.classes
        network = self._network(classes, dataset, provenance)
        load_weights(network.module, state, provenance)
        return network

    def blank(self, variant: str | None, classes: int | None) -> Network:
        """Build the network untrained; see `pruning.zoo.networks.blank_network`."""
        self._refuse(variant)
        return self._network(self.classes if classes is None else classes, None, UNTRAINED)

    def _refuse(self, variant: str | None) -> None:
        if variant is not None:
            raise InputError(f"the network {self.name!r} has no variants; leave out ':{variant}'")

    def _network(self, classes: int, dataset: str | None, provenance: str) -> Network:
        module = self.build(classes).eval()
        shape = (3, self.side, self.side)
        return Network(self.name, module, shape, classes, dataset, provenance, self.normalization)


def classes_of(module: nn.Module, state: Mapping[str, Tensor]) -> int:
    """Read off a checkpoint how many classes its network has.

    Parameters
    ----------
    module : nn.Module
        The architecture, for any number of classes; its last parameter must be its last layer's.
    state : mapping of str to Tensor
        Weights for it.

    Returns
    -------
    int
        The length of that parameter, in `state` if it is there, else in `module`.
    """
    name, own = list(module.named_parameters())[-1]
    shape = state.get(name, own).shape
    return shape[0] if shape and shape[0] else len(own)
