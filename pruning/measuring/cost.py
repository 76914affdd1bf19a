"""The size of a network: parameters, multiply-accumulates, bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from dispersion.errors import InputError
from pruning.batches import example_input
from pruning.cutting.absence import decomposed
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
    """Count the MACs of one image by layer; those of a layer inside another count for the inner one.

    Raises
    ------
    InputError
        As in `cost`.
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
