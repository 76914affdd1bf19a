"""Cutting planes for squared distances, one for every coordinate."""

from __future__ import annotations

import numpy as np

from solvers.base import Kind, Run, solver
from solvers.maxsum.cuts import Outer, Vector, load, scale_for
from solvers.maxsum.negative_type import Matrix, require_negative_type
from solvers.maxsum.squares import Squares, square_root
from solvers.maxsum.start import opened


def coordinates(distances: Matrix) -> Matrix:
    """Points whose squared straight-line distances these are, centred, shape (n, k).

    Classical scaling: the Gram matrix of the centred points is ``-C D C / 2`` with ``C = I - 1 1' / n``
    (Young and Householder, Psychometrika 3, 1938).  `distances` must be of negative type.
    """
    n = len(distances)
    centre = np.eye(n) - 1.0 / n
    gram = -0.5 * centre @ distances @ centre
    return square_root((gram + gram.T) / 2.0)


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
    kind=Kind.EXACT,
    summary="cutting planes for squared distances in few coordinates, a tangent for each, in HiGHS",
    prepare=load,
    by_default=False,
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

    Source: the partitioning of coordinates of Spiers, Bui and Loxton for max-sum diversity, which they
    add to the method of `tangent`; we know it from its description, not from its code.

    Raises
    ------
    InputError
        The distances are not of negative type.
    """
    instance = run.instance
    slack = require_negative_type(instance)
    if not opened(run):
        return
    distances = np.array(instance.distances)
    points = coordinates(distances)
    linear = own_terms(distances, instance.p)
    Outer(run, Squares(slack, linear, points, instance.p, scale_for(run))).close()
