"""What is computed without channels that do not exist, held against really leaving them out."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from pruning.cutting.absence import Absence, without

GONE, LEFT = [1, 4, 5], [0, 2, 3, 6, 7]


def draw(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def blanked(x: Tensor, axis: int) -> Tensor:
    return x.index_fill(axis, torch.tensor(GONE), torch.nan)


def left(x: Tensor, axis: int) -> Tensor:
    return x.index_select(axis, torch.tensor(LEFT))


W, B = draw(5, 8, 3, 3), draw(8)

READERS: dict[str, tuple[int, Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]] = {
    "convolution": (1, lambda x: F.conv2d(x, W), lambda x: F.conv2d(x, left(W, 1))),
    "transposed": (
        1,
        lambda x: F.conv_transpose2d(x, W.transpose(0, 1)),
        lambda x: F.conv_transpose2d(x, left(W.transpose(0, 1), 0)),
    ),
    "linear": (
        1,
        lambda x: F.linear(x.mean((2, 3)), W[:, :, 0, 0], W[:, 0, 0, 0]),
        lambda x: F.linear(x.mean((2, 3)), left(W[:, :, 0, 0], 1), W[:, 0, 0, 0]),
    ),
    "linear of sequences": (
        1,
        lambda x: F.linear(x.flatten(2).transpose(1, 2), W[:, :, 0, 0]),
        lambda x: F.linear(x.flatten(2).transpose(1, 2), left(W[:, :, 0, 0], 1)),
    ),
    "products of maps": (
        1,
        lambda x: torch.einsum("ncp,ncq->npq", x.flatten(2), x.flatten(2).tanh()),
        lambda x: torch.einsum("ncp,ncq->npq", x.flatten(2), x.flatten(2).tanh()),
    ),
    "sum": (1, lambda x: x.sum(1), lambda x: x.sum(1)),
    "norm": (1, lambda x: x.norm(dim=1), lambda x: x.norm(dim=1)),
    "flattened": (
        1,
        lambda x: F.linear(x.flatten(1), draw(3, 8 * 36)),
        lambda x: F.linear(x.flatten(1), left(draw(3, 8 * 36).unflatten(1, (8, 36)), 1).flatten(1)),
    ),
}


@pytest.mark.parametrize("name", READERS)
def test_readers_leave_out_what_is_absent(name: str) -> None:
    """Nothing comes of absent channels, whatever reads them."""
    axis, whole, cut = READERS[name]
    x = draw(2, 8, 6, 6)
    with torch.no_grad(), Absence():
        found = whole(blanked(x, axis))
    torch.testing.assert_close(found, cut(left(x, axis)))


KEEPERS: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]] = {
    "relu": (F.relu, F.relu),
    "sigmoid": (torch.sigmoid, torch.sigmoid),
    "pooling": (lambda x: F.max_pool2d(x, 2), lambda x: F.max_pool2d(x, 2)),
    "depthwise": (
        lambda x: F.conv2d(x, draw(8, 1, 3, 3), B, groups=8, padding=1),
        lambda x: F.conv2d(x, left(draw(8, 1, 3, 3), 0), left(B, 0), groups=5, padding=1),
    ),
    "batch norm": (
        lambda x: F.batch_norm(x, B, B.abs() + 1, B, B),
        lambda x: F.batch_norm(x, *(left(one, 0) for one in (B, B.abs() + 1, B, B))),
    ),
    "layer norm": (
        lambda x: F.layer_norm(x.movedim(1, 3), (8,), B, B).movedim(3, 1),
        lambda x: F.layer_norm(x.movedim(1, 3), (5,), left(B, 0), left(B, 0)).movedim(3, 1),
    ),
    "group norm": (
        lambda x: F.group_norm(x, 1, B, B),
        lambda x: F.group_norm(x, 1, left(B, 0), left(B, 0)),
    ),
    "instance norm": (F.instance_norm, F.instance_norm),
    "normalised": (F.normalize, F.normalize),
}


@pytest.mark.parametrize("name", KEEPERS)
def test_absent_channels_stay_absent(name: str) -> None:
    """The others are as in a network that has no more than those."""
    whole, cut = KEEPERS[name]
    x = draw(2, 8, 6, 6)
    with torch.no_grad(), Absence():
        found = whole(blanked(x, 1))
    assert found[:, GONE].isnan().all()
    torch.testing.assert_close(left(found, 1), cut(left(x, 1)))


@pytest.mark.parametrize(
    ("mix", "name"),
    [
        (lambda x: x.mean(1), "mean"),
        (lambda x: x.amax(1), "amax"),
        (lambda x: x.softmax(1), "_softmax"),
        (lambda x: x.var(1), "var"),
    ],
)
def test_other_mixtures_are_noticed(mix: Callable[[Tensor], Tensor], name: str) -> None:
    """What would be another mean with fewer channels becomes nothing, and is named."""
    absence = Absence()
    with torch.no_grad(), absence:
        assert mix(blanked(draw(2, 8, 6, 6), 1)).isnan().all()
    assert absence.mixing == [name]


@pytest.mark.parametrize("layer", [nn.Conv2d(8, 8, 1), nn.Conv1d(8, 8, 1), nn.Linear(8, 8)], ids=str)
def test_layers_stop_making_channels(layer: nn.Module) -> None:
    """Inside the block only; the weights are not touched."""
    shape = {nn.Conv2d: (2, 8, 4, 4), nn.Conv1d: (2, 8, 4), nn.Linear: (2, 8)}[type(layer)]
    x = draw(*shape).float()
    with torch.no_grad():
        before = layer(x)
        with without(nn.Sequential(layer), {"0": GONE}):
            found = layer(x)
        assert torch.equal(layer(x), before)
    assert np.flatnonzero(found[0].isnan().reshape(8, -1).all(1)).tolist() == GONE
    torch.testing.assert_close(found[:, LEFT], before[:, LEFT])
