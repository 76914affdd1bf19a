"""Nobody is believed: every wrong answer is a fault, and no right one is."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispersion import Instance, Solution, Status
from dispersion.library import Known
from dispersion.study.analysis.cross_check import CrossCheck, cross_check
from dispersion.study.execution.worker_main import failure
from dispersion.study.task import Task
from solvers import Limits, solve

HONEST = ("clique", "greedy", "tabu", "random")


def solved(instance: Instance, keep: float | None = 0.5, **changes: Any) -> list[tuple[Task, Solution]]:
    """Every honest solver's answer; those of the solver ``by`` are changed as told."""
    by = changes.pop("by", "clique")
    answers = []
    for name in HONEST:
        solution = solve(instance, name)
        if name == by:
            solution = replace(solution, **changes)
        answers.append((Task(instance, keep, name, "max-min", Limits()), solution))
    return answers


def replace_name(instance: Instance, name: str) -> Instance:
    """The same matrix and p, called otherwise."""
    return Instance(instance.distances, instance.p, name)


def test_honest_answers_give_rows_and_no_faults(instance: Instance) -> None:
    """What solvers really answer contradicts nothing, and each answer is a row, in order."""
    checked = cross_check(solved(instance))
    assert checked.faults == []
    assert [row.solver for row in checked.rows] == list(HONEST)
    best = checked.rows[0].objective
    assert best is not None
    for row in checked.rows:
        assert row.objective is not None
        assert row.random_mean <= row.random_best <= best
        assert row.objective <= best
        assert (row.random_mean, row.random_best) == (
            checked.rows[0].random_mean,
            checked.rows[0].random_best,
        )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"bound": 0.001}, "clique: its bound 0.001 is below its own answer"),
        ({"bound": 0.001}, "clique proved that nothing exceeds 0.001, greedy found"),
        ({"by": "tabu", "bound": 0.001, "status": Status.FEASIBLE}, "tabu proved that nothing exceeds"),
        ({"objective": 7.0}, "clique: reports 7.0, its selection is worth"),
        ({"by": "greedy", "objective": 7.0}, "greedy: reports 7.0, its selection is worth"),
        ({"selected": np.array([0, 0, 1, 2])}, "clique: a selection must hold distinct points"),
        ({"selected": np.array([0, 1, 2, 12])}, "clique: a selection must hold distinct points"),
        ({"selected": np.array([0, 1])}, "clique: a selection must be 4 whole numbers"),
        ({"selected": np.array([0.0, 1, 2, 3])}, "clique: a selection must be 4 whole numbers"),
        ({"bound": None}, "clique: optimal, yet bound None"),
        ({"selected": None, "objective": None, "bound": None}, "clique: optimal without a selection"),
    ],
)
def test_wrong_answers_are_faults(changes: dict[str, Any], told: str, instance: Instance) -> None:
    """A wrong bound, value, selection or status is named with its solver, layer and keep ratio."""
    checked = cross_check(solved(instance, **changes))
    assert any(fault.startswith(f"layer1, keep 0.5: {told}") for fault in checked.faults)
    wrong = [row.solver for row in checked.rows if row.status == "contradicted"]
    assert wrong == [changes.get("by", "clique")]  # nobody is blamed for what another made up
    assert len(checked.rows) == len(HONEST)


def test_the_same_question_under_two_names_is_one(instance: Instance) -> None:
    """A bound that is below what was attained on the same matrix and p is no optimum."""
    other = replace_name(instance, "layer2")
    worse = solve(other, "random")
    liar = replace(worse, solver="kuby", bound=worse.objective, status=Status.OPTIMAL)
    asked = Task(other, None, "kuby", "max-min", Limits())
    checked = cross_check([*solved(instance), (asked, liar)])
    assert [row.status for row in checked.rows].count("contradicted") == 1
    assert checked.rows[-1].status == "contradicted"
    assert f"{asked.question}: kuby proved that nothing exceeds" in checked.faults[0]


def test_a_failed_solve_is_a_fault_with_its_reason(instance: Instance) -> None:
    """What a worker gave up on is reported, and the row kept."""
    task = Task(instance, 0.25, "clique", "max-min", Limits())
    checked = cross_check([(task, failure(task, "the worker died (exit code 7)"))])
    assert checked.faults == ["layer1, keep 0.25: clique failed: the worker died (exit code 7)"]
    [row] = checked.rows
    assert (row.status, row.objective, row.bound, row.gap) == ("error", None, None, None)


