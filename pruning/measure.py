"""What a network is worth and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from dispersion.errors import InputError
from pruning.absence import decomposed
from pruning.batches import batches
from pruning.graph import example_input
from pruning.intervals import Interval, wilson
from pruning.zoo.network import Network

_UNCOUNTED = frozenset(
    {
        *("_trilinear", "addbmm", "addr", "mkldnn_rnn_layer"),
        *("_native_multi_head_attention", "_transformer_encoder_layer_fwd"),
        *("_scaled_dot_product_flash_attention_for_cpu", "_fft_c2c", "_fft_c2r", "_fft_r2c"),
        *("_cdist_forward", "linalg_matrix_exp", "linalg_solve", "linalg_inv_ex", "_linalg_svd"),
        *("_embedding_bag", "quantized_linear", "_int_mm", "_sparse_addmm", "_sparse_mm"),
    }
)
"""Operations that multiply matrices or the like, of which PyTorch's counter knows nothing."""

_WITH_VECTORS = frozenset({torch.ops.aten.mv, torch.ops.aten.addmv, torch.ops.aten.dot})
"""Products of the last argument but one with a vector, a multiplication for each of its numbers."""

_NAMESPACES = ("aten", "prim", "prims", "profiler")  # others are extensions


@dataclass(frozen=True, slots=True)
class Cost:
    """The size of a network.

    Parameters
    ----------
    parameters : int
        Weights and biases, batch norms' included, running statistics not.
    macs : int
        Multiply-accumulates (MACs, not FLOPs: half of those) for one image, of everything that
        multiplies matrices: convolutions of every kind, linear and recurrent layers, attention.
        Biases, norms and activations are not counted.
    """

    parameters: int
    macs: int


@dataclass(frozen=True, slots=True)
class Share:
    """Images that were judged rightly, `right` of `of`."""

    right: int
    of: int

    @property
    def value(self) -> float:
        """The share, in [0, 1]."""
        return self.right / self.of

    @property
    def interval(self) -> Interval:
        """Ends of the 95 % interval of the share among all images like these; see `wilson`."""
        return wilson(self.right, self.of)


@dataclass(frozen=True, slots=True)
class Accuracies:
    """How often the label is the largest logit, and how often among the five largest.

    Parameters
    ----------
    top1 : Share
        Top-1 accuracy.
    top5 : Share or None
        Top-5 accuracy; None among five classes or fewer, where it says nothing.
    """

    top1: Share
    top5: Share | None


def accuracies(
    network: Network, images: NDArray[np.uint8], labels: NDArray[np.int64], *, batch: int = 100
) -> Accuracies:
    """Measure top-1 and top-5 accuracy in one pass.

    Parameters
    ----------
    network, images, labels, batch
        As in `accuracy`.

    Returns
    -------
    Accuracies
        With 95 % intervals.

    Raises
    ------
    InputError
        As in `accuracy`.
    """
    tops = [top for top in (1, 5) if top == 1 or top < network.classes]
    shares = [Share(right, len(images)) for right in _hits(network, images, labels, tops, batch)]
    return Accuracies(shares[0], shares[1] if len(shares) > 1 else None)


def accuracy(
    network: Network,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    *,
    top: int = 1,
    batch: int = 100,
) -> float:
    """Measure the share of images whose label is among the `top` largest logits.

    Parameters
    ----------
    network : Network
        Run where it is; deterministic on a CPU.
    images : ndarray of uint8, shape (n, height, width, channels)
        At least one.
    labels : ndarray of int64, shape (n,)
        Their classes.
    top : int
        1 for top-1, 5 for top-5.
    batch : int
        The most images run at once.

    Returns
    -------
    float
        In [0, 1].  An image with a logit that is not a number counts as wrong.

    Raises
    ------
    InputError
        Labels that do not fit the images or the network's classes, `top` out of range, or images
        that do not fit the network.
    """
    (right,) = _hits(network, images, labels, (top,), batch)
    return right / len(images)


