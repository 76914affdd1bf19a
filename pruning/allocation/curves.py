"""The allocation of the highest total value, by one curve per layer: a mixed-integer program."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dispersion.errors import ContradictionError, InputError, UnknownNameError
from pruning.allocation import allocation
from pruning.budgets.adjusting import repaired
from pruning.budgets.grid import best_on_grid
from pruning.budgets.keep_ratio import levels_of_ratios
from pruning.budgets.problem import BudgetProblem
from pruning.budgets.ranking import first, fitting, ranking
from pruning.budgets.scores import by_layer, layer_scores
from pruning.calibration import Calibration
from pruning.criteria import Scores
from pruning.measuring.quadratic import Counts
from pruning.parameters import need

Curve = NDArray[np.float64]

UTILITIES: dict[str, Callable[[Curve], Curve]] = {
    "inverse": lambda share: -1.0 / share,
    "log": np.log,
    "share": np.asarray,
}
"""What a share of a layer's scores is worth."""

_FIRST_GAP, _GAP = 1e-4, 1e-3  # of the optimum over the whole range, and of those that close in
_WINDOW = np.arange(-2, 3)  # steps to either side when the grid closes in


@allocation("curves", summary="the best sum of the layers' curves of kept score, by a MIP (ours)")
def by_curves(
    problem: BudgetProblem,
    *,
    criterion: str = "l1",
    seed: int = 0,
    calibration: Calibration | None = None,
    utility: str = "inverse",
    curves: Mapping[str, Curve] | None = None,
    weights: Mapping[str, float] | None = None,
    grid: int = 12,
    time_limit: float = 60.0,
    threads: int = 1,
) -> Counts:
    """Maximise sum_l w_l value_l(p_l) within the budget, which is quadratic in the counts p.

    Our own method.  First every layer takes a count from a grid over its whole range; that choice is
    proven to be the best on the grid, up to 0.01 % of its value.  Then the grid closes in on it, half
    as wide each time, until its steps are single filters and no change of up to two filters in each
    layer at once is better by 0.1 %.  No step is worse than the one before, and the first starts from
    the uniform allocation.  Nothing is proven about counts off the grids.

    The value of p filters is, after `utility`, a function of the share s of the layer's total score
    that the best p have.  "inverse": -1 / s, so that the sum of lost over kept score is minimised.
    "log": log s, so that the product of the shares is maximised.  "share": s itself, which gives up
    whole layers where that is cheap; a chain of layers does not survive it.

    Parameters
    ----------
    problem : BudgetProblem
        The layers and the budget.
    criterion : str
        A criterion that scores, none below 0, with arguments if need be: ``whc:variant=hc``.
    seed : int
        Seed of criteria that draw random numbers.
    calibration : Calibration or None
        The network of the layers with images, for criteria that look at them.
    utility : str
        "inverse", "log" or "share".
    curves : mapping of str to ndarray of float64, shape (n,), or None
        The value of 1 to n filters by layer, in place of criterion and utility.
    weights : mapping of str to float or None
        w by layer; 1 where not named.  None for the number of the layer's convolutions.
    grid : int
        Counts a layer chooses from at first, at least 2; the uniform one comes on top.
    time_limit : float
        Seconds for all programs; when they are up, the best so far is taken.
    threads : int
        Threads for HiGHS.  With one thread the answer repeats exactly, unless the time runs out.

    Raises
    ------
    InputError
        An argument is out of range, or curves or scores do not fit.
    EngineError
        HiGHS failed.
    """
    need(grid >= 2, f"curves needs a grid of 2 counts or more, not {grid!r}.")
    need(time_limit > 0.0, f"curves needs a time limit above 0 seconds, not {time_limit!r}.")
    values = _values(problem, criterion, seed, calibration, utility, curves)
    values = [w * value for w, value in zip(_weights(problem, weights), values, strict=True)]
    order = ranking(problem, levels_of_ratios(problem))
    counts = first(problem, order, fitting(problem, order))
    if problem.size(counts) > problem.target:  # not even the least fits, but it is within 1 %
        return counts
    end = time.monotonic() + time_limit
    ends = zip(problem.least.tolist(), problem.most.tolist(), strict=True)
    steps = (problem.most - problem.least) / (grid - 1)
    choices = [np.linspace(low, high, grid).round().astype(np.int64) for low, high in ends]
    gap = _FIRST_GAP
    while True:
        better = _improved(problem, counts, choices, values, gap, end, threads)
        if ((steps <= 1.0).all() and np.array_equal(better, counts)) or time.monotonic() >= end:
            return repaired(problem, better, values)
        counts, steps, gap = better, np.maximum(1.0, steps / 2), _GAP
        choices = [
            np.clip(count + (_WINDOW * step).round().astype(np.int64), least, most)
            for count, step, least, most in zip(counts, steps, problem.least, problem.most, strict=True)
        ]


def kept_share(scores: Scores) -> Curve:
    """The share of a layer's total score that its best p filters have, for p = 1 .. n.

    Where all scores are 0, any filter is as good as another.

    Raises
    ------
    InputError
        A score is below 0.
    """
    if (scores < 0.0).any():
        raise InputError(f"shares need scores of 0 or more, not {scores.min():g}.")
    if not scores.any():
        scores = np.ones_like(scores)
    total = np.cumsum(-np.sort(-scores))
    share: Curve = total / total[-1]
    return share


def _values(
    problem: BudgetProblem,
    criterion: str,
    seed: int,
    calibration: Calibration | None,
    utility: str,
    curves: Mapping[str, Curve] | None,
) -> list[Curve]:
    if utility not in UTILITIES:
        raise UnknownNameError("utility of curves", utility, UTILITIES)
    if curves is not None:
        return by_layer(problem, curves, "curves")
    by_layer_scores = layer_scores(problem, criterion, seed, calibration)
    return [UTILITIES[utility](kept_share(one)) for one in by_layer_scores]


def _weights(problem: BudgetProblem, weights: Mapping[str, float] | None) -> list[float]:
    if weights is None:
        return [float(len(layer.convolutions)) for layer in problem.layers]
    known = [layer.name for layer in problem.layers]
    for name, weight in weights.items():
        if name not in known:
            raise UnknownNameError("layer", name, known)
        need(0.0 <= weight < np.inf, f"the weight of layer {name!r} must be 0 or more, not {weight!r}.")
    return [float(weights.get(name, 1.0)) for name in known]


def _improved(
    problem: BudgetProblem,
    counts: Counts,
    choices: Sequence[Counts],
    values: Sequence[Curve],
    gap: float,
    end: float,
    threads: int,
) -> Counts:
    """The best counts among the choices and `counts` itself, recomputed from what they are."""
    choices = [np.union1d(one, [count]) for one, count in zip(choices, counts, strict=True)]
    worth = [value[one - 1] for value, one in zip(values, choices, strict=True)]
    start = [int(np.searchsorted(one, count)) for one, count in zip(choices, counts, strict=True)]
    left = max(0.0, end - time.monotonic())
    picks = best_on_grid(
        problem.size, problem.target, choices, worth, start, time_limit=left, gap=gap, threads=threads
    )
    better = np.array([one[pick] for one, pick in zip(choices, picks, strict=True)])
    if problem.size(better) > problem.target * (1 + 1e-6):
        raise ContradictionError("HiGHS went beyond the budget; please report this.")
    gain = sum(w[a] - w[b] for w, a, b in zip(worth, picks, start, strict=True))
    return better if gain > 1e-9 else counts
