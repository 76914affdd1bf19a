"""Prove the optimum: refute the value above the incumbent, and meanwhile larger ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from solvers.kernels.point_ascent import ascend
from solvers.kernels.point_distances import lower_to
from solvers.points.heuristic import Heuristic
from solvers.points.question import Question
from solvers.points.record import Record

_SWEEPS = 20
_NO_END = 1 << 60
_FIRST_TURN, _GROWTH = 2.0, 1.3  # seconds of the main question, before the bound has its turn
_SHARE = 0.2  # of a turn goes to the bound
_FIRST_RATIO = 1.1  # the first value asked for the bound, over the incumbent
_PATIENCE = 4  # selections of the heuristic without a better one, in a turn; at first some more
_MANY = 200_000  # points: for more, each selection takes a second, and one is enough
_NEAR = 1.005  # bounds that are so near are left to the main question

Ints = NDArray[np.int64]


def pursue(record: Record, to_proof: bool) -> str:
    """Look for good selections, and prove that none is better; a remark on what that took."""
    points = record.points
    some = np.arange(record.p, dtype=np.int64)
    record.offer(some, ascend(points.columns, points.near, some, 0))
    heuristic = Heuristic(points, record.p, record.limits.seed, record.over)
    selections = heuristic.rounds()
    improve(record, selections, 1)
    cover_bound(record, heuristic)
    patience = _PATIENCE + record.p // 3 if len(points) <= _MANY else 1
    improve(record, selections, patience if to_proof else _NO_END)
    return prove(record, selections) if to_proof and not record.over() else ""


def improve(record: Record, selections: Iterator[Ints], patience: int) -> None:
    """Take selections of a heuristic until so many have not helped, or time is up."""
    failed = 0
    for chosen in selections:
        square = ascend(record.points.columns, record.points.near, chosen, 0)
        failed = 0 if record.offer(chosen, square) else failed + 1
        if failed >= patience or record.over():
            return


def cover_bound(record: Record, heuristic: Heuristic) -> None:
    """Of p points two have the same nearest of p - 1 centres: they are at most two radii apart."""
    near = record.points.near.copy()
    for point in heuristic.first[:-1].tolist():
        lower_to(record.points.columns, point, near)
    farthest = record.points.at_most(4.0 * float(near.max()))
    record.bound_by(record.points.unit.value(min(farthest, record.points.cap)))


def prove(record: Record, selections: Iterator[Ints]) -> str:
    """Refute the value above the incumbent, whatever that becomes; a remark on what that took.

    Larger values and the heuristic have a share of the time, so that incumbent and bound are useful
    where it does not suffice.
    """
    main = _question(record, record.next_value)
    side: tuple[float, Question] | None = None
    turn = _FIRST_TURN
    while not record.over():
        _pursue(record, main, record.next_value, _until(record, turn))
        if record.over():
            break
        if main.full:
            return f"more than {main.clusters.count - 1} clusters, so nothing more is proven"
        side = _tighten(record, side, _until(record, turn * _SHARE))
        improve(record, selections, _PATIENCE if len(record.points) <= _MANY else 1)
        main.raise_to(record.points.unit.reaching(record.next_value))
        turn *= _GROWTH
    return f"{main.nodes} nodes, {len(main.clusters.living)} of {main.clusters.count} clusters left"


def _question(record: Record, value: float) -> Question:
    least = record.points.unit.reaching(value)
    return Question(record.points, record.p, least, record.limits.seed, record.limits.threads)


def _until(record: Record, seconds: float) -> Callable[[], bool]:
    """Whether `seconds` are over, or all time is."""
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() > end or record.over()


def _pursue(record: Record, question: Question, value: float, stop: Callable[[], bool]) -> bool:
    """Ask for a value, and for the next one at every better selection; whether that has ended."""
    while not stop():
        chosen = question.pursue(stop)
        if chosen is None:
            if question.refuted:
                record.refute(value, question)
            return question.refuted or question.full
        square = ascend(record.points.columns, record.points.near, chosen, _SWEEPS)
        record.offer(chosen, square)
        if not record.over():
            value = record.next_value
            question.raise_to(record.points.unit.reaching(value))
    return False


def _tighten(
    record: Record, side: tuple[float, Question] | None, stop: Callable[[], bool]
) -> tuple[float, Question] | None:
    """Work on a value well above the incumbent; what is left to be pursued of it later."""
    while not stop():
        assert record.value is not None
        assert record.bound is not None
        if side is None or not record.value < side[0] <= record.bound:
            value = record.points.unit.rounding.of(_between(record.value, record.bound))
            if not record.value * _NEAR < value <= record.bound:
                return None
            side = value, _question(record, value)
        if _pursue(record, side[1], side[0], stop):
            side = None
    return side


def _between(value: float, bound: float) -> float:
    """Half way to the bound, or to the first value that is asked for if that is lower."""
    return min(value * _FIRST_RATIO, value + (bound - value) / 2.0)
