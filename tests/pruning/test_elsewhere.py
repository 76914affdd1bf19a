"""All that is done to a network works where the network is, be it another device than the CPU.

The device is one that is not there: its tensors are kept on the CPU, and work with their own kind only,
so what mixes devices fails on it as it does on a GPU, on every machine.  What it does not show: the
kernels, rounding and memory of a real one, mixed precision, and what torch does not send through its
dispatcher (``Module.to``; hence `moved`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

from pruning import (
    Budget,
    Calibration,
    Kept,
    Network,
    accuracies,
    allocate,
    allocations,
    filter_layers,
    mask,
    prune,
    reconstruct,
    reestimate_batchnorm,
    size_model,
)
from pruning.criteria import criteria, keep
from pruning.spaces import in_space, spaces
from pruning.training import Schedule, train

DEVICE = torch.device("lazy:0")  # a name that torch knows and no build of it supports

_aten = torch.ops.aten
_BRIDGES = (_aten._to_copy.default, _aten.copy_.default)  # may read one device and write another
_LENIENT = (_aten.index.Tensor, _aten.index_put_.default)  # take indices from the CPU, as on a GPU


class Elsewhere(TorchDispatchMode):
    """While it is entered, tensors can be made on `DEVICE`."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        return _run(func, args, kwargs or {})


def moved(network: Network) -> Network:
    """Copy a network to the second device."""
    network = network.copy()
    for module in network.module.modules():
        for name, parameter in module._parameters.items():
            if parameter is not None:
                there = parameter.detach().to(DEVICE)
                module._parameters[name] = nn.Parameter(there, parameter.requires_grad)
        for name, buffer in module._buffers.items():
            if buffer is not None:
                module._buffers[name] = buffer.to(DEVICE)
    return network


