"""Compute what a network would compute if some channels did not exist, without cutting anything.

NaN stands for "is not there".  An elementwise operation, a pooling or a reshaping passes it on by
itself; the operations that mix channels have rules here: sums of products leave out what is not there,
and norms use what is left.  Any other operation that mixes channels (a mean over them, a
softmax) makes everything NaN, so that it is noticed and not guessed at.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeGuard

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.modules.conv import _ConvNd
from torch.utils._python_dispatch import TorchDispatchMode

Absent = Mapping[str, Sequence[int]]
"""By layer: the channels that it no longer makes."""

Rule = Callable[..., Any]
_aten = torch.ops.aten


class Absence(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's
    """Makes operations leave out what is NaN."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.mixing: list[str] = []  #: the operations that could not, and made everything NaN

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        rule = _RULES.get(func.overloadpacket)
        if rule is not None:
            return rule(func, *args, **(kwargs or {}))
        made = func(*args, **(kwargs or {}))
        if _all_absent(made) and any(_some_absent(one) for one in args):
            self.mixing.append(func.overloadpacket.__name__)
        return made


@contextmanager
def without(module: nn.Module, absent: Absent) -> Iterator[Absence]:
    """Run a network, inside the block, as if some outputs of its layers did not exist.

    Parameters
    ----------
    module : nn.Module
        The network; its weights stay as they are.
    absent : mapping of str to integers
        The missing output channels of convolutions and linear layers, by name.

    Yields
    ------
    Absence
        What depends on absent channels in a way that is not known here comes out as NaN; its `mixing`
        names the operations.
    """
    with ExitStack() as stack:
        for name, channels in absent.items():
            layer = module.get_submodule(name)
            stack.callback(layer.register_forward_hook(_blank(channel_axis(layer), channels)).remove)
        stack.enter_context(decomposed())
        yield stack.enter_context(Absence())


@contextmanager
def decomposed() -> Iterator[None]:
    """Run attention and recurrent layers, inside the block, as plain operations."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with warnings.catch_warnings(), sdpa_kernel(SDPBackend.MATH):
            warnings.filterwarnings("ignore", "TF32 acceleration", UserWarning)  # of the next line
            with torch.backends.mkldnn.flags(enabled=False):
                yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


def channel_axis(layer: nn.Module) -> int:
    """The axis of a layer's output that holds its channels, counted from the end."""
    return -1 - len(layer.kernel_size) if isinstance(layer, _ConvNd) else -1


def _blank(axis: int, channels: Sequence[int]) -> Callable[[nn.Module, Any, Tensor], Tensor]:
    def made(_: nn.Module, __: Any, output: Tensor) -> Tensor:
        return output.index_fill(axis, torch.tensor(channels).to(output.device), torch.nan)

    return made


def _all_absent(value: object) -> bool:
    return _floats(value) and bool(value.isnan().all())


def _some_absent(value: object) -> bool:
    return _floats(value) and bool(value.isnan().any()) and not bool(value.isnan().all())


def _floats(value: object) -> TypeGuard[Tensor]:
    return isinstance(value, Tensor) and value.is_floating_point() and value.numel() > 0


def _present(x: Tensor) -> Tensor:
    return x.masked_fill(x.isnan(), 0)


def _convolution(func: Any, x: Tensor, weight: Tensor, bias: Tensor | None, *rest: Any) -> Any:
    """Absent channels add nothing; a group of absent channels makes none."""
    gone = x.isnan().flatten(2).any(2)
    groups, spatial = int(rest[-1]), (1,) * (x.ndim - 2)
    present = x.masked_fill(gone.reshape(*gone.shape, *spatial), 0) if gone.any() else x
    y = func(present, weight, bias, *rest)
    if present is x:
        return y
    lost = gone.reshape(len(x), groups, -1).all(2).repeat_interleave(y.shape[1] // groups, dim=1)
    return y.masked_fill(lost.reshape(*lost.shape, *spatial), torch.nan)


def _product(func: Any, a: Tensor, b: Tensor) -> Any:
    """Absent terms add nothing to a sum of products; absent rows and columns stay absent."""
    lost = a.isnan().all(-1, keepdim=True) | b.isnan().all(-2, keepdim=True)
    return func(_present(a), _present(b)).masked_fill(lost, torch.nan)


def _sum_and_product(func: Any, to: Tensor, a: Tensor, b: Tensor, **scales: Any) -> Any:
    lost = a.isnan().all(-1, keepdim=True) | b.isnan().all(-2, keepdim=True)
    return func(to, _present(a), _present(b), **scales).masked_fill(lost, torch.nan)


def _reduction(func: Any, x: Tensor, *rest: Any, **named: Any) -> Any:
    """Sum what is there; where nothing is there, the result is absent."""
    if not x.isnan().any():
        return func(x, *rest, **named)
    counted = func((~x.isnan()).to(x.dtype), *rest, **named)
    return func(_present(x), *rest, **named).masked_fill(counted == 0, torch.nan)


def _vector_norm(func: Any, x: Tensor, order: float = 2, *rest: Any, **named: Any) -> Any:
    if not order > 0:  # the least magnitude, say: zeros would count
        return func(x, order, *rest, **named)
    return _reduction(func, x, order, *rest, **named)


def _layer_norm(
    func: Any, x: Tensor, shape: Sequence[int], weight: Tensor | None, bias: Tensor | None, eps: float
) -> Any:
    if not x.isnan().any():
        return func(x, shape, weight, bias, eps)
    y, mean, rstd = _standardised(x, tuple(range(-len(shape), 0)), eps)
    return _scaled(y, weight, bias), mean, rstd


def _group_norm(
    func: Any,
    x: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    batch: int,
    channels: int,
    area: int,
    groups: int,
    eps: float,
) -> Any:
    if not x.isnan().any():
        return func(x, weight, bias, batch, channels, area, groups, eps)
    y, mean, rstd = _standardised(x.reshape(batch, groups, -1), (-1,), eps)
    spatial = (1,) * (x.ndim - 2)
    scale, shift = (None if one is None else one.reshape(-1, *spatial) for one in (weight, bias))
    return _scaled(y.reshape(x.shape), scale, shift), mean.squeeze(-1), rstd.squeeze(-1)


def _standardised(x: Tensor, axes: tuple[int, ...], eps: float) -> tuple[Tensor, Tensor, Tensor]:
    mean = x.nanmean(axes, keepdim=True)
    rstd = ((x - mean).square().nanmean(axes, keepdim=True) + eps).rsqrt()
    return (x - mean) * rstd, mean, rstd


def _scaled(y: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


_RULES: dict[Any, Rule] = {
    _aten.convolution: _convolution,
    _aten.mm: _product,
    _aten.bmm: _product,
    _aten.addmm: _sum_and_product,
    _aten.baddbmm: _sum_and_product,
    _aten.sum: _reduction,
    _aten.linalg_vector_norm: _vector_norm,
    _aten.native_layer_norm: _layer_norm,
    _aten.native_group_norm: _group_norm,
}
