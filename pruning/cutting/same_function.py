"""Check that a cut network computes what the original computes without the lost channels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dispersion.errors import InputError
from pruning.cutting.absence import Absent, without
from pruning.cutting.trial_images import as_batches, trial_pixels
from pruning.tracing.hooks import leaves, noting
from pruning.zoo.network import Network

_TOLERANCE = 1e-6  # of the variation between images; rounding in float64 is a millionth of that
_SHORT_TOLERANCE = 1e-2  # the same, for networks that insist on shorter floats
_VISIBLE = 1e-6  # of the largest output: a smaller variation drowns in rounding


def check_same_function(
    original: Network, absent: Absent, cut: Network, images: NDArray[np.uint8] | None = None
) -> bool:
    """Compare a cut network with its original, without the channels that are gone.

    Both run in float64 on the processor, in evaluation mode, on eight images.  Norms across channels
    are taken over the channels that are left.

    Parameters
    ----------
    original, cut : Network
        Before and after; left as they are.
    absent : mapping of str to integers
        The outputs that convolutions and linear layers lost, by name.
    images : ndarray of uint8, shape (n, height, width, channels), or None
        The first eight of them are used; random ones if there are none.

    Returns
    -------
    bool
        False if the check says nothing, since the outputs hardly differ between images.

    Raises
    ------
    InputError
        The two differ by more than a millionth of the standard deviation of the outputs between
        images; or one of them does not run, or is not deterministic.
    """
    pixels = trial_pixels(original, images)
    with torch.inference_mode(False), torch.no_grad(), _running(original, pixels) as (whole, dtype):
        after, batches = _converted(cut, dtype), as_batches(original, pixels, dtype)
        expected = _expected(original.name, whole, absent, batches)
        try:
            computed = _outputs(after, batches)
        except Exception as error:  # whatever the operation that does not fit raises
            raise InputError(
                f"{original.name} does not run once it is pruned ({error}): it has an operation that"
                " torch-pruning cannot follow"
            ) from error
        variation, largest = _variation(expected)
        if variation <= _VISIBLE * largest:
            return False
        off = _distance(expected, computed)
        tolerance = _TOLERANCE if dtype == torch.float64 else _SHORT_TOLERANCE
        if not off <= tolerance * variation:
            raise InputError(
                f"{original.name} computes something else once it is pruned (outputs are off by"
                f" {off / variation:.2g} standard deviations between images): it has an operation that"
                " torch-pruning cannot follow"
            )
        return True


def check_network(network: Network) -> None:
    """Refuse a network whose cuts cannot be checked at all.

    Raises
    ------
    InputError
        It does not run on an image, does not return one tensor, gives numbers that are not finite, or
        gives other ones when it is run again.
    """
    pixels = trial_pixels(network, None)
    with torch.inference_mode(False), torch.no_grad(), _running(network, pixels) as (module, dtype):
        batches = as_batches(network, pixels, dtype)
        first, again = _outputs(module, batches), _outputs(module, batches)
        if not first.isfinite().all():
            raise InputError(
                f"{network.name} computes numbers that are not finite; a cut of it cannot be checked"
            )
        _require_equal(network.name, first, again)


def check_training(original: Network, cut: Network) -> None:
    """Refuse a cut network that no longer runs in training mode, which may call additional layers.

    Raises
    ------
    InputError
        The original runs in training mode, its cut does not.
    """
    called: list[str] = []
    batch = as_batches(original, trial_pixels(original, None)[:4], None)
    module = original.copy().module
    with noting(module, names := leaves(module), lambda name, *_: called.append(name)):
        module(batch[0])
    idle = [n for n in names if n not in called and [*module.get_submodule(n).parameters()]]
    if not idle or _training_fault(original, batch):
        return
    fault = _training_fault(cut, batch)
    if fault:
        raise InputError(
            f"{original.name} does not run in training mode once it is pruned ({fault}): only training"
            f" calls {idle[0]!r}, and torch-pruning cannot follow it; remove that part of the network"
        )


def _training_fault(network: Network, batch: Sequence[Tensor]) -> str | None:
    module = network.copy().module.train()
    try:
        with torch.inference_mode(False), torch.no_grad():
            module(torch.cat(list(batch)))
    except Exception as error:  # whatever a layer raises that does not fit
        return str(error)
    return None


@contextmanager
def _running(
    network: Network, pixels: NDArray[np.uint8]
) -> Iterator[tuple[nn.Module, torch.dtype | None]]:
    """Lend a copy in float64, or in its own type (None) if it runs in no other."""
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        module = _converted(network, torch.float64)
        if _runs(module, as_batches(network, pixels[:1], torch.float64)[0]):
            yield module, torch.float64
            return
    finally:
        torch.set_default_dtype(usual)
    yield _converted(network, None), None


def _runs(module: nn.Module, batch: Tensor) -> bool:
    try:
        module(batch)
    except Exception:  # whatever a layer raises that computes in another type
        return False
    return True


def _converted(network: Network, dtype: torch.dtype | None) -> nn.Module:
    module = network.copy().module
    return module if dtype is None else module.cpu().to(dtype)


def _expected(name: str, whole: nn.Module, absent: Absent, batches: Sequence[Tensor]) -> Tensor:
    """What the original computes without the channels that are gone."""
    with without(whole, absent) as absence:
        expected, again = _outputs(whole, batches), _outputs(whole, batches[:1])
    if expected.isfinite().all():
        _require_equal(name, expected[: len(again)], again)
        return expected
    if not _outputs(whole, batches).isfinite().all():
        raise InputError(f"{name} computes numbers that are not finite; its cut cannot be checked")
    by = f" (by {absence.mixing[0]!r})" if absence.mixing else ""
    raise InputError(
        f"{name} computes something else once it is pruned: it takes all channels together{by}, and"
        " some of them would be gone"
    )


def _outputs(module: nn.Module, batches: Sequence[Tensor]) -> Tensor:
    parts = []
    for batch in batches:
        output = module(batch)
        if not isinstance(output, Tensor):
            raise InputError(
                f"the network returns a {type(output).__name__}; wrap it in a module that returns the"
                " tensor of logits"
            )
        parts.append(output.flatten(1))
    return torch.cat(parts)


def _require_equal(name: str, first: Tensor, again: Tensor) -> None:
    off, scale = _distance(first, again), float(first.abs().max())
    if off > _TOLERANCE * scale:
        raise InputError(
            f"{name} is not deterministic in evaluation mode: two runs on the same images differ by"
            f" {off:.2g}; call dropout and other random layers with training=self.training"
        )


def _distance(one: Tensor, other: Tensor) -> float:
    return float((one - other).abs().max()) if one.shape == other.shape else float("inf")


def _variation(outputs: Tensor) -> tuple[float, float]:
    """The standard deviation between images, over all outputs, and the largest output."""
    deviations = outputs - outputs.mean(0)
    return float(deviations.square().mean().sqrt()), float(outputs.abs().max())
