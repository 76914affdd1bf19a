"""Farthest-point insertion with torch, on the processor or on an accelerator."""

from __future__ import annotations

import torch
from torch import Tensor

from dispersion.errors import InputError


def _checked(points: Tensor, p: int, start: int) -> Tensor:
    """Check the input; return the points in at least single precision."""
    if points.ndim != 2 or 0 in points.shape:
        raise InputError(f"points must have shape (n, d) with n, d >= 1, got {tuple(points.shape)}.")
    if not points.is_floating_point():
        raise InputError(f"points must be floats, got {points.dtype}; use points.double().")
    if not 1 <= p <= len(points):
        raise InputError(f"p must lie between 1 and {len(points)}, got {p}.")
    if not 0 <= start < len(points):
        raise InputError(f"start must lie between 0 and {len(points) - 1}, got {start}.")
    if not torch.isfinite(points).all():
        raise InputError("points hold NaN or infinity; every coordinate must be finite.")
    return points if points.dtype in (torch.float32, torch.float64) else points.float()


@torch.no_grad()
def farthest_points_torch(points: Tensor, p: int, start: int = 0) -> Tensor:
    """Choose p points: start with `start`, then add the point farthest from those chosen, p - 1 times.

    Every distance to every chosen point is computed, O(n p d), and nothing waits for the host between
    two steps.  On the processor `solvers.farthest_from_points` is faster: it leaves most of them out.

    Parameters
    ----------
    points : Tensor of floats, shape (n, d)
        One point a row, on any device.  Half precision is computed in float32.
    p : int
        How many points, 1 <= p <= n.
    start : int
        The first point.

    Returns
    -------
    Tensor of int64, shape (p,)
        In the order in which they were chosen, on the device of the points.  Ties go to the lowest
        index; where sums of squares are exact, as of small whole numbers, the same points as
        `solvers.farthest_from_points` takes.  Needs as much memory as the points once more.

    Raises
    ------
    InputError
        The points are not finite floats of shape (n, d), or p or start is out of range.
    """
    rows = _checked(points, p, start)
    chosen = torch.empty(p, dtype=torch.int64, device=rows.device)
    nearest = torch.full((len(rows),), torch.inf, dtype=rows.dtype, device=rows.device)
    difference = torch.empty_like(rows)
    point = torch.tensor([start], device=rows.device)
    for k in range(p):
        chosen[k : k + 1] = point
        torch.sub(rows, rows.index_select(0, point), out=difference)
        torch.minimum(nearest, difference.square_().sum(dim=1), out=nearest)
        nearest.index_fill_(0, point, -1.0)
        point = nearest.argmax().reshape(1)
    return chosen
