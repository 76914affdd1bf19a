"""Diverse sets by determinantal point processes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import UnknownNameError
from dispersion.metrics import distances
from pruning.criteria import Indices, selecting
from pruning.filters import FilterLayer
from pruning.parameters import need

_Matrix = NDArray[np.float64]


@selecting(
    "dpp",
    summary="a k-DPP of the filters: greedy MAP or an exact sample (Mariet and Sra 2016)",
    reconstruction="the points (weights in place of activations) and with them beta",
    chance=lambda arguments: arguments["mode"] == "sample",
)
def dpp(
    layer: FilterLayer,
    p: int,
    *,
    mode: str = "map",
    beta: float | None = None,
    ridge: float = 0.01,
    seed: int = 0,
) -> Indices:
    """Select p filters by the kernel L_ij = exp(-beta ||F_i - F_j||^2), plus `ridge` on the diagonal.

    DIVNet (Mariet and Sra, ICLR 2016, section 3) does so on activations.  **A reconstruction**: here
    the points are weights.

    Parameters
    ----------
    layer : FilterLayer
        Its filters.
    p : int
        How many to select.
    mode : str
        "map": greedily the largest determinant, deterministic (Chen, Zhang and Zhou, NeurIPS 2018).
        "sample": exact, a set S with probability proportional to det L_S (Kulesza and Taskar, ICML
        2011).
    beta : float or None
        None for 1 over the mean squared distance of the layer, a choice of ours.
    ridge : float
        Above 0, so that equal filters do not make the kernel singular.
    seed : int
        Seed of the sample.
    """
    if mode not in _MODES:
        raise UnknownNameError("mode of dpp", mode, _MODES)
    need(ridge > 0.0, f"dpp needs a ridge above 0, not {ridge!r}.")
    need(beta is None or beta >= 0.0, f"dpp needs a beta of 0 or more, not {beta!r}.")
    return _MODES[mode](kernel(layer.points, beta, ridge), p, np.random.default_rng(seed))


def kernel(points: _Matrix, beta: float | None, ridge: float) -> _Matrix:
    """The kernel matrix L, shape (n, n); see `dpp`."""
    squared = distances(points) ** 2
    if beta is None:
        pairs = len(points) * (len(points) - 1)
        mean = squared.sum() / pairs if pairs else 0.0
        beta = 1.0 / mean if mean > 0.0 else 0.0
    similar: _Matrix = np.exp(-beta * squared) + ridge * np.eye(len(points))
    return similar


def _map(L: _Matrix, p: int, rng: np.random.Generator) -> Indices:
    """Add the point that raises the determinant most, p times, by an incremental Cholesky factor."""
    n = len(L)
    factor, gains = np.zeros((p, n)), L.diagonal().copy()
    chosen = np.zeros(p, dtype=np.int64)
    for k in range(p):
        chosen[k] = best = int(gains.argmax())
        row = (L[best] - factor[:k, best] @ factor[:k]) / np.sqrt(gains[best])
        factor[k] = row
        gains = np.maximum(gains - row**2, 0.0)
        gains[chosen[: k + 1]] = -np.inf
    return chosen


def _sample(L: _Matrix, p: int, rng: np.random.Generator) -> Indices:
    """Draw p eigenvectors by elementary symmetric polynomials, then a point for each."""
    values, vectors = np.linalg.eigh(L)
    V = vectors[:, _eigenvectors(np.log(np.maximum(values, 1e-300)), p, rng)]
    chosen, basis = np.zeros(p, dtype=np.int64), np.zeros((p, p))  # rows of V drawn, orthonormalised
    left = np.einsum("ij,ij->i", V, V)  # of each row, beyond that basis
    for k in range(p):
        chosen[k] = v = int(rng.choice(len(L), p=left / left.sum()))
        beyond = V[v] - basis[:k].T @ (basis[:k] @ V[v])
        basis[k] = beyond / np.linalg.norm(beyond)
        left = np.maximum(left - (V @ basis[k]) ** 2, 0.0)
        left[chosen[: k + 1]] = 0.0
    return chosen


def _eigenvectors(logs: NDArray[np.float64], p: int, rng: np.random.Generator) -> Indices:
    """Draw p of n eigenvalues, each set with probability proportional to its product; in logarithms."""
    n = len(logs)
    polynomials = np.full((p + 1, n + 1), -np.inf)  # of degree k in the first i eigenvalues
    polynomials[0] = 0.0
    for i in range(1, n + 1):
        polynomials[1:, i] = np.logaddexp(polynomials[1:, i - 1], logs[i - 1] + polynomials[:-1, i - 1])
    drawn, k = np.zeros(p, dtype=np.int64), p
    for i in range(n, 0, -1):
        if k and np.log(rng.random()) < logs[i - 1] + polynomials[k - 1, i - 1] - polynomials[k, i]:
            k -= 1
            drawn[k] = i - 1
    return drawn


_MODES: dict[str, Callable[[_Matrix, int, np.random.Generator], Indices]] = {
    "map": _map,
    "sample": _sample,
}