class _There(Tensor):
    """A tensor that says it is on the second device."""

    here: Tensor

    @staticmethod
    def __new__(cls, here: Tensor) -> _There:
        with torch.inference_mode(mode=False):  # a wrapper is never an inference tensor
            made: _There = torch.Tensor._make_wrapper_subclass(  # type: ignore[attr-defined]
                cls,
                here.size(),
                strides=here.stride(),
                storage_offset=here.storage_offset(),
                dtype=here.dtype,
                device="cpu",
                dispatch_device=True,
            )
        made.here = here
        return made

    @classmethod
    def __torch_dispatch__(
        cls, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        return _run(func, args, kwargs or {})

    def __getitem__(self, index: Any) -> Tensor:
        return super().__getitem__(_without_lists(index))

    def __setitem__(self, index: Any, value: Any) -> None:
        super().__setitem__(_without_lists(index), value)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        copied: Tensor = _There(self.here.detach().clone())
        if isinstance(self, nn.Parameter):
            copied = nn.Parameter(copied, self.requires_grad)
        memo[id(self)] = copied
        return copied


def _without_lists(index: Any) -> Any:
    """Lists as tensors: torch would make them on the device itself, past the dispatcher."""
    if isinstance(index, tuple):
        return tuple(map(_without_lists, index))
    return torch.tensor(index) if isinstance(index, list) else index


def _run(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Run an operation on what the tensors hold, if all of them are on one device."""
    if func is torch.ops.prim.device.default:
        return DEVICE
    tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
    there = any(isinstance(tensor, _There) for tensor in tensors)
    asked = kwargs.get("device")
    if asked is not None:
        there = asked.type == DEVICE.type
        kwargs = {**kwargs, "device": torch.device("cpu")}
    elif func in (*_BRIDGES, *_LENIENT):
        there = isinstance(args[0], _There)
        if func in _LENIENT and not there and any(isinstance(tensor, _There) for tensor in tensors):
            raise RuntimeError(f"{func}: indices are on {DEVICE}, the tensor is on the CPU")
    elif there and any(tensor.dim() and not isinstance(tensor, _There) for tensor in tensors):
        raise RuntimeError(f"{func}: some tensors are on {DEVICE}, others on the CPU")
    found = func(*tree_map(_held, args), **tree_map(_held, kwargs))
    if func._schema.is_mutable and len(func._schema.returns) == 1 and "out" not in kwargs:
        return args[0]
    return (
        tree_map(lambda one: _There(one) if isinstance(one, Tensor) else one, found) if there else found
    )


def _held(value: Any) -> Any:
    return value.here if isinstance(value, _There) else value


_RNG = np.random.default_rng(0)
IMAGES = _RNG.integers(0, 256, (12, 32, 32, 3), dtype=np.uint8)
LABELS = _RNG.integers(0, 10, 12)


@pytest.fixture(scope="module")
def here(small_resnet: Network) -> Calibration:
    return Calibration(small_resnet, IMAGES, LABELS, batch=5)


@pytest.fixture(scope="module")
def there(small_resnet: Network) -> Iterator[Calibration]:
    with Elsewhere():
        network = moved(small_resnet)
        assert network.device == DEVICE
        yield Calibration(network, IMAGES, LABELS, batch=5)


def halves(network: Network) -> Kept:
    return {layer.name: np.arange(0, len(layer.points), 2) for layer in filter_layers(network)}


def weights(network: Network) -> Tensor:
    return torch.cat([tensor.detach().cpu().flatten() for tensor in network.module.parameters()])


def test_what_mixes_devices_fails(there: Calibration) -> None:
    """The device refuses what a GPU refuses, and takes what it takes."""
    one, two = torch.ones(3), torch.ones(3, device=DEVICE)
    assert (two + 1).device == DEVICE
    assert torch.equal((two[torch.tensor([0, 2])] * torch.tensor(2.0)).cpu(), torch.full((2,), 2.0))
    with pytest.raises(RuntimeError, match="some tensors are on lazy:0, others on the CPU"):
        one + two
    with pytest.raises(RuntimeError, match="indices are on lazy:0"):
        one[two.long()]
    with pytest.raises(RuntimeError, match="numpy"):
        two.numpy()
    with pytest.raises(RuntimeError, match="others on the CPU"):
        there.network.module(torch.zeros(1, 3, 32, 32))


@pytest.mark.parametrize("name", list(criteria))
def test_criteria(here: Calibration, there: Calibration, name: str) -> None:
    """Every criterion keeps the same filters."""
    given = {"images": 4, "samples": 2} if name == "snpfi" else {}  # enough to see where it runs
    for k in (1, -1):
        one, other = [
            keep(layer, len(layer.points) // 2, name, calibration=calibration, **given)
            for calibration in (here, there)
            for layer in [filter_layers(calibration.network)[k]]
        ]
        assert np.array_equal(one, other)


@pytest.mark.parametrize("name", list(spaces))
def test_spaces(here: Calibration, there: Calibration, name: str) -> None:
    """Filters are the same points."""
    one, other = [
        in_space(filter_layers(calibration.network)[1], name, calibration=calibration).points
        for calibration in (here, there)
    ]
    np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "name", sorted(set(allocations) - {"snpfi"})
)  # minutes; its game is tested above
def test_allocations(here: Calibration, there: Calibration, name: str) -> None:
    """Budgets are divided in the same way."""
    counts = [
        allocate(layers, size_model(calibration.network), budget, name, calibration=calibration)
        for budget in [Budget.parse("macs=0.7")]
        for calibration in (here, there)
        for layers in [[one for one in filter_layers(calibration.network) if not one.coupled]]
    ]
    assert counts[0] == counts[1]


@pytest.mark.usefixtures("long_floats")
def test_repairs(here: Calibration, there: Calibration) -> None:
    """Cut, masked, re-estimated, fitted and trained networks stay there, and are the same."""

    def made(calibration: Calibration) -> dict[str, Network]:
        network = calibration.network
        kept = halves(network)
        cut = prune(network, kept)
        return {
            "masked": mask(network, kept),
            "cut": cut,
            "re-estimated": reestimate_batchnorm(cut, IMAGES),
            "fitted": reconstruct(calibration, cut),
            "trained": train(cut, IMAGES, LABELS, Schedule.fine_tuning(1, seed=0)),
        }

    away = made(there)
    for name, network in made(here).items():
        assert away[name].device == DEVICE, name
        torch.testing.assert_close(
            weights(away[name]), weights(network), rtol=1e-3, atol=1e-4, msg=name
        )
        assert accuracies(away[name], IMAGES, LABELS) == accuracies(network, IMAGES, LABELS), name
