"""Tests of `pruning.farthest`, on the processor: no accelerator is needed, nor was one seen."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dispersion.errors import InputError
from pruning.farthest import farthest_points_torch
from solvers import farthest_from_points


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("seed", range(5))
def test_the_same_points_as_ours(seed, dtype):
    """Whole coordinates: ties and copies fall alike, in every precision."""
    rng = np.random.default_rng(seed)
    points = rng.integers(-5, 6, size=(int(rng.integers(1, 400)), int(rng.integers(1, 6))))
    p, start = int(rng.integers(1, len(points) + 1)), int(rng.integers(len(points)))
    chosen = farthest_points_torch(torch.tensor(points).to(dtype), p, start)
    assert chosen.dtype is torch.int64
    assert chosen.tolist() == farthest_from_points(points, p, start=start).tolist()


def test_weights_of_a_layer_may_be_given_as_they_are():
    """A parameter that wants gradients gets none, and is not changed."""
    weight = torch.nn.Parameter(torch.randn(20, 9, generator=torch.Generator().manual_seed(0)))
    before = weight.detach().clone()
    chosen = farthest_points_torch(weight, 20)
    assert sorted(chosen.tolist()) == list(range(20))
    assert weight.grad is None
    assert torch.equal(weight.detach(), before)


@pytest.mark.parametrize(
    ("points", "arguments", "message"),
    [
        (torch.zeros(3), {}, r"shape \(n, d\) with n, d >= 1, got \(3,\)"),
        (torch.zeros(0, 2), {}, r"got \(0, 2\)"),
        (torch.zeros(3, 2, dtype=torch.int64), {}, "floats, got torch.int64"),
        (torch.zeros(3, 2), {"p": 4}, "p must lie between 1 and 3, got 4"),
        (torch.zeros(3, 2), {"start": 3}, "start must lie between 0 and 2, got 3"),
        (torch.full((3, 2), torch.nan), {}, "NaN"),
    ],
)
def test_bad_input_is_one_sentence(points, arguments, message):
    """It names the offending value."""
    with pytest.raises(InputError, match=message):
        farthest_points_torch(points, **({"p": 2} | arguments))
