"""The best choice of one count a layer from a grid, within a quadratic size: an integer program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import EngineError
from pruning.sizes import Counts, Quadratic
from solvers.interruptible import run_interruptibly

_SCALE = 1e4  # the budget in the model, so that the engine's tolerance of 1e-6 is 1e-10 of it

Choices = Sequence[Counts]
Values = Sequence[NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class GridAnswer:
    """The best counts found.

    Attributes
    ----------
    picks : tuple of int
        Which choice of each layer.
    optimal : bool
        Whether no other picks of this grid are better by more than the gap, as HiGHS says.
    """

    picks: tuple[int, ...]
    optimal: bool


@dataclass(frozen=True, slots=True)
class _Model:
    """Columns and rows, the rows as lists of columns and coefficients."""

    gain: NDArray[np.float64]
    binary: NDArray[np.int32]
    lower: list[float]
    upper: list[float]
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
) -> GridAnswer:
    """Maximise the sum of the layers' values within a size.

    A binary z[l, a] says that layer l takes its choice a.  The size has products of two counts; each
    is a sum over pairs of choices, y[l, a, m, b] = z[l, a] z[m, b], and y is pinned to the product by
    its sums, sum_b y[l, a, m, b] = z[l, a] and sum_a y[l, a, m, b] = z[m, b], exactly wherever z is
    whole.  These are the rows of a transport problem, which is tighter than McCormick's inequalities
    for every product (Sherali and Adams, SIAM Journal on Discrete Mathematics 3(3), 1990).

    Parameters
    ----------
    size : Quadratic
        In the counts of L layers.
    limit : float
        The most it may be.
    choices : sequence of L ndarrays of int64
        Counts that a layer may take.
    values : sequence of L ndarrays of float64
        What they are worth.
    start : sequence of L int
        Picks within the limit, to start from.
    time_limit : float
        Seconds; what was found by then is returned.
    gap : float
        How much better than the answer another one may be, relative to the answer.
    threads : int
        Of HiGHS.  One repeats exactly, unless time is up.

    Raises
    ------
    EngineError
        HiGHS ended for another reason than an optimum or the time limit.
    """
    model = _model(size, limit, choices, values, start)
    import highspy

    engine = highspy.Highs()
    engine.setOptionValue("log_to_console", False)
    columns = len(model.gain)
    engine.addVars(columns, np.zeros(columns), np.ones(columns))
    engine.changeColsIntegrality(
        len(model.binary), model.binary, np.ones(len(model.binary), dtype=np.uint8)
    )
    engine.changeColsCost(columns, np.arange(columns, dtype=np.int32), model.gain)
    engine.changeObjectiveSense(highspy.ObjSense.kMaximize)
    lengths = [len(index) for index, _ in model.rows]
    starts = np.concatenate(([0], np.cumsum(lengths[:-1]))).astype(np.int32)
    index = np.concatenate([index for index, _ in model.rows])
    entries = np.concatenate([entries for _, entries in model.rows])
    engine.addRows(
        len(lengths), np.array(model.lower), np.array(model.upper), len(index), starts, index, entries
    )
    solution = highspy.HighsSolution()
    solution.col_value = model.start.tolist()
    engine.setSolution(solution)
    for option, value in {"time_limit": time_limit, "threads": threads, "mip_rel_gap": gap}.items():
        engine.setOptionValue(option, value)
    highspy.Highs.resetGlobalScheduler(True)  # else another thread count is ignored, and worse
    engine.HandleUserInterrupt = True  # else `cancelSolve` is not heard
    run_interruptibly(engine.run, engine.cancelSolve)
    outcome, ended = engine.getModelStatus(), highspy.HighsModelStatus
    if outcome not in (ended.kOptimal, ended.kTimeLimit):
        raise EngineError(f"HiGHS ended with {engine.modelStatusToString(outcome)!r}")
    feasible = highspy.SolutionStatus.kSolutionStatusFeasible
    if engine.getInfo().primal_solution_status != feasible:  # time was up before the start was read
        return GridAnswer(tuple(start), optimal=False)
    z = np.asarray(engine.getSolution().col_value)
    firsts = _firsts(choices)
    picks = tuple(int(z[a : a + len(c)].argmax()) for a, c in zip(firsts, choices, strict=True))
    return GridAnswer(picks, optimal=outcome == ended.kOptimal)


def _firsts(choices: Choices) -> list[int]:
    """The column of every layer's first choice."""
    return [0, *np.cumsum([len(choice) for choice in choices]).tolist()][:-1]


def _model(
    size: Quadratic, limit: float, choices: Choices, values: Values, start: Sequence[int]
) -> _Model:
    """Write the program down."""
    firsts, widths = _firsts(choices), [len(choice) for choice in choices]
    columns = sum(widths)
    z = [np.arange(a, a + g, dtype=np.int32) for a, g in zip(firsts, widths, strict=True)]
    rows = [(one, np.ones(len(one))) for one in z]
    lower, upper = [1.0] * len(z), [1.0] * len(z)
    squares = size.matrix.diagonal()[1:]
    budget = [
        (z[k], size.matrix[0, k + 1] * choice + squares[k] * choice**2)
        for k, choice in enumerate(choices)
    ]
    chosen = [np.arange(g) == k for g, k in zip(widths, start, strict=True)]
    begins = [np.concatenate(chosen)]
    for i, j in np.argwhere(np.triu(size.matrix[1:, 1:], 1)).tolist():
        y = np.arange(columns, columns + widths[i] * widths[j], dtype=np.int32)
        columns += len(y)
        table = y.reshape(widths[i], widths[j])
        for whole, parts in ((z[i], table), (z[j], table.T)):
            for column, linked in zip(whole, parts, strict=True):
                rows.append((np.append(linked, column), np.append(np.ones(len(linked)), -1.0)))
                lower.append(0.0)
                upper.append(0.0)
        budget.append((y, size.matrix[i + 1, j + 1] * np.outer(choices[i], choices[j]).ravel()))
        begins.append(np.outer(chosen[i], chosen[j]).ravel())
    rows.append(
        (
            np.concatenate([index for index, _ in budget]),
            np.concatenate([entries for _, entries in budget]) * (_SCALE / limit),
        )
    )
    lower.append(-np.inf)
    upper.append((limit - float(size.matrix[0, 0])) * (_SCALE / limit))
    binary = np.concatenate(z)
    gain = np.zeros(columns)
    gain[binary] = np.concatenate(values)
    return _Model(gain, binary, lower, upper, rows, np.concatenate(begins).astype(np.float64))
