"""Whether the sum of distances is concave on the plane of selections, with a proof."""

from __future__ import annotations

import numpy as np

from solvers.run import Run, TimeUp
from solvers.sums.linear_algebra import (
    CHOLESKY,
    EIGENVALUES,
    Matrix,
    check_dense_time,
    on_plane,
    size_of,
)
from solvers.sums.scaling import unit_of


def excess_curvature(matrix: Matrix) -> float | None:
    """A proven, tiny e >= 0 with ``x' A x <= e x' x`` on sum x = 0; `None` if there is none.

    A Cholesky factorisation of ``e/2 I - V' A V`` that succeeds proves it: its rounding, at most
    (n + 1) / 2 machine epsilons of the trace (Rump, "Verification of positive definiteness", BIT 46,
    2006), and that of `on_plane` together amount to less than e/2.
    """
    n = len(matrix)
    if n == 1:
        return 0.0
    unit = unit_of(np.abs(matrix))
    form = -on_plane(matrix * unit)
    trace = float(np.abs(np.diagonal(form)).sum())
    excess = float(np.finfo(np.float64).eps) * (4.0 * (n + 4) * trace + 512.0 * size_of(matrix * unit))
    if excess == 0.0:
        return 0.0
    form[np.diag_indices(n - 1)] += excess / 2.0
    try:
        np.linalg.cholesky(form)
    except np.linalg.LinAlgError:
        return None
    return excess / unit


def slack(excess: float, p: int) -> float:
    """How far a selection can lie above a tangent of ``x' A x / 2``: two differ by 2 p at most."""
    return excess * p


def require_negative_type(run: Run) -> float:
    """The slack of tangents, or `NotApplicableError` if the matrix is not of negative type.

    Takes a factorisation, and the eigenvalues for the message; `TimeUp` if there is no time for it.

    Distances are of negative type if ``x' D x <= 0`` wherever the x sum to 0; then, and only then, the
    sum of the selected distances, ``x' D x / 2``, is concave on the selections of p points, and
    lies below its tangents.  Straight-line distances are (Schoenberg, Annals of Mathematics 38, 1937),
    and so are their squares.
    """
    instance = run.instance
    check_dense_time(run, instance.n, CHOLESKY)
    excess = excess_curvature(instance.distances)
    if excess is None:
        run.skip(
            f"the distances of {instance.name} are not of negative type: {_by_how_much(run)}, so "
            "tangents are no upper bounds; use 'qcr', which needs none."
        )
    return slack(excess, instance.p)


def _by_how_much(run: Run) -> str:
    """The largest value of the quadratic form, if there is time to compute it."""
    distances = run.instance.distances
    try:
        check_dense_time(run, run.instance.n, EIGENVALUES)
    except TimeUp:
        return "x' D x > 0 for some x with sum x = 0"
    unit = unit_of(distances)
    largest = float(np.linalg.eigvalsh(on_plane(distances * unit))[-1]) / unit
    return f"x' D x reaches {largest:.6g} x' x on sum x = 0"
