"""The filters of a network's layers as points in space: the input of every criterion."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import nn

from dispersion.errors import InputError, UnknownNameError
from dispersion.membership import checked_membership
from pruning.cutting.survey import survey
from pruning.tracing.graph import Coupling
from pruning.zoo.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class FilterLayer:
    """Filters that are kept or dropped one by one: of a convolution, or of several tied ones.

    Parameters
    ----------
    name : str
        Dotted name of the first convolution.
    convolutions : tuple of str
        Every convolution that loses the same channels, itself first, in forward order: those tied
        by additions and the depthwise ones that follow.
    points : ndarray of float64, shape (n, d)
        One row per filter: its weights, flattened, and those of its counterparts in the tied
        convolutions one after the other.  Read-only.
    coupled : bool
        Whether it is tied to other layers by additions; a depthwise convolution after it is no tie.
    shapes : tuple of tuple of int
        The shape of one filter in every convolution: input channels, height, width.  Empty for one
        channel.
    required, excluded : tuple of int
        Filters that must stay, and that must go (see `fixed_filters`).
    """

    name: str
    convolutions: tuple[str, ...]
    points: NDArray[np.float64]
    coupled: bool = False
    shapes: tuple[tuple[int, ...], ...] = ()
    required: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()

    @property
    def kernels(self) -> list[NDArray[np.float64]]:
        """The filters of every convolution in their own shape: (n, channels, height, width)."""
        shapes = self.shapes or ((1, 1, self.points.shape[1]),)
        ends = np.cumsum([math.prod(shape) for shape in shapes])
        parts = np.split(self.points, ends[:-1], axis=1)
        return [part.reshape(len(part), *shape) for part, shape in zip(parts, shapes, strict=True)]


def filter_layers(network: Network) -> list[FilterLayer]:
    """Find all layers whose filters can be pruned.

    Parameters
    ----------
    network : Network
        Left as it is.

    Returns
    -------
    list of FilterLayer
        In forward order.  `survey` says which convolutions are left out, and why.

    Raises
    ------
    InputError
        No layer can be pruned, or the network cannot be traced or checked; the message says why.
    """
    return [_layer(network.module, coupling) for coupling in survey(network).couplings]


def select_layers(layers: Sequence[FilterLayer], wanted: str = "inner") -> list[FilterLayer]:
    """Choose among the layers of a network.

    Parameters
    ----------
    layers : sequence of FilterLayer
        All of them.
    wanted : str
        "inner" for those not tied to others by additions, "all", or names and patterns separated by
        commas (``layer1.*.conv1,conv1``), where ``*`` and ``?`` match as in file names.  A number
        behind it, as in "inner:2", takes so many of them at most.

    Returns
    -------
    list of FilterLayer
        In the order of `layers`, each once.

    Raises
    ------
    UnknownNameError
        A name or pattern matches no layer.
    InputError
        "inner" is wanted where every layer is tied, or nothing is named.
    """
    which, colon, count = wanted.rpartition(":")
    if colon and count.isdecimal() and int(count) > 0:
        return select_layers(layers, which)[: int(count)]
    if wanted == "all":
        return list(layers)
    if wanted == "inner":
        inner = [layer for layer in layers if not layer.coupled]
        if not inner:
            raise InputError("all layers of this network are tied to others; ask for layers 'all'")
        return inner
    patterns = [pattern.strip() for pattern in wanted.split(",") if pattern.strip()]
    if not patterns:
        raise InputError(f"the layers {wanted!r} name no layer; give 'inner', 'all' or names")
    for pattern in patterns:
        if not any(fnmatchcase(layer.name, pattern) for layer in layers):
            raise UnknownNameError("layer", pattern, [layer.name for layer in layers])
    return [layer for layer in layers if any(fnmatchcase(layer.name, p) for p in patterns)]


def fixed_filters(
    layers: Sequence[FilterLayer],
    required: Mapping[str, ArrayLike] | None = None,
    excluded: Mapping[str, ArrayLike] | None = None,
) -> list[FilterLayer]:
    """The same layers, of which some filters must stay or go, whoever chooses the others.

    Parameters
    ----------
    layers : sequence of FilterLayer
        Of one network.
    required, excluded : mapping of str to array_like of int, optional
        The name of a layer to the filters of it that must stay, and that must go, counted from 0.

    Raises
    ------
    UnknownNameError
        A name is that of no layer.
    InputError
        A filter is none of the layer, comes twice, or must both stay and go; or all must go.

    Examples
    --------
    >>> layer = FilterLayer("conv", ("conv",), np.eye(4))
    >>> [fixed] = fixed_filters([layer], required={"conv": [2]}, excluded={"conv": [0]})
    >>> fixed.required, fixed.excluded
    ((2,), (0,))
    """
    stay, go = required or {}, excluded or {}
    for name in (*stay, *go):
        if name not in {layer.name for layer in layers}:
            raise UnknownNameError("layer", name, [layer.name for layer in layers])
    return [_fixed(layer, stay.get(layer.name, ()), go.get(layer.name, ())) for layer in layers]


def _fixed(layer: FilterLayer, required: ArrayLike, excluded: ArrayLike) -> FilterLayer:
    n = len(layer.points)
    try:
        known = checked_membership(required, excluded, True, n, n, True)
    except InputError as error:
        raise InputError(f"layer {layer.name}: {error}") from error
    return replace(layer, required=known.required, excluded=known.excluded)


def _layer(module: nn.Module, coupling: Coupling) -> FilterLayer:
    weights = [module.get_submodule(name).get_parameter("weight") for name in coupling.convolutions]
    rows = [weight.detach().cpu().double().flatten(1).numpy() for weight in weights]
    points: NDArray[np.float64] = np.concatenate(rows, axis=1)
    points.setflags(write=False)
    shapes = tuple(tuple(weight.shape[1:]) for weight in weights)
    return FilterLayer(
        coupling.convolutions[0], coupling.convolutions, points, coupling.coupled, shapes
    )
