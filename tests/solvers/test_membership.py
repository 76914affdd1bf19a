"""Required and excluded points: every solver takes them, and finds what brute force finds."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from dispersion import Instance, Status, contradictions
from dispersion.errors import InputError, NotApplicableError
from dispersion.objectives import objectives
from dispersion.random_baseline import random_values
from solvers import list_solvers, recheck, solve
from solvers.registration import Guarantee, SolverInfo

SOLVERS = [pytest.param(info, id=f"{info.objective_name}-{info.name}") for info in list_solvers()]
KINDS = ("plane", "ties", "no metric", "cosine")
FEW, ALL = 24, 2000  # instances


def asked(seed: int, counts: bool = False) -> Instance:
    """A small instance with points in and out, in any number that leaves a selection."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 10))
    p = int(rng.integers(2, n))
    order = rng.permutation(n)
    r, e = int(rng.integers(0, p + 1)), int(rng.integers(0, n - p + 1))
    required, excluded = order[:r], order[n - e :]
    kind = KINDS[seed % 4]
    points = rng.integers(0, 4, size=(n, 2)) if kind == "ties" else rng.random((n, 3))
    fixed = {"required": required, "excluded": excluded, "between_required": bool(seed % 3) or r == p}
    if counts:
        whole = Instance.from_points(points, p)
        if r > 1:
            apart = objectives["max-min"].value(whole.distances, required)
        else:
            apart = float(np.median(whole.distances))
        return Instance.from_points(
            points, at_least=min(apart, 1.5), required=required, excluded=excluded
        )
    if kind == "no metric":
        upper = np.triu(rng.integers(0, 6, size=(n, n)).astype(float), k=1)
        return Instance(upper + upper.T, p, **fixed)
    return Instance.from_points(points, p, "cosine" if kind == "cosine" else "euclidean", **fixed)


def optimum(instance: Instance, objective: str) -> float:
    """Of all selections that hold the required points and none of the excluded ones."""
    known, best = instance.membership, -np.inf
    free = sorted({*range(instance.n)} - {*known.required} - {*known.excluded})
    sizes = [instance.p - len(known.required)]
    if instance.at_least is not None:
        sizes = list(range(len(free) + 1))
    for size in sizes:
        for more in itertools.combinations(free, size):
            selected = np.array(sorted([*known.required, *more]), dtype=np.intp)
            if len(selected) == 0:
                continue
            pairs = [
                instance.distances[i, j]
                for i, j in itertools.combinations(selected, 2)
                if known.between or not {i, j} <= {*known.required}
            ]
            if instance.at_least is not None:
                if all(pair >= instance.at_least for pair in pairs):
                    best = max(best, float(len(selected)))
            else:
                best = max(best, min(pairs) if objective == "max-min" else float(np.sum(pairs)))
    return float(best)


def agrees(info: SolverInfo, seeds: range) -> None:
    """Fail unless the answers are allowed, at most the optimum, and the optimum if proven."""
    objective = objectives[info.objective_name]
    for seed in seeds:
        instance = asked(seed, objective.counts)
        try:
            answer = solve(instance, info.name, objective=objective.name, seed=seed, time_limit=60)
        except NotApplicableError:
            continue
        best = optimum(instance, objective.name)
        assert contradictions(instance, [answer]) == [], (seed, answer)
        assert answer.selected is not None
        assert {*instance.membership.required} <= {*answer.selected.tolist()}
        assert not {*instance.membership.excluded} & {*answer.selected.tolist()}
        assert answer.objective <= best * (1 + 1e-9) + 1e-12, seed
        assert answer.bound is None or answer.bound >= best * (1 - 1e-9), (seed, answer)
        if info.guarantee is Guarantee.EXACT:
            assert answer.status is Status.OPTIMAL, (seed, answer)
            assert answer.objective == pytest.approx(best, rel=1e-9), seed


@pytest.mark.parametrize("info", SOLVERS)
def test_every_solver_takes_them(info: SolverInfo) -> None:
    """A few of every kind."""
    agrees(info, range(FEW))


@pytest.mark.slow  # the same on many more
@pytest.mark.parametrize("info", SOLVERS)
def test_every_solver_takes_them_thousands_of_times(info: SolverInfo) -> None:
    """All of them."""
    agrees(info, range(ALL))


def test_the_instances_have_every_combination() -> None:
    """None, some and all points required; none and some excluded; one and several left to choose."""
    made = [asked(seed) for seed in range(FEW)]
    left = {one.p - len(one.membership.required) for one in made}
    assert {0, 1, 2, 3} <= left
    assert {bool(one.membership.excluded) for one in made} == {False, True}
    assert {bool(one.membership.required) for one in made} == {False, True}
    assert {one.membership.between for one in made} == {False, True}


