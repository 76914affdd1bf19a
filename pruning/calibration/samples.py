"""Samples of layers' inputs and outputs: every image, at randomly drawn output positions."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pruning.batches import batches, pieces
from pruning.calibration.layers import Layers
from pruning.calibration.windows import Window, outputs_at
from pruning.tracing.hooks import run_until_seen
from pruning.zoo.network import Network

Look = Callable[[Window, Tensor, Tensor, Tensor], Tensor]
"""From a layer's window, its inputs, its outputs and places: what is wanted of them."""

Sampled = dict[str, Tensor]
"""By layer, its samples of one batch: shape (rows, columns) or (rows, outputs)."""

_ROWS_A_COLUMN = 2  # as many samples for each unknown weight of an output, or the least below
_LEAST_ROWS = 30_000


class Samples:
    """Rows of layers' inputs and outputs, always at the same places of the same images.

    A row is what a layer multiplies with its weights at one output position of one image, or what it
    makes there.

    Parameters
    ----------
    network : Network
        The unpruned network.
    images : ndarray of uint8, shape (m, height, width, channels)
        All of them are run.
    layers : Layers
        How the network's layers work.
    batch : int
        The most images run at once.
    seed : int
        Draws the places.
    """

    def __init__(
        self, network: Network, images: NDArray[np.uint8], layers: Layers, *, batch: int, seed: int
    ) -> None:
        self.network = network
        self.images = images
        self.layers = layers
        self.batch = batch
        self.seed = seed

    def inputs(self, names: Sequence[str], least: int = 1) -> Iterator[Sampled]:
        """Sample what layers of the unpruned network multiply with their weights.

        Parameters
        ----------
        names : sequence of str
            Convolutions and linear layers.
        least : int
            Rows of every image, for those who stop before the last batch; where the output has fewer
            places, all of them.

        Yields
        ------
        dict of str to Tensor, shape (rows, columns)
            One batch; columns as `Window.patches` orders them.
        """
        run = self._run(
            self.network, names, lambda one, x, _, where: one.patches(x, where), least=least
        )
        return (rows for rows, _ in run)

    def outputs(self, names: Sequence[str]) -> Iterator[tuple[Sampled, Sampled]]:
        """Sample what layers of the unpruned network make, and what is added to that.

        Yields
        ------
        dict of str to Tensor, dict of str to Tensor, shape (rows, outputs)
            One batch; the second of layers with a shortcut only.
        """
        look: Look = lambda _, __, y, where: outputs_at(y, where)  # noqa: E731
        return self._run(self.network, names, look, joined=True)

    def pruned_inputs(
        self, names: Sequence[str], network: Network
    ) -> Iterator[tuple[Sampled, Sampled]]:
        """Sample what layers of a pruned network multiply with their weights, and its shortcuts.

        Yields
        ------
        dict of str to Tensor, shape (rows, columns)
            One batch; columns as `Window.gathered` orders them.
        dict of str to Tensor, shape (rows, outputs)
            What is added to the layer's outputs; of layers with a shortcut only.
        """
        look: Look = lambda one, x, _, where: one.gathered(x, where)  # noqa: E731
        return self._run(network, names, look, joined=True)

    def rows_of_inputs(self, name: str, inputs: Tensor) -> Tensor:
        """The rows of `pruned_inputs`, from what a layer is given for all images together."""
        window = self.layers.window(name)
        there, each = window.places(inputs), self.places(name, inputs)
        columns = inputs.shape[1] * self.layers.weight(name)[0, 0].numel()
        rows = inputs.new_empty(len(inputs) * each, columns)
        for index, some in enumerate(pieces(len(self.images), self.batch)):
            out = rows[some.start * each : some.stop * each]
            window.gathered(inputs[some], self._where(name, there, index).to(inputs.device), out)
        return rows

    def rows_of_shortcut(self, name: str, added: Tensor) -> Tensor:
        """The rows of what is added to a layer's outputs, from that for all images together."""
        parts = enumerate(pieces(len(self.images), self.batch))
        return torch.cat([self._at(name, added[some], index) for index, some in parts])

    def places(self, name: str, inputs: Tensor) -> int:
        """How many rows of each image are sampled, where a layer is given these inputs."""
        return len(self._where(name, self.layers.window(name).places(inputs), 0))

    def _run(
        self,
        network: Network,
        names: Sequence[str],
        look: Look,
        *,
        least: int = 1,
        joined: bool = False,
    ) -> Iterator[tuple[Sampled, Sampled]]:
        """Run all images, and look at layers and, if `joined`, at what is added to their outputs."""
        windows = {name: self.layers.window(name) for name in names}
        shortcuts = {name: self.layers.shortcut(name) for name in names if joined}
        known = {name: one for name, one in shortcuts.items() if one is not None}
        layers = sorted({*names, *(one.layer for one in known.values())})
        for index, pixels in enumerate(batches(network, self.images, self.batch)):
            rows: Sampled = {}
            beside: Sampled = {}

            def note(layer: str, _: nn.Module, x: Tensor, y: Tensor, k: int = index) -> None:
                if layer in windows and layer not in rows:  # noqa: B023  of a layer called again, the first call
                    where = self._where(layer, windows[layer].places(x), k, least).to(x.device)
                    rows[layer] = look(windows[layer], x, y, where)  # noqa: B023
                for name, one in known.items():
                    if one.layer == layer and name not in beside:  # noqa: B023
                        beside[name] = self._at(name, one.of(x, y), k)  # noqa: B023

            run_until_seen(network.module, pixels, layers, note)
            yield rows, beside

    def _at(self, name: str, maps: Tensor, index: int) -> Tensor:
        """Take the places that are sampled in one batch from maps as large as a layer's outputs."""
        there = maps[0, 0].numel()
        return outputs_at(maps, self._where(name, there, index).to(maps.device))

    def _where(self, name: str, there: int, index: int, least: int = 1) -> Tensor:
        """Which of a layer's places are sampled in one batch: as many as the number of rows needs."""
        columns = self.layers.weight(name)[0].numel()
        wanted = max(least, -(-max(_LEAST_ROWS, _ROWS_A_COLUMN * columns) // len(self.images)))
        if wanted >= there:
            return torch.arange(there)
        rng = np.random.default_rng((self.seed, zlib.crc32(name.encode()), index))
        return torch.from_numpy(np.sort(rng.choice(there, wanted, replace=False)))
