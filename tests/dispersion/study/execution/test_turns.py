"""The order of solves follows from what solvers register, whatever they are called."""

from collections.abc import Callable

import pytest

from dispersion.study.execution.turns import Turn, turns_of
from dispersion.study.task import Task
from solvers import Guarantee, solver
from solvers.registration import registry

Tasks = Callable[..., Task]


@pytest.mark.parametrize(
    ("guarantee", "engine", "turn"),
    [
        (Guarantee.HEURISTIC, None, Turn.HEURISTIC),
        (Guarantee.APPROXIMATION, None, Turn.HEURISTIC),
        (Guarantee.EXACT, None, Turn.PROVER),
        (Guarantee.EXACT, "HiGHS", Turn.ENGINE),
        (Guarantee.HEURISTIC, "HiGHS", Turn.ENGINE),
    ],
)
def test_turns_are_facts_of_the_registration(
    guarantee: Guarantee,
    engine: str | None,
    turn: Turn,
    task: Tasks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What proves nothing comes first, and what an engine solves last."""
    list(registry)
    monkeypatch.setattr(registry, "_entries", dict(registry._entries))
    solver("any", objective="max-min", guarantee=guarantee, summary="a fake", engine=engine)(print)
    assert turns_of([task("any"), task("nobody")]) == [turn, Turn.HEURISTIC]
