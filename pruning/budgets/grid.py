"""The best choice of one count per layer from a grid, within a quadratic size: an integer program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pruning.measuring.quadratic import Counts, Quadratic
from solvers.engines import highs

if TYPE_CHECKING:
    import highspy

_SCALE = 1e4  # the budget in the model, so that the engine's tolerance of 1e-6 is 1e-10 of it

Choices = Sequence[Counts]
Values = Sequence[NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class _Model:
    """The columns and rows of the program; each row is a list of columns and their coefficients."""

    gain: NDArray[np.float64]
    binary: NDArray[np.int32]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    rows: list[tuple[NDArray[np.int32], NDArray[np.float64]]]
    start: NDArray[np.float64]


def best_on_grid(
    size: Quadratic,
    limit: float,
    choices: Choices,
    values: Values,
    start: Sequence[int],
    *,
    time_limit: float,
    gap: float = 0.0,
    threads: int = 1,
) -> tuple[int, ...]:
    """Maximise the sum of the layers' values within a size.

    A binary z[l, a] says that layer l takes its choice a.  The size has products of two counts; each
    is a sum over pairs of choices, y[l, a, m, b] = z[l, a] z[m, b], and y is pinned to the product by
    its sums, sum_b y[l, a, m, b] = z[l, a] and sum_a y[l, a, m, b] = z[m, b], exactly wherever z is
    whole.  These are the rows of a transport problem, which is tighter than McCormick's inequalities
    for every product (Sherali and Adams, SIAM Journal on Discrete Mathematics 3(3), 1990).

    Parameters
    ----------
    size : Quadratic
        The size, as a function of the counts of L layers.
    limit : float
        The most it may be.
    choices : sequence of L ndarrays of int64
        Counts that a layer may take.
    values : sequence of L ndarrays of float64
        What they are worth.
    start : sequence of L int
        Picks within the limit, to start from.
    time_limit : float
        Seconds; then the best choice so far is returned.
    gap : float
        How much better than the answer another one may be, relative to the answer.
    threads : int
        Threads for HiGHS.  One thread repeats exactly, unless the time runs out.

    Returns
    -------
    tuple of int
        Which choice of each layer is picked.

    Raises
    ------
    EngineError
        HiGHS ended for another reason than an optimum or the time limit.
    """
    engine = _loaded(_model(size, limit, choices, values, start))
    least = 1e-9  # a binary at 0.999999 could hide a little of the size
    highs.limit(engine, threads, mip_rel_gap=gap, mip_feasibility_tolerance=least)
    highs.optimise(engine, time_limit)
    z = highs.best_values(engine)
    if z is None:  # time was up before the start was read
        return tuple(start)
    return tuple(int(z[one].argmax()) for one in _binaries(choices))


def _loaded(model: _Model) -> highspy.Highs:
    """HiGHS with the model and the solution to start from; it prints nothing."""
    engine = highs.silent_engine(maximise=True)
    columns, binaries = len(model.gain), len(model.binary)
    engine.addVars(columns, np.zeros(columns), np.ones(columns))
    engine.changeColsIntegrality(binaries, model.binary, np.ones(binaries, dtype=np.uint8))
    engine.changeColsCost(columns, np.arange(columns, dtype=np.int32), model.gain)
    lengths = [len(index) for index, _ in model.rows]
    starts = np.concatenate(([0], np.cumsum(lengths[:-1]))).astype(np.int32)
    index, entries = (np.concatenate(parts) for parts in zip(*model.rows, strict=True))
    engine.addRows(len(lengths), model.lower, model.upper, len(index), starts, index, entries)
    highs.start_from(engine, model.start)
    return engine


def _binaries(choices: Choices) -> list[NDArray[np.int32]]:
    """The columns of every layer's choices."""
    ends = np.cumsum([len(choice) for choice in choices])
    return np.split(np.arange(ends[-1], dtype=np.int32), ends[:-1])


def _model(
    size: Quadratic, limit: float, choices: Choices, values: Values, start: Sequence[int]
) -> _Model:
    """Build the columns and rows of the program."""
    z = _binaries(choices)
    columns = sum(len(one) for one in z)
    rows = [(one, np.ones(len(one))) for one in z]
    linear, squares = size.matrix[0, 1:], size.matrix.diagonal()[1:]
    budget = [(z[k], linear[k] * one + squares[k] * one**2) for k, one in enumerate(choices)]
    chosen = [np.arange(len(one)) == k for one, k in zip(z, start, strict=True)]
    begins = [np.concatenate(chosen)]
    for i, j in np.argwhere(np.triu(size.matrix[1:, 1:], 1)).tolist():
        y = np.arange(columns, columns + len(z[i]) * len(z[j]), dtype=np.int32)
        columns += len(y)
        table = y.reshape(len(z[i]), len(z[j]))
        for whole, parts in ((z[i], table), (z[j], table.T)):
            rows += [
                (np.append(linked, column), np.append(np.ones(len(linked)), -1.0))
                for column, linked in zip(whole, parts, strict=True)
            ]
        budget.append((y, size.matrix[i + 1, j + 1] * np.outer(choices[i], choices[j]).ravel()))
        begins.append(np.outer(chosen[i], chosen[j]).ravel())
    bounds = np.zeros(len(rows) + 1)
    bounds[: len(z)] = 1.0  # one choice a layer; then the links, and the budget last
    index, entries = (np.concatenate(parts) for parts in zip(*budget, strict=True))
    rows.append((index, entries * (_SCALE / limit)))
    lower, upper = bounds.copy(), bounds
    lower[-1], upper[-1] = -np.inf, (limit - float(size.matrix[0, 0])) * (_SCALE / limit)
    gain = np.zeros(columns)
    gain[: len(begins[0])] = np.concatenate(values)
    begin = np.concatenate(begins).astype(np.float64)
    return _Model(gain, np.concatenate(z), lower, upper, rows, begin)
