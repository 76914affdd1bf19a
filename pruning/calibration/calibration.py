"""A trained network with images to run it on, for what its weights alone do not say."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from dispersion.errors import InputError, UnknownNameError
from pruning.batches import batches, check_images, example_input
from pruning.calibration.covariance import Covariances
from pruning.calibration.feature_maps import feature_maps
from pruning.calibration.layers import Layers
from pruning.calibration.reference_outputs import ReferenceOutputs
from pruning.calibration.samples import Samples
from pruning.tracing.consumers import Consumer, consumers
from pruning.tracing.graph import Trace, trace
from pruning.tracing.hooks import run_until_seen
from pruning.zoo.network import Network


class Calibration:
    """A network with calibration images; measurements are made when they are first asked for.

    Parameters
    ----------
    network : Network
        As trained; left as it is.
    images : ndarray of uint8, shape (m, height, width, channels)
        Training images, two or more; their labels are not needed, except for `snpfi`.
    labels : ndarray of int64, shape (m,), or None
        Their classes.
    mirrored : bool
        Whether every image is shown a second time with left and right swapped.
    batch : int
        The most images run at once.
    seed : int
        Draws the output positions of convolutions that are sampled: a few of every image, as many in
        all as 2 for each column of the weight, at least 30,000, at least one of every image, at most
        all.

    Raises
    ------
    InputError
        Fewer than two images, images that do not fit, or labels that do not fit them.
    """

    def __init__(
        self,
        network: Network,
        images: NDArray[np.uint8],
        labels: NDArray[np.int64] | None = None,
        *,
        mirrored: bool = True,
        batch: int = 250,
        seed: int = 0,
    ) -> None:
        check_images(network, images)
        if len(images) < 2:
            raise InputError(f"calibration needs 2 images or more, not {len(images)}")
        if batch < 1:
            raise InputError(f"a batch must hold 1 image or more, not {batch}")
        if labels is not None and labels.shape != (len(images),):
            raise InputError(f"{len(images)} images need as many labels, not shape {labels.shape}")
        self.network = network
        self.originals = len(images)  # mirrored ones come after them, in the same order
        self.images = np.concatenate([images, images[:, :, ::-1]]) if mirrored else images
        self.labels = np.concatenate([labels] * (1 + mirrored)) if labels is not None else None
        self.batch = batch
        self.seed = seed
        self.layers = Layers(network, self.images)
        self.samples = Samples(network, self.images, self.layers, batch=batch, seed=seed)
        self.reference_outputs = ReferenceOutputs(self.samples)

    @cached_property
    def trace(self) -> Trace:
        """The network's dependency graph."""
        return trace(self.network)

    @cached_property
    def _consumers(self) -> dict[str, list[Consumer]]:
        return {one.convolutions[0]: consumers(self.trace, one) for one in self.trace.couplings}

    def consumers(self, layer: str) -> list[Consumer]:
        """The layers that take in the channels which the layer of this name makes.

        Raises
        ------
        UnknownNameError
            The network has no such layer.
        InputError
            No layer takes them in.
        """
        if layer not in self._consumers:
            raise UnknownNameError("layer", layer, self._consumers)
        if not self._consumers[layer]:
            raise InputError(f"no layer of {self.network.name} reads the channels of {layer!r}")
        return self._consumers[layer]

    @cached_property
    def consumer_order(self) -> list[str]:
        """Every layer that takes in channels of another that can be pruned, in forward order."""
        names = {one.name for some in self._consumers.values() for one in some}
        order: list[str] = []
        example = example_input(self.network)
        run_until_seen(self.network.module, example, sorted(names), lambda name, *_: order.append(name))
        return list(dict.fromkeys(order))

    @cached_property
    def _covariances(self) -> Covariances:
        return Covariances(self.samples, self.consumer_order)

    def covariance(self, name: str) -> Tensor:
        """The covariance of the columns that a consumer multiplies with its weights.

        Ask in forward order: those of the consumers after it are measured in the same pass, as far as
        memory allows (1 GiB).

        Returns
        -------
        Tensor of float64, shape (columns, columns)
            The mean over the sampled rows of the products of deviations from the mean.
        """
        return self._covariances.of(name)

    def maps(self, layer: str, images: int | None = None) -> Iterator[Tensor]:
        """Yield the feature maps of a layer's channels, as its first consumer receives them.

        Parameters
        ----------
        layer : str
            The layer's name.
        images : int or None
            The most images, the first ones; None for all.

        Yields
        ------
        Tensor, shape (batch, n, height, width)
            One batch; see `pruning.calibration.feature_maps.feature_maps`.
        """
        first = self.consumers(layer)[0].name
        left = len(self.images) if images is None else images
        for pixels in batches(self.network, self.images, self.batch):
            yield feature_maps(self.network.module, pixels, layer, first)[:left]
            left -= len(pixels)
            if left <= 0:
                return
