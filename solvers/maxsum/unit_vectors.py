"""``1 - cos`` as a convex program: the shortest sum of unit vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from dispersion.errors import NotApplicableError
from dispersion.instance import Instance
from solvers.engines.common import HIGHS
from solvers.registration import Guarantee, solver
from solvers.run import Run
from solvers.sums.cuts import OuterApproximation, load, scale_for
from solvers.sums.linear_algebra import EIGENVALUES, EIGENVECTORS, Matrix, check_dense_time, square_root
from solvers.sums.squares import Squares
from solvers.sums.start import report_start, start_at_least

_SMALLEST = 1e-5  # largest distance, where the square of the vector sum still shows what it lacks
_INDEFINITE = 1e-8  # of n: a negative eigenvalue that rounding does not explain


def cosines(instance: Instance) -> Matrix:
    """The matrix of cosines, J - D.

    `NotApplicableError` if it has a negative eigenvalue: then there are no unit vectors of that kind;
    or if all distances are so small that cosines do not tell them apart.
    """
    largest = float(instance.distances.max())
    if 0.0 < largest < _SMALLEST:
        raise NotApplicableError(
            f"no distance of {instance.name} exceeds {largest:.6g}, too little to distinguish it from "
            "the rounding of cosines near 1; use 'qcr' or 'tangent'."
        )
    matrix = 1.0 - np.asarray(instance.distances)
    least = float(np.linalg.eigvalsh(matrix)[0])
    if least < -_INDEFINITE * instance.n:
        raise NotApplicableError(
            f"the distances of {instance.name} are not 1 - cos of any vectors: the matrix of cosines "
            f"has the eigenvalue {least:.6g}; use 'qcr', or 'tangent' for Euclidean distances."
        )
    return matrix


def unit_vectors_model(instance: Instance) -> Any:
    """The convex program, with the squares in the objective; for an engine that takes them.

    maximise (p^2 - sum_k y_k^2) / 2 subject to::

        sum_i x_i = p
        y_k = sum_i u_ik x_i             every coordinate k of the unit vectors u_i
        x binary

    Returns
    -------
    pyomo.environ.ConcreteModel
        With variables ``x[0..n-1]`` and ``y[0..k-1]``.
    """
    import pyomo.environ as pyo

    vectors, _ = square_root(cosines(instance))
    n, k = vectors.shape
    model = pyo.ConcreteModel("unit vectors")
    model.x = pyo.Var(range(n), domain=pyo.Binary)
    model.y = pyo.Var(range(k), domain=pyo.Reals)
    squares = pyo.quicksum(model.y[j] ** 2 for j in range(k))
    model.value = pyo.Objective(expr=(instance.p**2 - squares) / 2.0, sense=pyo.maximize)
    model.choose = pyo.Constraint(expr=pyo.quicksum(model.x[i] for i in range(n)) == instance.p)
    model.sums = pyo.ConstraintList()
    for j in range(k):
        terms = (float(vectors[i, j]) * model.x[i] for i in range(n))
        model.sums.add(pyo.quicksum(terms) - model.y[j] == 0)
    return model


def _load() -> None:
    import pyomo.environ  # noqa: F401

    load()


@solver(
    "unit-vectors",
    objective="max-sum",
    guarantee=Guarantee.EXACT,
    summary="1 - cos as the shortest sum of unit vectors, a convex program, by cuts in HiGHS",
    prepare=_load,
    by_default=False,
    model=unit_vectors_model,
    engine=HIGHS,
    takes_start=True,
    takes_quotas=True,
)
def unit_vectors(run: Run) -> None:
    """Minimise the length of the sum of the chosen unit vectors.

    Of p unit vectors ``1 - cos`` sums to ``(p^2 - |sum u_i|^2) / 2``, so the largest sum is that of the
    shortest vector sum: a convex mixed-integer quadratic program (`unit_vectors_model`).  The vectors
    are taken from the matrix, as a root of J - D; a zero vector counts as one more direction.  HiGHS
    takes no squares beside integers, so every square is approximated from outside, as in
    `coordinate-partitioning`, and with the rounds and exactness of `tangent`.

    Raises
    ------
    NotApplicableError
        The distances are not 1 - cos of any vectors.
    """
    n, p = run.instance.n, run.instance.p
    with start_at_least(run):
        check_dense_time(run, n, EIGENVALUES)
    matrix = cosines(run.instance)
    if not report_start(run):
        return
    check_dense_time(run, n, EIGENVECTORS)
    vectors, lack = square_root(matrix)
    constant = p * p * (0.5 + float(np.finfo(np.float64).eps)) + p * lack / 2.0
    OuterApproximation(
        run, Squares(constant, np.zeros(n), vectors / np.sqrt(2.0), p, scale_for(run))
    ).close()
