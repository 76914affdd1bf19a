"""Whether the sum of distances is concave on the plane of selections, and how sure that is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import NotApplicableError
from solvers.maxsum.dense import CHOLESKY, EIGENVALUES, need_dense
from solvers.maxsum.scaling import unit_of
from solvers.run import Run, TimeUp

Matrix = NDArray[np.float64]


def on_plane(matrix: Matrix) -> Matrix:
    """The quadratic form ``x' A x`` on the plane sum x = 0, in an orthonormal basis of it.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        Symmetric.

    Returns
    -------
    ndarray, shape (n - 1, n - 1)
        ``V' A V``, where the columns of V are those of a Householder reflection that takes (1, .., 1)
        to an axis, without the first; O(n^2) time.  Sums are pairwise, so their rounding does not
        grow with n: the form is off by less than 256 machine epsilons of the Frobenius norm.
    """
    n = len(matrix)
    mirror = mirror_of(n)
    product = mirror[-1] * np.ascontiguousarray(matrix).sum(axis=1)
    product += (mirror[0] - mirror[-1]) * matrix[:, 0]
    middle = float((mirror * product).sum())
    reflected = matrix - 2.0 * np.outer(mirror, product) - 2.0 * np.outer(product, mirror)
    reflected += 4.0 * middle * np.outer(mirror, mirror)
    form: Matrix = reflected[1:, 1:]
    return (form + form.T) / 2.0


def mirror_of(n: int) -> NDArray[np.float64]:
    """The unit vector u of the reflection I - 2 u u' of `on_plane`, shape (n,)."""
    mirror = np.full(n, 1.0 / np.sqrt(n))
    mirror[0] += 1.0
    unit: NDArray[np.float64] = mirror / np.linalg.norm(mirror)
    return unit


def size_of(matrix: Matrix) -> float:
    """The Frobenius norm, where squares of entries would overflow or vanish too."""
    largest = float(np.abs(matrix).max())
    return largest * float(np.linalg.norm(matrix / largest)) if largest > 0.0 else 0.0


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
    need_dense(run, instance.n, CHOLESKY)
    excess = excess_curvature(instance.distances)
    if excess is None:
        raise NotApplicableError(
            f"the distances of {instance.name} are not of negative type: {_by_how_much(run)}, so "
            "tangents are no upper bounds; use 'qcr', which needs none."
        )
    return slack(excess, instance.p)


def _by_how_much(run: Run) -> str:
    """What the quadratic form reaches, if there is time for that."""
    distances = run.instance.distances
    try:
        need_dense(run, run.instance.n, EIGENVALUES)
    except TimeUp:
        return "x' D x > 0 for some x with sum x = 0"
    unit = unit_of(distances)
    largest = float(np.linalg.eigvalsh(on_plane(distances * unit))[-1]) / unit
    return f"x' D x reaches {largest:.6g} x' x on sum x = 0"
