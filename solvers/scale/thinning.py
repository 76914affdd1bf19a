"""The few points of one block that are kept: farthest points for max-min, local search for max-sum.

The proofs that need `Part.radius` are in `solvers.scale.coresets`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispersion.arrays.points import real_array
from dispersion.errors import UnknownNameError
from dispersion.membership import Membership
from dispersion.metrics.euclidean import lengths_of
from dispersion.objectives import MAX_MIN, MAX_SUM
from solvers.scale.points import checked_rows, farthest_from_points

_TOLERANCE = 1e-6  # relative gain below which local search ends
_LEAST = 1e-290  # smaller squares have lost digits, or all

Points = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Part:
    """The points kept of a block of n points, their rows in the block, and the radius."""

    points: NDArray[np.float64]
    rows: NDArray[np.intp]
    radius: float
    n: int


def _to(rows: NDArray[np.float64], point: int) -> NDArray[np.float64]:
    """Euclidean distance of every row to one of them, without cancellation, underflow and overflow."""
    with np.errstate(over="ignore"):
        away = rows - rows[point]
        squared: NDArray[np.float64] = np.einsum("ij,ij->i", away, away)
    lengths = np.sqrt(squared)
    lost = (squared < _LEAST) | ~np.isfinite(squared)
    lengths[lost] = lengths_of(away[lost])
    return lengths


def farthest(rows: Points, size: int, threads: int) -> tuple[NDArray[np.intp], float]:
    """GMM: `size` points and the largest distance of any other to the nearest of them."""
    chosen = farthest_from_points(rows, size + 1, start=0, threads=threads)
    kept, next_one = chosen[:-1], int(chosen[-1])
    return kept, float(_to(rows[[*kept, next_one]], size)[:-1].min())


def exchanged(rows: Points, size: int, threads: int) -> tuple[NDArray[np.intp], float]:
    """Local search from the points of GMM; the largest mean distance of any other to where it ends."""
    kept, _ = farthest(rows, size, threads)
    _, exponent = np.frexp(np.abs(rows).max())
    rows = np.ldexp(rows, -int(exponent))  # so that sums are finite
    sums: NDArray[np.float64] = sum((_to(rows, k) for k in kept), start=np.zeros(len(rows)))
    while True:
        outside = sums.copy()
        outside[kept] = -np.inf
        enterer = int(outside.argmax())
        near = _to(rows, enterer)
        gains = sums[enterer] - near[kept] - sums[kept]
        leaver = int(gains.argmax())
        if gains[leaver] <= _TOLERANCE * sums[kept].sum() / (2 * len(kept)):
            break
        sums += near - _to(rows, int(kept[leaver]))
        kept[leaver] = enterer
    sums = sum((_to(rows, k) for k in kept), start=np.zeros(len(rows)))  # updates have rounded
    sums[kept] = 0.0
    return kept, float(np.ldexp(sums.max() / len(kept), int(exponent)))


@dataclass(frozen=True, slots=True)
class Thinning:
    """How blocks are thinned out for an objective.

    Attributes
    ----------
    thin : callable
        From points, shape (n, d), how many to keep, and threads, to the rows kept and the radius.
    lost : callable
        From the radius and p to the most that the optimum can lose with the points left out.
    """

    thin: Callable[[Points, int, int], tuple[NDArray[np.intp], float]]
    lost: Callable[[float, int], float]


THINNING = {
    MAX_MIN.name: Thinning(farthest, lambda radius, p: 2.0 * radius),
    MAX_SUM.name: Thinning(exchanged, lambda radius, p: p * (p - 1) * radius),
}


def thinning_for(objective: str) -> Thinning:
    """The way to thin out blocks for an objective; `UnknownNameError` if there is none."""
    if objective not in THINNING:
        raise UnknownNameError("objective", objective, THINNING)
    return THINNING[objective]


def _of_block(
    block: Any,
    number: int,
    known: Membership,
    *,
    size: int,
    metric: str,
    thinning: Thinning,
    threads: int,
) -> Part | None:
    """The core-set of one block, with its required points; `None` if it is empty."""
    if len(block) == 0:
        return None
    given = real_array(block, "a numeric (n, d) array of points")
    rows = checked_rows(given, metric, f" of block {number}")
    left = np.setdiff1d(np.arange(len(rows)), known.excluded)
    if len(left) <= size:
        return Part(given[left], left, 0.0, len(rows))
    kept, radius = thinning.thin(rows if len(left) == len(rows) else rows[left], size, threads)
    kept = np.union1d(left[kept], known.required).astype(np.intp)
    return Part(given[kept], kept, radius, len(rows))


def _within(known: Membership, first: int, end: float) -> Membership:
    """The required and excluded points of a block, counted from its first."""
    required, excluded = (
        tuple(point - first for point in points if first <= point < end)
        for points in (known.required, known.excluded)
    )
    return Membership(required, excluded)


def parts_of(points: Any, block_rows: int, known: Membership, **wanted: Any) -> Sequence[Part | None]:
    """The core-sets of all blocks; those of a Dask array on whatever scheduler it is set to use."""
    of_block: Callable[[Any, int, Membership], Part | None] = partial(_of_block, **wanted)
    if type(points).__module__.partition(".")[0] == "dask":
        dask = import_module("dask")
        blocks = points.rechunk({1: -1}).to_delayed().ravel()
        ends = np.cumsum(points.chunks[0])  # NaN where Dask cannot tell, and then nothing is known
        firsts = [0, *ends[:-1]]
        work = [
            dask.delayed(of_block)(block, k, _within(known, firsts[k], ends[k]))
            for k, block in enumerate(blocks)
        ]
        return tuple(dask.compute(*work))
    starts = range(0, len(points), block_rows)
    return [
        of_block(points[a : a + block_rows], k, _within(known, a, a + block_rows))
        for k, a in enumerate(starts)
    ]
