"""Cutting planes for squared distances, one for every coordinate."""

from __future__ import annotations

import numpy as np

from solvers.engines.common import HIGHS
from solvers.registration import Guarantee, solver
from solvers.run import Run
from solvers.sums.cuts import OuterApproximation, Vector, load, scale_for
from solvers.sums.linear_algebra import EIGENVECTORS, Matrix, check_dense_time, size_of, square_root
from solvers.sums.negative_type import require_negative_type
from solvers.sums.scaling import unit_of
from solvers.sums.squares import Squares
from solvers.sums.start import report_start, start_at_least


def coordinates(distances: Matrix) -> tuple[Matrix, float]:
    """Centred points, shape (n, k), with these squared Euclidean distances, and what they lack.

    Classical scaling: the Gram matrix of the centred points is ``-C D C / 2`` with ``C = I - 1 1' / n``
    (Young and Householder, Psychometrika 3, 1938).  `distances` must be of negative type.  For the
    lack see `square_root`; the rounding of the Gram matrix is in it.
    """
    mean = distances.mean(axis=1)
    gram = (mean + mean[:, None] - mean.mean() - distances) / 2.0
    points, lack = square_root(gram)
    return points, lack + 64.0 * float(np.finfo(np.float64).eps) * size_of(distances)


def own_terms(distances: Matrix, p: int) -> Vector:
    """What each point adds beside the squares: p times its squared distance to the centre.

    Of p points v_i the squared distances of all pairs are worth ``p sum |v_i|^2 - |sum v_i|^2``.
    """
    mean = distances.mean(axis=1)
    terms: Vector = p * (mean - mean.mean() / 2.0)
    return terms


@solver(
    "coordinate-partitioning",
    objective="max-sum",
    guarantee=Guarantee.EXACT,
    summary="cutting planes for squared distances in few coordinates, a tangent for each, in HiGHS",
    prepare=load,
    by_default=False,
    engine=HIGHS,
    takes_start=True,
    takes_quotas=True,
    reference="Spiers, Bui and Loxton 2023",
)
def coordinate_partitioning(run: Run) -> None:
    """Write the value as one concave square for every coordinate, and cut each of them.

    Of p points v_i the squared distances of all pairs are worth ``p sum |v_i|^2 - |sum v_i|^2``, a
    linear term less one square for every coordinate.  A tangent for each coordinate and each point met
    is stronger than their sum, all the more as tangents of different rounds may be combined.  The
    coordinates are those of the matrix itself by classical scaling, so any matrix of negative type
    will do, and others are refused: squared Euclidean distances and ``1 - cos`` have as many as
    the points have, plain Euclidean distances n - 1, which makes this slow.  Rounds and exactness are
    those of `tangent`.

    Source: Spiers, Bui and Loxton, "Coordinate partitioning for difficult Euclidean max-sum diversity
    problems", 2023, and their code, which takes coordinates by classical scaling, puts them into parts
    and adds a tangent for each part in the callbacks of CPLEX; here every coordinate is a part.

    Raises
    ------
    NotApplicableError
        The distances are not of negative type.
    """
    n, p = run.instance.n, run.instance.p
    with start_at_least(run):
        require_negative_type(run)
    if not report_start(run):
        return
    check_dense_time(run, n, EIGENVECTORS)
    unit = unit_of(run.instance.distances)
    distances = run.instance.distances * unit
    points, lack = coordinates(distances)
    squares = Squares(p * lack, own_terms(distances, p), points, p, scale_for(run, unit))
    OuterApproximation(run, squares, unit).close()
