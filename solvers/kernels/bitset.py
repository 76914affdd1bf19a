"""Threshold graphs as bitsets: row i holds, as set bits, the points at rank >= t from point i."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.compiled import compiled, lowest_bit, popcount

Bits = NDArray[np.uint64]


@compiled()
def has(bits: Bits, v: int) -> bool:
    """Whether bit `v` is set."""
    return (bits[v >> 6] >> np.uint64(v & 63)) & np.uint64(1) != 0


@compiled()
def put(bits: Bits, v: int) -> None:
    """Set bit `v`."""
    bits[v >> 6] |= np.uint64(1) << np.uint64(v & 63)


@compiled()
def drop(bits: Bits, v: int) -> None:
    """Clear bit `v`."""
    bits[v >> 6] &= ~(np.uint64(1) << np.uint64(v & 63))


@compiled()
def count(bits: Bits) -> int:
    """Number of set bits."""
    total = np.uint64(0)
    for word in bits:
        total += popcount(word)
    return np.int64(total)


@compiled()
def first(bits: Bits) -> int:
    """Position of the lowest set bit, -1 if none is."""
    for w in range(len(bits)):
        if bits[w] != 0:
            return np.int64(w * 64) + np.int64(lowest_bit(bits[w]))
    return -1


@compiled()
def linked(rows: Bits, u: int, v: int) -> bool:
    """Whether row `u` holds bit `v`."""
    return (rows[u, v >> 6] >> np.uint64(v & 63)) & np.uint64(1) != 0


@compiled("int64[::1](int32[:, ::1], int64, int64)")
def core_order(ranks: NDArray[np.int32], t: int, p: int) -> NDArray[np.int64]:
    """Points of the (p-1)-core of the threshold graph, in minimum-width order.

    A point with fewer than p - 1 neighbours lies in no selection of value >= t; removing it may
    condemn others.  What is left is ordered by repeatedly taking a point of smallest degree to the
    end, the initial order of San Segundo et al. (Computers & Operations Research 38, 2011).

    Parameters
    ----------
    ranks : ndarray of int32, shape (n, n)
        Ranks of the distances, -1 on the diagonal.
    t, p : int
        Least rank of an edge; size of a selection.

    Returns
    -------
    ndarray of int64, shape (m,)
        The surviving points; m < p means that no selection of value >= t exists.
    """
    n = len(ranks)
    degree = np.zeros(n, dtype=np.int64)
    for i in range(n):
        for j in range(n):
            degree[i] += ranks[i, j] >= t
    removed = np.empty(n, dtype=np.int64)
    alive = np.ones(n, dtype=np.bool_)
    peeled, core_found = 0, False
    for k in range(n):
        lowest = -1
        for i in range(n):
            if alive[i] and (lowest < 0 or degree[i] < degree[lowest]):
                lowest = i
        core_found = core_found or degree[lowest] >= p - 1
        peeled += not core_found
        alive[lowest] = False
        removed[k] = lowest
        for j in range(n):
            degree[j] -= ranks[lowest, j] >= t
    return removed[peeled:][::-1].copy()


@compiled("uint64[:, ::1](int32[:, ::1], int64[::1], int64)")
def adjacency(ranks: NDArray[np.int32], order: NDArray[np.int64], t: int) -> Bits:
    """Bitset rows of the threshold graph on the points `order`, in that order.

    Returns
    -------
    ndarray of uint64, shape (m, ceil(m / 64))
    """
    m = len(order)
    rows = np.zeros((m, (m + 63) // 64), dtype=np.uint64)
    for i in range(m):
        row = ranks[order[i]]
        for j in range(m):
            if row[order[j]] >= t:
                put(rows[i], j)
    return rows


@compiled("uint64[:, ::1](uint64[:, ::1], int64[::1])")
def induced(rows: Bits, points: NDArray[np.int64]) -> Bits:
    """Rows of the subgraph on `points`, in that order."""
    m = len(points)
    inner = np.zeros((m, (m + 63) // 64), dtype=np.uint64)
    for i in range(m):
        row = rows[points[i]]
        for j in range(m):
            if has(row, points[j]):
                put(inner[i], j)
    return inner


def packed(mask: NDArray[np.bool_]) -> Bits:
    """A mask, shape (m,), as a bitset of ceil(m / 64) words."""
    padded = np.zeros((len(mask) + 63) // 64 * 64, dtype=np.uint8)
    padded[: len(mask)] = mask
    return np.packbits(padded, bitorder="little").view(np.uint64)


def unpacked(rows: Bits, m: int) -> NDArray[np.bool_]:
    """Bitset rows as a matrix of booleans with `m` columns."""
    return np.unpackbits(rows.view(np.uint8), axis=-1, bitorder="little")[..., :m].astype(np.bool_)