def cost(network: Network) -> Cost:
    """Count a network's parameters and the MACs of one image.

    Parameters
    ----------
    network : Network
        Left as it is.

    Returns
    -------
    Cost
        Counted by running it once, with PyTorch's own formulas.

    Raises
    ------
    InputError
        It holds an operation whose products PyTorch does not count, which is named.
    """
    macs = sum(macs_by_layer(network).values())
    return Cost(sum(parameter.numel() for parameter in network.module.parameters()), macs)


def macs_by_layer(network: Network) -> dict[str, int]:
    """Count the MACs of one image, by the name of the layer that makes them itself.

    What a layer inside makes counts as that one's.  Raises as `cost`.
    """
    module = network.copy().module
    counter = _Counter()
    for name, layer in module.named_modules():
        layer.register_forward_pre_hook(counter.entering(name))
        layer.register_forward_hook(counter.leave)
    with torch.inference_mode(False), torch.no_grad(), decomposed(), counter:
        module(example_input(network))
    if counter.unknown:
        raise InputError(
            f"the MACs of {network.name} cannot be counted: PyTorch has no formula for"
            f" {min(counter.unknown)!r}"
        )
    return {name: flops // 2 for name, flops in counter.flops.items()}


class _Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's
    """Adds up the FLOPs of products of matrices, and notes what has products but no formula."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.flops: Counter[str] = Counter()
        self.unknown: set[str] = set()
        self._inside: list[str] = []

    def entering(self, name: str) -> Callable[[nn.Module, Any], None]:
        """A hook to be called before the layer of this name."""
        return lambda _, __: self._inside.append(name)

    def leave(self, _: nn.Module, __: Any, ___: Any) -> None:
        """A hook to be called after any layer."""
        self._inside.pop()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        made = func(*args, **(kwargs or {}))
        formula = flop_registry.get(func.overloadpacket)
        if formula is not None:
            self.flops[self._inside[-1]] += formula(*args, **(kwargs or {}), out_val=made)
        elif func.overloadpacket in _WITH_VECTORS:
            self.flops[self._inside[-1]] += 2 * args[-2].numel()
        elif func.namespace not in _NAMESPACES or func.overloadpacket.__name__ in _UNCOUNTED:
            self.unknown.add(func.overloadpacket.__name__)
        return made


def weight_bytes(network: Network) -> int:
    """Bytes of all parameters and buffers in their types, running statistics included.

    Parameters
    ----------
    network : Network
        Left as it is.

    Returns
    -------
    int
        The size of a safetensors file of the network, without its header.
    """
    return sum(tensor.nbytes for tensor in network.module.state_dict().values())


def _hits(
    network: Network,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    tops: Sequence[int],
    batch: int,
) -> list[int]:
    """Count, for each of `tops`, the images whose label is among so many largest logits."""
    for top in tops:
        if not 1 <= top <= network.classes:
            raise InputError(f"top-{top} is undefined among {network.classes} classes")
    check_labels(network, len(images), labels)
    right, start = [0] * len(tops), 0
    with torch.inference_mode():
        for inputs in batches(network, images, batch):
            truth = torch.from_numpy(np.array(labels[start : start + len(inputs)])).to(inputs.device)
            logits = network.module(inputs)
            right = [
                so_far + _right(logits, truth, top) for so_far, top in zip(right, tops, strict=True)
            ]
            start += len(inputs)
    return right


def check_labels(network: Network, images: int, labels: NDArray[np.int64]) -> None:
    """Refuse labels that are not one an image, or of classes that the network lacks.

    Raises
    ------
    InputError
        They are such.
    """
    if labels.shape != (images,):
        raise InputError(f"{images} images need as many labels, not shape {labels.shape}")
    if images and not 0 <= labels.min() <= labels.max() < network.classes:
        raise InputError(
            f"labels lie in {labels.min()}..{labels.max()}, but {network.name} has"
            f" {network.classes} classes"
        )


def _right(logits: Tensor, truth: Tensor, top: int) -> int:
    """Count the rows of `logits` that have their true class among the `top` largest."""
    guessed = logits.topk(top, dim=1).indices.eq(truth[:, None]).any(dim=1)
    return int((guessed & ~logits.isnan().any(dim=1)).sum())
