"""Run a network and observe the inputs and outputs of its layers, by forward hooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from dispersion.errors import InputError

Note = Callable[[str, nn.Module, Tensor, Tensor], None]
"""Called with a layer's name, the layer, its input and its output."""


class _Enough(Exception):  # noqa: N818  ends a forward pass once everything wanted has been seen
    pass


def leaves(module: nn.Module) -> list[str]:
    """The names of all layers that have no layers inside."""
    return [name for name, one in module.named_modules() if not list(one.children())]


@contextmanager
def noting(module: nn.Module, names: Iterable[str], note: Note) -> Iterator[None]:
    """Call `note` at every call of named layers that takes and returns a tensor, inside the block.

    No gradients are recorded inside the block.
    """

    def hook(name: str) -> Callable[[nn.Module, tuple[Any, ...], Any], None]:
        def called(layer: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            if inputs and isinstance(inputs[0], Tensor) and isinstance(output, Tensor):
                note(name, layer, inputs[0], output)

        return called

    hooks = [module.get_submodule(name).register_forward_hook(hook(name)) for name in names]
    try:
        with torch.inference_mode():
            yield
    finally:
        for one in hooks:
            one.remove()


def run_until_seen(
    module: nn.Module,
    pixels: Tensor,
    names: Sequence[str],
    note: Note,
    last: str | None = None,
) -> None:
    """Run a batch through a network until named layers have been called, and note what they did.

    Parameters
    ----------
    module : nn.Module
        The network.
    pixels : Tensor
        The batch.
    names : sequence of str
        Its layers to be noted.
    note : callable
        Called with name, layer, input and output.
    last : str or None
        The layer whose call ends the run; None to end once all have been called.

    Raises
    ------
    InputError
        One of them is never called.
    """
    left = set(names)

    def noted(name: str, layer: nn.Module, x: Tensor, y: Tensor) -> None:
        note(name, layer, x, y)
        left.discard(name)
        if name == last or not left:
            raise _Enough

    try:
        with noting(module, names, noted):
            module(pixels)
    except _Enough:
        return
    raise InputError(f"the network never calls its layer {last or min(left)!r}")
