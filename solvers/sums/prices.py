"""Prices of quotas: what a point more or less of a group is worth, put into the linear part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dispersion.quotas.quota import Quotas, members
from solvers.sums.concave_bounds import Relaxation, ScaledRun, relaxation_of
from solvers.sums.reformulation import Quadratic, Vector

_ROUNDS = 60
_MET = 1e-12  # the square of a point too many or too few: less is rounding
_STEPS = 50  # of the ascent, times the number of points


def priced(problem: Quadratic, quotas: Quotas, bracket: ScaledRun) -> Quadratic:
    """A problem with other weights of the points, that bounds the selections that meet the quotas.

    A selection with k points of a group gains ``price (k - least)`` if the price is positive, and
    ``price (k - most)`` if it is negative: nothing is lost where the quota is met, so the bounds of the
    new problem hold for the old one (Lagrangian relaxation).  The prices come from subgradient steps of
    Polyak's length with the incumbent as the aim; any prices would do.

    Parameters
    ----------
    problem : Quadratic
        The whole problem, of all points of the instance.
    quotas : tuple of Quota
        Its quotas.
    bracket : ScaledRun
        Says how good a bound must be.
    """
    inside = members(quotas, len(problem.linear)).astype(np.float64)
    least, most = (
        np.array([getattr(quota, end) for quota in quotas], dtype=np.float64)
        for end in ("least", "most")
    )
    relaxation, x = relaxation_of(problem, bracket)
    run, floor, best, prices = bracket.run, bracket.floor(), np.inf, np.zeros(len(quotas))
    answer = problem
    for _ in range(_ROUNDS):
        linear = problem.linear + inside @ prices
        constant = problem.constant - float(prices @ np.where(prices > 0, least, most))
        now = replace(problem, linear=linear, constant=constant)
        bound = _bound(relaxation, now, x, bracket)
        if bound < best:
            best, answer = bound, now
        slope = _slope(inside.T @ x, prices, least, most)
        size = float(slope @ slope)
        if bound <= floor or size < _MET or run.seconds_left() == 0.0:
            break
        moved = prices - (bound - floor) / size * slope
        prices = np.where(
            np.sign(prices) * np.sign(moved) < 0.0, 0.0, moved
        )  # a price changes its sign by way of 0
    return answer


def _bound(relaxation: Relaxation, problem: Quadratic, x: Vector, bracket: ScaledRun) -> float:
    """The bound of a problem that has the same matrix; moves `x`."""
    same = Relaxation(bracket.run, problem, relaxation.shift, relaxation.excess)
    free = np.zeros(len(x), dtype=np.int8)
    return same.ascended(free, x, bracket.floor() - same.offset, _STEPS * len(x)) + same.offset


def _slope(
    counts: NDArray[np.float64], prices: Vector, least: Vector, most: Vector
) -> NDArray[np.float64]:
    """How the bound rises with each price, where groups have so many points at the maximum."""
    low = (prices > 0.0) | ((prices == 0.0) & (counts < least))
    high = (prices < 0.0) | ((prices == 0.0) & (counts > most))
    return np.where(low, counts - least, np.where(high, counts - most, 0.0))