def test_only_answers_to_one_question_are_compared(instance: Instance) -> None:
    """The optimum for few points may exceed that for many, and layers are apart."""
    fewer = instance.with_p(2)
    other = Instance(instance.distances / 10, 4, name="layer2")
    apart = solved(instance, keep=0.5) + solved(fewer, keep=0.2) + solved(other, keep=0.5)
    checked = cross_check(apart)
    assert checked.faults == []
    assert len(checked.rows) == 3 * len(HONEST)
    wrong = solved(instance, keep=0.5) + solved(other, keep=0.5, bound=0.0)
    assert all(fault.startswith("layer2, keep 0.5: ") for fault in cross_check(wrong).faults)


def test_the_order_of_answers_is_that_of_the_rows(instance: Instance) -> None:
    """Rows come as the solves were asked for, keep ratio by keep ratio."""
    asked = solved(instance, keep=0.5) + solved(instance.with_p(2), keep=0.2)
    rows = cross_check(asked).rows
    assert [(row.keep, row.solver) for row in rows] == [(task.keep, task.solver) for task, _ in asked]


def test_where_all_selections_are_worth_the_same_random_is_exactly_that() -> None:
    """The mean of equal values is that value to the last bit, so that no share of nothing is shown."""
    points = np.random.default_rng(3).random((9, 4))
    [row] = cross_check(solved(Instance.from_points(points, 9))[:1]).rows
    assert row.random_mean == row.random_best == row.objective


def test_nothing_solved_is_no_fault() -> None:
    """An interrupt before the first answer leaves an empty cross-check."""
    assert (cross_check([]).rows, cross_check([]).faults) == ([], [])


def test_published_values_are_held_against_answers(instance: Instance) -> None:
    """A proven optimum that is beaten, or excluded by a bound, is a fault of whoever did so."""
    answers = solved(instance)
    optimum = answers[0][1].objective
    assert optimum is not None

    def published(value: float, proven: bool = True, of: str = "layer1") -> CrossCheck:
        return cross_check(answers, {(of, 4): Known(value, proven, 1e-6)})

    agreed = published(optimum)
    assert (agreed.faults, agreed.better_than_published) == ([], [])
    assert {row.published for row in agreed.rows} == {optimum}
    assert any("clique proved that nothing exceeds" in fault for fault in published(2.0).faults)
    assert any("clique found" in fault for fault in published(optimum / 2).faults)
    better = published(optimum / 2, proven=False)
    assert better.faults == []
    told = f"layer1, keep 0.5: {optimum!r} is better than the published {optimum / 2!r}"
    assert better.better_than_published == [told]
    other = published(2.0, of="layer2")
    assert (other.faults, {row.published for row in other.rows}) == ([], {None})


def test_without_a_keep_ratio_the_question_is_named_by_p(instance: Instance) -> None:
    """Two sizes of one instance are two questions, each with its own name."""
    wrong = solved(instance, keep=None, bound=0.001) + solved(instance.with_p(3), keep=None)
    faults = cross_check(wrong).faults
    assert faults
    assert all(fault.startswith("layer1, p = 4: ") for fault in faults)


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(3, 9), share=st.floats(0.01, 0.99))
def test_a_bound_below_the_best_answer_is_always_seen(seed: int, n: int, share: float) -> None:
    """Whatever the instance, honest answers pass and a bound below the optimum does not."""
    rng = np.random.default_rng(seed)
    instance = Instance.from_points(rng.random((n, 2)), int(rng.integers(2, n + 1)))
    answers = solved(instance)
    assert cross_check(answers).faults == []
    optimum = answers[0][1].objective
    assert optimum is not None
    lying = solved(instance, by="random", bound=optimum * share)
    assert any("random" in fault for fault in cross_check(lying).faults)


def test_contradictions_come_before_failed_solves(instance: Instance) -> None:
    """Whoever reads the first line reads the worst, whatever question it is about."""
    task = Task(instance.with_p(3), 0.25, "kuby", "max-min", Limits())
    failed = (task, failure(task, "no such engine"))
    faults = cross_check([failed, *solved(instance, bound=0.001)]).faults
    assert "bound 0.001" in faults[0]
    assert faults[-1] == "layer1, keep 0.25: kuby failed: no such engine"


def test_shared_machines_are_flagged(instance: Instance) -> None:
    """Rows say whether their solve was alone on its machine."""
    answers = solved(instance)
    rows = cross_check(answers, shared={answers[1][0].key}).rows
    assert [row.shared for row in rows] == [False, True, False, False]
