"""A solve begins from a selection that is given, ends where it is good enough, and tells on its way."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import Instance, Status, TracePoint
from dispersion.errors import InputError
from dispersion.objectives import objectives
from solvers import list_solvers, solve
from solvers.registration import Guarantee, SolverInfo

POINTS = np.random.default_rng(3).random((12, 3))
CLOUD = Instance.from_points(POINTS, 4)
APART = Instance.from_points(POINTS, at_least=0.55)
SOLVERS = [pytest.param(info, id=f"{info.objective_name}-{info.name}") for info in list_solvers()]
EXACT = [one for one in SOLVERS if one.values[0].guarantee is Guarantee.EXACT]


def asked(info: SolverInfo) -> Instance:
    """What it solves."""
    return APART if objectives[info.objective_name].counts else CLOUD


def best(objective: str) -> np.ndarray:
    """An optimal selection."""
    instance = APART if objectives[objective].counts else CLOUD
    selected = solve(instance, objective=objective).selected
    assert selected is not None
    return selected


@pytest.mark.parametrize("info", SOLVERS)
def test_the_answer_is_never_worse_than_the_start(info: SolverInfo) -> None:
    """Given an optimum, each ends with it; and says so if it has not begun there."""
    start = best(info.objective_name)
    value = objectives[info.objective_name].value(CLOUD.distances, start)
    answer = solve(asked(info), info.name, objective=info.objective_name, start=start, time_limit=20)
    assert answer.objective == pytest.approx(value, rel=1e-12)
    assert answer.trace[0].objective == pytest.approx(value, rel=1e-12)
    assert ("does not use the start" in answer.message) is not info.takes_start


@pytest.mark.parametrize("info", EXACT)
def test_a_bad_start_costs_no_proof(info: SolverInfo) -> None:
    """From the first points, each proves what it proves without a start."""
    start = [0] if asked(info) is APART else [0, 1, 2, 3]
    answer = solve(asked(info), info.name, objective=info.objective_name, start=start, time_limit=20)
    plain = solve(asked(info), info.name, objective=info.objective_name, time_limit=20)
    assert answer.status is plain.status is Status.OPTIMAL
    assert answer.objective == pytest.approx(plain.objective, rel=1e-9)


def test_a_start_is_where_the_search_begins() -> None:
    """A local optimum better than that of greedy stays; models leave out what lies below it."""
    from solvers.ranks.window import window

    start = best("max-sum")
    assert len(solve(CLOUD, "exchange", objective="max-sum", start=start).trace) == 1
    optimum = best("max-min")
    assert (
        window(CLOUD, optimum).low == CLOUD.ranks[np.ix_(optimum, optimum)][np.triu_indices(4, 1)].min()
    )
    assert window(CLOUD, optimum).low > window(CLOUD).low == window(CLOUD, np.arange(4)).low


@pytest.mark.parametrize("info", SOLVERS)
def test_a_target_ends_a_solve(info: SolverInfo) -> None:
    """At the value of the start nothing is left to do."""
    start = best(info.objective_name)
    value = objectives[info.objective_name].value(CLOUD.distances, start)
    answer = solve(asked(info), info.name, objective=info.objective_name, start=start, target=value)
    assert answer.status is Status.FEASIBLE
    assert f"stopped at the target of {value:.6g}" in answer.message
    assert len(answer.trace) == 1


@pytest.mark.parametrize("info", [one for one in EXACT if asked(one.values[0]) is CLOUD])
def test_a_target_is_reached_before_the_proof(info: SolverInfo) -> None:
    """Whatever a solver finds first, a target below it ends the solve with a selection."""
    answer = solve(asked(info), info.name, objective=info.objective_name, target=0.0, time_limit=20)
    assert answer.status is Status.FEASIBLE
    assert answer.selected is not None
    assert "stopped at the target of 0" in answer.message


@pytest.mark.parametrize("name", ["clique", "kuby", "cp-sat", "compact", "highs-packing"])
def test_a_gap_ends_a_solve(name: str) -> None:
    """What is left open is no more than was allowed, and the whole proof takes longer."""
    instance = Instance.from_points(np.random.default_rng(1).random((40, 2)), 8)
    answer = solve(instance, name, gap=0.5, time_limit=60)
    assert answer.gap is not None
    assert answer.gap <= 0.5
    assert answer.status in (Status.FEASIBLE, Status.OPTIMAL)
    if answer.status is Status.FEASIBLE:
        assert "stopped at a gap of 0.5" in answer.message
    assert solve(instance, name, gap=0.0, time_limit=60).gap == 0.0


def test_an_engine_stops_in_its_search() -> None:
    """The target lies above the start and below the optimum: the engine's own finding ends it."""
    instance = Instance.from_points(np.random.default_rng(5).random((80, 2)), 12)
    greedy, optimum = (solve(instance, name).objective for name in ("greedy", "clique"))
    assert greedy is not None
    assert optimum is not None
    target = greedy + 0.3 * (optimum - greedy)
    for name in ("kuby", "cp-sat"):
        answer = solve(instance, name, target=target, time_limit=60)
        assert answer.objective is not None
        assert answer.objective >= target
        assert answer.status is Status.FEASIBLE, answer.message


