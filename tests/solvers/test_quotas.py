"""Quotas of groups: every solver meets them, or says that it knows none."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from dispersion import Instance, Status, contradictions
from dispersion.errors import NotApplicableError
from dispersion.fixing import Fixed
from dispersion.objectives import objectives
from solvers import list_solvers, recheck, solve
from solvers.maxsum.qcr import _Tree
from solvers.registration import Guarantee, SolverInfo
from solvers.run import Limits, Run
from solvers.sums.concave_bounds import ScaledRun, relaxation_of
from solvers.sums.reformulation import Quadratic

SOLVERS = [
    pytest.param(info, id=f"{info.objective_name}-{info.name}")
    for info in list_solvers()
    if info.takes_quotas and info.objective_name != "packing"
]
KINDS = ("plane", "ties", "no metric", "cosine")
FEW, ALL = 24, 2000  # instances


def asked(seed: int) -> Instance:
    """A small instance with groups that may share points, quotas, and points in and out."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 10))
    p = int(rng.integers(2, n))
    points = rng.integers(0, 4, size=(n, 2)) if seed % 4 == 1 else rng.random((n, 3))
    if rng.random() < 0.6:
        groups: object = rng.choice(["a", "b", "c", None], size=n, p=[0.4, 0.3, 0.2, 0.1]).tolist()
        names = sorted({label for label in groups if label is not None})  # type: ignore[attr-defined]
    else:
        held = {name: np.flatnonzero(rng.random(n) < 0.5).tolist() for name in "ab"}
        groups = held
        names = [name for name in held if held[name]]
    quota = {}
    for name in names:
        size = len(groups[name]) if isinstance(groups, dict) else groups.count(name)  # type: ignore[attr-defined]
        least = int(rng.integers(0, min(size, p) + 1)) if rng.random() < 0.5 else 0
        quota[name] = (least, int(rng.integers(least, p + 1)) if rng.random() < 0.7 else None)
    fixed = {}
    if seed % 3 == 0:
        order = rng.permutation(n)
        r, e = int(rng.integers(0, p)), int(rng.integers(0, n - p + 1))
        fixed = {"required": order[:r], "excluded": order[n - e :]}
    how = {"groups": groups, "quota": quota, **fixed} if quota else fixed
    if KINDS[seed % 4] == "no metric":
        upper = np.triu(rng.integers(0, 6, size=(n, n)).astype(float), k=1)
        return Instance(upper + upper.T, p, **how)
    return Instance.from_points(points, p, "cosine" if seed % 4 == 3 else "euclidean", **how)


def optimum(instance: Instance, objective: str) -> float | None:
    """Of all selections that meet what is asked; `None` if there is none."""
    known, best = instance.membership, None
    for selected in itertools.combinations(range(instance.n), instance.p):
        inside = set(selected)
        if not {*known.required} <= inside or inside & {*known.excluded}:
            continue
        counts = [(one, len(inside & {*one.points})) for one in instance.quota]
        if all(one.least <= count <= one.most for one, count in counts):
            value = objectives[objective].worth(instance, np.array(selected))
            best = value if best is None else max(best, value)
    return best


def overlap(instance: Instance) -> bool:
    """Whether two groups share a point."""
    return any({*a.points} & {*b.points} for a, b in itertools.combinations(instance.quota, 2))


def agrees(info: SolverInfo, seeds: range) -> None:
    """Fail unless the answers are allowed, at most the optimum, and the optimum if proven."""
    objective = objectives[info.objective_name]
    for seed in seeds:
        instance = asked(seed)
        best = optimum(instance, objective.name)
        try:
            answer = solve(instance, info.name, objective=objective.name, seed=seed, time_limit=60)
        except NotApplicableError:
            special = info.name in {"tangent", "coordinate-partitioning", "unit-vectors"}
            assert special or (info.name == "fair-greedy-flow" and overlap(instance)), seed
            continue
        if best is None:
            assert answer.status is Status.INFEASIBLE, seed
            assert "no selection of" in answer.message
            continue
        assert not contradictions(instance, [answer]), seed
        assert answer.objective is not None
        room = objective.rounding * max(1.0, abs(best))
        assert answer.objective <= best + room, seed
        if answer.bound is not None:
            assert answer.bound >= best - room, (seed, answer)
        if info.guarantee is Guarantee.EXACT:
            assert answer.status is Status.OPTIMAL, (seed, answer)
            assert answer.objective >= best - room, (seed, answer)


@pytest.mark.parametrize("info", SOLVERS)
def test_all_selections_agree(info: SolverInfo) -> None:
    agrees(info, range(FEW))


@pytest.mark.slow  # four minutes; the first of these instances are solved each time
@pytest.mark.parametrize("info", SOLVERS)
def test_all_selections_agree_on_many(info: SolverInfo) -> None:
    agrees(info, range(FEW, ALL))