@pytest.mark.parametrize("seed", range(40))
def test_greedy_has_its_factor_beside_required_points(seed: int) -> None:
    """At least half the optimum under a metric, with distances between required points or without."""
    rng = np.random.default_rng(seed)
    n, r = 30, int(rng.integers(1, 5))
    fixed = {"required": rng.permutation(n)[:r], "between_required": bool(seed % 2)}
    instance = Instance.from_points(rng.random((n, 2)), r + int(rng.integers(2, 6)), **fixed)
    greedy, best = solve(instance, "greedy"), solve(instance, "clique")
    assert best.status is Status.OPTIMAL
    assert greedy.objective is not None
    assert greedy.bound is not None
    assert best.objective / 2 <= greedy.objective <= best.objective <= greedy.bound


def test_a_false_metric_gives_greedy_no_factor() -> None:
    """A triangle that breaks the inequality is seen beside required points too."""
    upper = np.triu(np.random.default_rng(0).integers(1, 90, size=(12, 12)).astype(float) ** 3, k=1)
    matrix = upper + upper.T
    plain = Instance(matrix, 5, required=[0, 1])
    claimed = plain.described()
    claimed.__dict__["is_metric"] = True  # whoever says so is not believed
    answer = solve(claimed, "greedy")
    assert "no factor" in answer.message
    assert answer.bound is not None
    assert answer.bound >= optimum(plain, "max-min")


@pytest.mark.parametrize("objective", ["max-min", "max-sum", "packing"])
def test_proofs_are_checked_again(objective: str) -> None:
    """By means that know of the required points; a bound that is too low is contradicted."""
    solver = "cp-sat" if objective == "max-sum" else "clique"  # what qcr proves has no second method
    for seed in range(8):
        instance = asked(seed, objective == "packing")
        answer = solve(instance, solver, objective=objective)
        assert recheck(instance, answer, engines=("plain-search",)), (seed, answer)
        if answer.objective:
            lower = replace(answer, bound=answer.objective * 0.5, refutations=())
            assert not recheck(instance, lower, engines=("plain-search",))


def test_random_selections_hold_them() -> None:
    """So the baseline is that of the question."""
    instance = Instance.from_points(np.arange(6.0)[:, None], 3, required=[0, 1], excluded=[2, 3, 4])
    values = random_values(instance)
    assert (values.mean, values.best) == (1.0, 1.0)
    alone = instance.with_fixed([0, 1], [2, 3, 4], between_required=False)
    assert random_values(alone).best == 4.0


def test_a_start_holds_them() -> None:
    """In the numbers of the whole; another one is refused."""
    instance = Instance.from_points(np.random.default_rng(1).random((20, 2)), 5, required=[4, 9])
    best = solve(instance)
    told = []
    again = solve(
        instance, "tabu", start=best.selected, on_improvement=lambda point, chosen: told.append(chosen)
    )
    assert again.objective == best.objective
    assert all({4, 9} <= {*chosen.tolist()} for chosen in told)
    with pytest.raises(InputError, match="point 4 is required, and the selection does not hold it"):
        solve(instance, "tabu", start=[0, 1, 2, 3, 9])


@pytest.mark.parametrize(
    ("fixed", "message"),
    [
        ({"required": [1], "excluded": [1]}, "point 1 is both required and excluded"),
        ({"required": [0, 1, 2, 3]}, "4 points are required, and p = 3 are to be chosen"),
        ({"excluded": [0, 1, 2, 3]}, "4 of 6 points are excluded, which leaves fewer than p = 3"),
        ({"required": [6]}, "required holds 6; points are counted from 0 to 5"),
        ({"excluded": [-1]}, "excluded holds -1; points are counted from 0 to 5"),
        ({"required": [2, 2]}, "required holds point 2 twice"),
        ({"required": [0.5]}, "required must be a list of points"),
        ({"between_required": "no"}, "between_required must be True or False, got 'no'"),
        ({"excluded": "ab"}, "excluded must be a list of points"),
        ({"required": [0, 1, 2], "between_required": False}, "so nothing does; require fewer"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(fixed: dict[str, object], message: str) -> None:
    """With the point or the number."""
    with pytest.raises(InputError, match=message):
        Instance.from_points(np.arange(6.0)[:, None], 3, **fixed)  # type: ignore[arg-type]


def test_required_points_that_are_too_near_are_refused() -> None:
    """Nothing is at least so far apart then."""
    with pytest.raises(InputError, match="points 0 and 1 are required, and 1 apart, which is less"):
        Instance.from_points(np.arange(6.0)[:, None], at_least=2.0, required=[0, 1])


def test_another_question_keeps_them() -> None:
    """They are part of what is asked, so of its digest; with_p checks them again."""
    plain = Instance.from_points(np.random.default_rng(0).random((9, 2)), 4)
    fixed = plain.with_fixed(required=[3, 1], excluded=[5])
    assert repr(fixed).endswith("metric='euclidean', 2 required, 1 excluded)")
    assert fixed.digest != plain.digest == fixed.with_fixed().digest
    assert fixed.with_p(3).membership == fixed.membership
    assert replace(fixed, name="other").membership == fixed.membership
    assert solve(fixed, "greedy").message.endswith("; 2 required, 1 excluded")
    assert "required" not in solve(plain, "greedy").message
    with pytest.raises(InputError, match="leaves fewer than p = 9"):
        fixed.with_p(9)
