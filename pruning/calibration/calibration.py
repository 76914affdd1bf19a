"""A trained network seen at work on a few images, for what cannot be told from its weights."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dispersion.errors import InputError, UnknownNameError
from pruning.batches import batches, check_images
from pruning.calibration.reference_outputs import References
from pruning.calibration.windows import Window, outputs_at, window
from pruning.tracing.consumers import Reader, readers
from pruning.tracing.graph import Trace, example_input, trace
from pruning.tracing.hooks import leaves, noting, run_until_seen
from pruning.tracing.successors import Followers, Norm, Shortcut, affine, all_followers
from pruning.zoo.network import Network

Look = Callable[[Window, Tensor, Tensor, Tensor], Tensor]
"""From a layer's window, its inputs, its outputs and places: what is wanted of them."""

_ROWS_A_COLUMN = 2  # as many samples for each unknown weight of an output, or the least below
_LEAST_ROWS = 30_000
_MEMORY = 2**30  # bytes for sums of products kept at a time
_FEW = 8  # images that show how layers work


class Calibration:
    """A network with images to run it on.

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
        Draws the output positions of convolutions that are looked at: a few of every image, as many
        in all as 2 for each column of the weight, at least 30,000, at least one of every image, at
        most all.

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
        self._covariances: dict[str, Tensor] = {}
        self._followers: dict[str, Followers] = {}

    @cached_property
    def references(self) -> References:
        """What its layers make and are joined by, measured once for all that is cut from it."""
        return References(self)

    @cached_property
    def trace(self) -> Trace:
        """The network's dependency graph."""
        return trace(self.network)

    @cached_property
    def _readers(self) -> dict[str, list[Reader]]:
        return {one.convolutions[0]: readers(self.trace, one) for one in self.trace.couplings}

    def readers(self, layer: str) -> list[Reader]:
        """The layers that read what the layer of this name makes.

        Raises
        ------
        UnknownNameError
            The network has no such layer.
        InputError
            None reads it.
        """
        if layer not in self._readers:
            raise UnknownNameError("layer", layer, self._readers)
        if not self._readers[layer]:
            raise InputError(f"no layer of {self.network.name} reads the channels of {layer!r}")
        return self._readers[layer]

    def covariance(self, name: str) -> Tensor:
        """Of the columns that the named layer multiplies with its weights.

        Those of the readers after it are made in the same pass, as far as memory allows (1 GiB), and
        kept: ask in forward order.

        Returns
        -------
        Tensor of float64, shape (columns, columns)
            The mean over the sampled rows of the products of deviations from the mean.
        """
        if name not in self._covariances:
            order = self.reading[self.reading.index(name) :]
            sizes = [self._weight(one)[0].numel() for one in order]
            bytes_needed = 8 * np.cumsum(np.square(sizes, dtype=np.float64))
            order = order[: max(1, int((bytes_needed <= _MEMORY).sum()))]
            self._covariances = self._measured(order)
        return self._covariances[name]

    def _measured(self, names: Sequence[str]) -> dict[str, Tensor]:
        products: dict[str, Tensor] = {}
        for seen in self.inputs(names):
            for name, x in seen.items():
                ones = torch.cat([x, x.new_ones(len(x), 1)], dim=1)
                if name not in products:
                    products[name] = x.new_zeros(2 * (ones.shape[1],), dtype=torch.float64)
                products[name] += ones.T @ ones
        return {name: _centred(products.pop(name)) for name in names}

    @cached_property
    def reading(self) -> list[str]:
        """Every layer that reads the channels of another, in forward order."""
        names = {one.name for found in self._readers.values() for one in found}
        order: list[str] = []
        example = example_input(self.network)
        run_until_seen(self.network.module, example, sorted(names), lambda name, *_: order.append(name))
        return list(dict.fromkeys(order))

    @cached_property
    def _windows(self) -> dict[str, Window | None]:
        """How every layer that is called goes over its inputs, in forward order."""
        seen: dict[str, Window | None] = {}

        def note(name: str, layer: nn.Module, x: Tensor, y: Tensor) -> None:
            if name not in seen:  # of a layer called again, the first call
                seen[name] = window(layer, x, y)

        with noting(self.network.module, leaves(self.network.module), note):
            self.network.module(next(batches(self.network, self.images[:_FEW], _FEW)))
        return seen

    @cached_property
    def fittable(self) -> list[str]:
        """Every plain convolution, and linear layer given one vector an image, in forward order."""
        return [name for name, found in self._windows.items() if found is not None]

    def window(self, name: str) -> Window:
        """How the named layer goes over its inputs.

        Raises
        ------
        InputError
            It is no plain convolution or linear layer, or does not compute what its weights say.
        """
        found = self._windows.get(name)
        if found is None:
            module = self.network.module.get_submodule(name)
            raise InputError(
                f"layer {name!r} ({type(module).__name__}) cannot be sampled or refitted: only plain"
                " convolutions and linear layers that apply their weights as they are can be"
            )
        return found

    def inputs(
        self, names: Sequence[str], network: Network | None = None, least: int = 1
    ) -> Iterator[dict[str, Tensor]]:
        """Sampled rows of what the named layers multiply with their weights, a batch at a time.

        Parameters
        ----------
        names : sequence of str
            Convolutions and linear layers.
        network : Network or None
            A pruned one in place of the calibrated one; the same places are looked at.
        least : int
            Rows of every image, for those who stop before the last batch; where the output has fewer
            places, all of them.

        Yields
        ------
        dict of str to Tensor, shape (rows, columns)
            See `Window.patches`.
        """
        seen = self._seen(names, network, lambda one, x, _, where: one.patches(x, where), least)
        return (found for found, _ in seen)

    def outputs(self, names: Sequence[str]) -> Iterator[dict[str, Tensor]]:
        """What the named layers make of these rows, shape (rows, outputs), a batch at a time."""
        return (found for found, _ in self.outputs_joined(names))

    def outputs_joined(self, names: Sequence[str]) -> Iterator[tuple[dict[str, Tensor], ...]]:
        """Outputs, and in the same pass what is added to them where `shortcut` knows it.

        Yields
        ------
        dict of str to Tensor, dict of str to Tensor, shape (rows, outputs)
            By layer; the second of layers with a shortcut only.
        """
        return self._seen(names, None, lambda _, __, y, where: outputs_at(y, where), joined=True)

    def inputs_joined(
        self, names: Sequence[str], network: Network
    ) -> Iterator[tuple[dict[str, Tensor], ...]]:
        """The same of a pruned network with rows as `Window.gathered` orders them for outputs."""
        return self._seen(names, network, lambda one, x, _, where: one.gathered(x, where), joined=True)

    def places(self, name: str, inputs: Tensor) -> int:
        """How many rows of each image are looked at, where a layer is given these inputs."""
        return len(self._where(name, self.window(name).places(inputs), 0))

    def rows(self, name: str, inputs: Tensor) -> Tensor:
        """What `inputs_joined` yields for a layer, from what it is given for all images together."""
        seen = self.window(name)
        there, each = seen.places(inputs), self.places(name, inputs)
        columns = inputs.shape[1] * self._weight(name)[0, 0].numel()
        rows = inputs.new_empty(len(inputs) * each, columns)
        for index, some in enumerate(self._parts()):
            out = rows[some.start * each : some.stop * each]
            seen.gathered(inputs[some], self._where(name, there, index).to(inputs.device), out)
        return rows

    def rows_beside(self, name: str, added: Tensor) -> Tensor:
        """The same from what is added to its outputs for all images together."""
        return torch.cat([self._at(name, added[some], k) for k, some in enumerate(self._parts())])

    def _parts(self) -> list[slice]:
        """The images of every batch, as `batches` splits them."""
        count = len(self.images)
        pieces = np.array_split(np.arange(count), -(-count // self.batch))
        return [slice(int(one[0]), int(one[-1]) + 1) for one in pieces]

    def _at(self, name: str, maps: Tensor, index: int) -> Tensor:
        """Of maps as large as a layer's outputs, the places that are looked at in one batch."""
        there = maps[0, 0].numel()
        return outputs_at(maps, self._where(name, there, index).to(maps.device))

    def norm(self, name: str, network: Network | None = None) -> Norm | None:
        """The batch norm that takes a layer's output as it is; of a pruned network, if one is given."""
        found = self._behind(name).norm
        module = (self.network if network is None else network).module
        return None if found is None else cast(Norm, module.get_submodule(found))

    def scale(self, name: str) -> NDArray[np.float64]:
        """By how much the batch norm behind a layer scales each output, or 1: shape (outputs,)."""
        scale, _ = affine(self.norm(name), self._weight(name))
        return np.asarray(scale.abs().double().cpu())

    def shortcut(self, name: str) -> Shortcut | None:
        """What is added to a layer's output, behind its batch norm where there is one.

        None where nothing is, or only what is computed after the layer.
        """
        return self._behind(name).shortcut

    def rectified(self, name: str) -> bool:
        """Whether a layer's output goes on through batch norm, known shortcut and ReLU alone.

        Seen by running a few images: something later receives exactly that.
        """
        return self._behind(name).rectified

    def _behind(self, name: str) -> Followers:
        if name not in self._followers:
            few = next(batches(self.network, self.images[:_FEW], _FEW))
            together = self.fittable if name in self.fittable else [name]
            self._followers |= all_followers(self.network.module, few, together)
        return self._followers[name]

    def maps(self, layer: str, images: int | None = None) -> Iterator[Tensor]:
        """The feature maps of a layer's channels, a batch at a time: (batch, n, height, width).

        They are what its first reader receives: after batch norm and activation.  Where pooling,
        flattening or other channels come between, they are the last maps before that, as large as the
        convolution's.

        Parameters
        ----------
        layer : str
            The layer's name.
        images : int or None
            At most so many, the first ones; None for all.
        """
        left = len(self.images) if images is None else images
        first = self.readers(layer)[0].name
        for pixels in batches(self.network, self.images, self.batch):
            found: list[Tensor] = []

            def note(name: str, _: nn.Module, x: Tensor, y: Tensor) -> None:
                if name == layer:
                    found.append(y)  # noqa: B023
                elif found and x.shape == found[0].shape and (name == first or _goes_on(found[-1], x)):  # noqa: B023
                    found.append(x)  # noqa: B023
                    if name != first and y.shape == x.shape:
                        found.append(y)  # noqa: B023

            run_until_seen(self.network.module, pixels, leaves(self.network.module), note, last=first)
            yield found[-1][:left]
            left -= len(pixels)
            if left <= 0:
                return

    def _seen(
        self,
        names: Sequence[str],
        network: Network | None,
        look: Look,
        least: int = 1,
        joined: bool = False,
    ) -> Iterator[tuple[dict[str, Tensor], ...]]:
        run = self.network if network is None else network
        windows = {name: self.window(name) for name in names}
        shortcuts = {name: self.shortcut(name) for name in names if joined}
        known = {name: one for name, one in shortcuts.items() if one is not None}
        layers = sorted({*names, *(one.layer for one in known.values())})
        for index, pixels in enumerate(batches(run, self.images, self.batch)):
            found: dict[str, Tensor] = {}
            beside: dict[str, Tensor] = {}

            def note(layer: str, _: nn.Module, x: Tensor, y: Tensor, k: int = index) -> None:
                if layer in windows and layer not in found:  # noqa: B023  of a layer called again, the first call
                    where = self._where(layer, windows[layer].places(x), k, least).to(x.device)
                    found[layer] = look(windows[layer], x, y, where)  # noqa: B023
                for name, one in known.items():
                    if one.layer == layer and name not in beside:  # noqa: B023
                        beside[name] = self._at(name, one.of(x, y), k)  # noqa: B023

            run_until_seen(run.module, pixels, layers, note)
            yield found, beside

    def _weight(self, name: str) -> Tensor:
        return self.network.module.get_submodule(name).get_parameter("weight")

    def _where(self, name: str, there: int, index: int, least: int = 1) -> Tensor:
        """Which of a layer's places are looked at in one batch: as many as the number of rows needs."""
        columns = self._weight(name)[0].numel()
        wanted = max(least, -(-max(_LEAST_ROWS, _ROWS_A_COLUMN * columns) // len(self.images)))
        if wanted >= there:
            return torch.arange(there)
        rng = np.random.default_rng((self.seed, zlib.crc32(name.encode()), index))
        return torch.from_numpy(np.sort(rng.choice(there, wanted, replace=False)))


def _goes_on(maps: Tensor, x: Tensor) -> bool:
    """Whether a later layer is given these maps, or what a ReLU that is no layer makes of them."""
    return x is maps or torch.equal(x, maps) or torch.equal(x, maps.relu())


def _centred(products: Tensor) -> Tensor:
    """Covariance from the sum of [x, 1] times its transpose."""
    mean = products[:-1, -1] / products[-1, -1]
    return products[:-1, :-1] / products[-1, -1] - mean[:, None] * mean