def test_improvements_are_told() -> None:
    """As they stand in the trace, with a selection of the user's own to keep."""
    told: list[TracePoint] = []
    kept: list[np.ndarray] = []

    def tell(point: TracePoint, selected: np.ndarray | None) -> None:
        told.append(point)
        if selected is not None:
            selected.sort()
            kept.append(selected)
            selected[:0] = 7

    answer = solve(CLOUD, "tabu", on_improvement=tell)
    assert tuple(told) == answer.trace
    assert answer.selected is not None
    assert kept[-1].tolist() == answer.selected.tolist()
    assert kept[-1] is not answer.selected


@pytest.mark.parametrize("name", ["clique", "kuby", "cp-sat", "tabu"])
def test_whoever_listens_may_stop_the_solve(name: str) -> None:
    """By True at the first improvement; what was found stands."""
    answer = solve(CLOUD, name, on_improvement=lambda point, selected: True)
    assert answer.status in (Status.FEASIBLE, Status.INTERRUPTED)
    assert "stopped by on_improvement" in answer.message


@pytest.mark.parametrize("name", ["clique", "kuby", "cp-sat", "tabu"])
def test_what_a_listener_raises_is_raised(name: str) -> None:
    """No engine swallows it."""

    def fail(point: TracePoint, selected: np.ndarray | None) -> None:
        raise ZeroDivisionError("in the listener")

    with pytest.raises(ZeroDivisionError, match="in the listener"):
        solve(CLOUD, name, on_improvement=fail)


@pytest.mark.parametrize(
    "start",
    [
        [0, 1],
        [0, 1, 2, 2],
        [0, 1, 2, 12],
        [-1, 0, 1, 2],
        [0.5, 1, 2, 3],
        "abc",
        [[0, 1], [2]],
    ],
)
def test_a_start_that_does_not_fit_is_refused(start: object) -> None:
    """In one sentence, before anything is solved."""
    with pytest.raises(InputError, match="the start is no selection of"):
        solve(CLOUD, "clique", start=start)  # type: ignore[arg-type]


def test_a_start_that_is_too_near_is_refused() -> None:
    """Of a packing: the two points are named."""
    with pytest.raises(InputError, match=r"the start is no selection of .* at least 0.55 apart"):
        solve(APART, objective="packing", start=np.arange(12))


@pytest.mark.parametrize("value", [np.nan, np.inf, "much", True])
def test_a_target_is_a_finite_number(value: object) -> None:
    """Else one sentence."""
    with pytest.raises(InputError, match="the target must be a finite number, got"):
        solve(CLOUD, "clique", target=value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [-0.1, 1.0, 5, np.nan, "small"])
def test_a_gap_is_a_share(value: object) -> None:
    """Else one sentence: five per cent are not 5."""
    with pytest.raises(InputError, match="the gap must be at least 0 and less than 1"):
        solve(CLOUD, "clique", gap=value)  # type: ignore[arg-type]
