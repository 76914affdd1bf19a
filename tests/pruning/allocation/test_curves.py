"""The program over the layers' curves, against trying everything."""

import itertools
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from dispersion.errors import ContradictionError, EngineError, InputError
from pruning.allocation import curves
from pruning.allocation.curves import by_curves, kept_share
from pruning.budgets.grid import best_on_grid
from pruning.budgets.problem import BudgetProblem
from pruning.criteria import scores

Toy = Callable[[Sequence[int], float, int], BudgetProblem]
Curves = dict[str, np.ndarray]


def drawn(problem: BudgetProblem, seed: int) -> Curves:
    rng = np.random.default_rng(seed)
    return {layer.name: np.sort(rng.random(len(layer.points))) for layer in problem.layers}


def worth(problem: BudgetProblem, given: Curves, counts: Sequence[int]) -> float:
    return sum(given[layer.name][p - 1] for layer, p in zip(problem.layers, counts, strict=True))


def best(problem: BudgetProblem, given: Curves, choices: Sequence[Sequence[int]]) -> float:
    """The most that any of the choices within the budget is worth, by trying all."""
    fits = (c for c in itertools.product(*choices) if problem.size(np.array(c)) <= problem.target)
    return max(worth(problem, given, counts) for counts in fits)


@pytest.mark.parametrize("seed", range(12))
def test_the_grid_is_solved(toy: Toy, seed: int) -> None:
    """Three layers, every pair of them multiplied: the optimum is that of trying everything."""
    problem, rng = toy((9, 7, 8), 0.4, seed), np.random.default_rng(seed)
    choices = [np.unique(rng.integers(2, n + 1, size=5)) for n in problem.most]
    choices = [np.union1d([2], one) for one in choices]
    given = drawn(problem, seed)
    values = [given[layer.name][one - 1] for layer, one in zip(problem.layers, choices, strict=True)]
    picks = best_on_grid(problem.size, problem.target, choices, values, [0, 0, 0], time_limit=60.0)
    counts = [int(one[pick]) for one, pick in zip(choices, picks, strict=True)]
    assert problem.size(np.array(counts)) <= problem.target
    assert worth(problem, given, counts) == pytest.approx(best(problem, given, choices), abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_a_grid_of_all_counts_gives_the_optimum(toy: Toy, seed: int) -> None:
    """Nothing is better; less by 3 % at most where the optimum is not within 1 % of the budget."""
    problem = toy((40, 20, 15), 0.4, seed)
    given = drawn(problem, seed)
    counts = by_curves(problem, curves=given, weights={}, grid=40)
    everything = [range(int(a), int(b) + 1) for a, b in zip(problem.least, problem.most, strict=True)]
    optimum = best(problem, given, everything)
    assert problem.met_by(counts)
    if problem.size(counts) <= problem.target:
        assert worth(problem, given, counts.tolist()) <= optimum + 1e-9
    assert worth(problem, given, counts.tolist()) >= optimum * 0.97


def test_is_never_worse_than_uniform(toy: Toy) -> None:
    """Whatever the curves, since it starts there."""
    from pruning.allocation.ratio import one_ratio

    for seed in range(5):
        problem = toy((40, 60, 50, 30), 0.4, seed)
        given = drawn(problem, seed)
        found = worth(problem, given, by_curves(problem, curves=given, weights={}, grid=3).tolist())
        assert found >= worth(problem, given, one_ratio(problem).tolist()) - 0.05


def test_weights_decide(toy: Toy) -> None:
    """A layer of no weight is given up, one of great weight is kept."""
    problem = toy((40, 40), 0.5, 0)
    spared = [by_curves(problem, weights={str(k): 1000.0}).tolist() for k in (0, 1)]
    assert spared[0][0] > spared[1][0]
    assert spared[1][1] > spared[0][1]


def test_utilities_differ_in_what_they_give_up(toy: Toy) -> None:
    """The smallest layer is the smaller the less a utility minds small shares."""
    problem = toy((60, 60, 60), 0.2, 4)
    smallest = [int(by_curves(problem, utility=name).min()) for name in ("share", "log", "inverse")]
    assert smallest[0] < smallest[1] <= smallest[2]


def test_the_share_of_the_best(toy: Toy) -> None:
    """By hand, and with scores that are all 0 or below it."""
    assert kept_share(np.array([1.0, 5.0, 2.0])).tolist() == [5 / 8, 7 / 8, 1.0]
    assert kept_share(np.zeros(4)).tolist() == [0.25, 0.5, 0.75, 1.0]
    with pytest.raises(InputError, match="0 or more, not -2"):
        kept_share(np.array([1.0, -2.0]))
    problem = toy((60, 60), 0.5, 0)
    shares = {layer.name: -1.0 / kept_share(scores(layer, "l1")) for layer in problem.layers}
    assert by_curves(problem, curves=shares).tolist() == by_curves(problem).tolist()


def test_falling_curves_still_meet_the_budget(toy: Toy) -> None:
    """Where more filters are worth less, the budget has the last word."""
    problem = toy((40, 60), 0.5, 0)
    given = {layer.name: -np.arange(float(len(layer.points))) for layer in problem.layers}
    assert problem.met_by(by_curves(problem, curves=given))


def test_no_time_gives_the_start(toy: Toy) -> None:
    """When time is up at once, the answer is what it started from, or better."""
    problem = toy((40, 60, 50), 0.5, 0)
    given = drawn(problem, 0)
    values = [given[layer.name] for layer in problem.layers]
    choices = [np.arange(1, n + 1) for n in problem.most]
    picks = best_on_grid(problem.size, problem.target, choices, values, [1, 1, 1], time_limit=0.0)
    counts = np.array([one[pick] for one, pick in zip(choices, picks, strict=True)])
    assert problem.size(counts) <= problem.target
    assert worth(problem, given, counts.tolist()) >= worth(problem, given, [2, 2, 2])
    assert problem.met_by(by_curves(problem, time_limit=1e-9))


def test_answers_are_recomputed(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer beyond the budget is a contradiction, one worse than the start is not taken."""
    problem = toy((40, 60, 50), 0.5, 0)

    def greedy(*given: object, **_: object) -> tuple[int, ...]:
        return tuple(len(one) - 1 for one in given[2])  # type: ignore[arg-type, attr-defined]

    monkeypatch.setattr(curves, "best_on_grid", greedy)
    with pytest.raises(ContradictionError, match="beyond the budget"):
        by_curves(problem)

    def lazy(*given: object, **_: object) -> tuple[int, ...]:
        return 0, 0, 0

    monkeypatch.setattr(curves, "best_on_grid", lazy)
    assert problem.met_by(by_curves(problem))


def test_an_engine_that_fails_says_so(toy: Toy) -> None:
    """A program without an answer is an error with the engine's own word."""
    problem = toy((40, 60), 0.5, 0)
    values = [np.arange(float(n)) for n in problem.most]
    choices = [np.arange(1, n + 1) for n in problem.most]
    with pytest.raises(EngineError, match="Infeasible"):
        best_on_grid(problem.size, 1e-3, choices, values, [0, 0], time_limit=10.0)