@pytest.mark.parametrize("objective", ["max-min", "max-sum"])
def test_proofs_are_derived_again(objective: str) -> None:
    solvers = ("clique", "cp-sat") if objective == "max-min" else ("cp-sat", "kuo-glover-dhir")
    confirmed = 0
    for seed in range(8):
        instance = asked(seed)
        for name in solvers:
            answer = solve(instance, name, objective=objective, time_limit=60)
            confirmed += bool(recheck(instance, answer, seconds=20.0))
            if answer.bound is not None and answer.objective is not None:
                low = replace(answer, bound=answer.objective * 0.9, refutations=())
                assert recheck(instance, low, seconds=20.0).faults
    assert confirmed == 8 * len(solvers)


def test_a_proof_is_not_taken_from_the_problem_without_quotas() -> None:
    # the two points that are farthest apart are of one group
    line = Instance.from_points([[0.0], [4.0], [9.0], [10.0]], 2, groups="axya", quota={"a": 1})
    answer = solve(line)
    assert (answer.objective, answer.bound) == (9.0, 9.0)
    assert recheck(line, answer)
    free = solve(line.with_quota())
    assert free.objective == 10.0
    assert contradictions(line, [replace(free, instance_digest=line.digest)])


def _told(*improvement: object) -> None:
    raise KeyError("told")


@pytest.mark.parametrize("objective", ["max-min", "max-sum"])
def test_a_solve_that_ends_at_its_start_says_why(objective: str) -> None:
    # no time, a target that any selection reaches, and a listener that fails
    line = Instance.from_points([[0.0], [4.0], [9.0], [10.0]], 3, groups="axya", quota={"a": 1})
    stopped = solve(line, objective=objective, time_limit=1e-9)
    assert stopped.status in (Status.TIME_LIMIT, Status.OPTIMAL)
    reached = solve(line, objective=objective, target=1.0)
    assert reached.objective is not None
    assert reached.objective >= 1.0
    with pytest.raises(KeyError, match="told"):
        solve(line, objective=objective, on_improvement=_told)


def test_what_required_points_leave_of_quotas() -> None:
    """Of two groups, one of which is half in; a quota that asks nothing more is dropped."""
    points = np.arange(10.0)[:, None]
    whole = Instance.from_points(
        points,
        6,
        required=[0, 1, 5],
        excluded=[9],
        groups="aaaabbbbcc",
        quota={"a": (3, 4), "b": (0, 2), "c": (0, 2)},
    )
    left = Fixed.of(whole, "max-min")
    assert left is not None
    assert left.plain is not None
    assert left.points.tolist() == [2, 3, 4, 6, 7, 8]
    assert [(one.group, one.points, one.least, one.most) for one in left.plain.quota] == [
        ("a", (0, 1), 1, 2),
        ("b", (2, 3, 4), 0, 1),
    ]


@pytest.mark.parametrize("seed", range(6))
def test_trees_that_branch_agree(seed: int) -> None:
    """qcr where neither the start nor the root closes: tight quotas on a matrix of whole numbers."""
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.integers(1, 40, size=(16, 16)).astype(float), k=1)
    groups = rng.permutation([*"abcabcabcabcabca"]).tolist()
    instance = Instance(upper + upper.T, 5, groups=groups, quota={"a": 1, "b": 1})
    answer = solve(instance, "qcr", objective="max-sum")
    assert answer.status is Status.OPTIMAL
    assert answer.objective == answer.bound == optimum(instance, "max-sum")
    assert int(answer.message.split(" nodes")[0].split("; ")[-1]) > 10


@pytest.mark.parametrize(
    ("fixed", "can"),
    [
        ([0, 0, 0, 0, 0, 0], True),
        ([1, 1, 0, 0, 0, 0], True),  # two of a, the most
        ([1, 1, 1, 0, 0, 0], False),
        ([-1, -1, 0, 0, 0, 0], True),  # one of a is left, the least
        ([-1, -1, -1, 0, 0, 0], False),
        ([0, 0, 0, -1, -1, 0], True),
        ([0, 0, 0, -1, -1, -1], False),
    ],
)
def test_a_node_is_dropped_only_if_its_points_cannot_meet_the_quotas(
    fixed: list[int], can: bool
) -> None:
    """Too many of a group are in, or too few are left."""
    points = np.random.default_rng(0).random((6, 2))
    instance = Instance.from_points(points, 3, groups="aaabbb", quota={"a": (1, 2), "b": (1, 3)})
    bracket = ScaledRun(Run(instance, Limits(), "max-sum"), 1.0)
    bracket.run.report_incumbent([0, 1, 3])
    relaxation, _ = relaxation_of(Quadratic.of(np.array(instance.distances), 3), bracket)
    assert _Tree(bracket, relaxation)._can_meet(np.array(fixed, dtype=np.int8)) == can
