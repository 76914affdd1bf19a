"""Tests of solvers by name: the user's own as ``package.module:function``."""

from __future__ import annotations

import sys

import pytest

from dispersion import InputError, Instance, Status, UnknownNameError
from solvers import Guarantee, prepare, solve
from solvers.lookup import baselines, code_of, find
from solvers.registration import registry

LINE = Instance([[0, 1, 2], [1, 0, 1], [2, 1, 0]], 2)
MODULE = '''
from solvers import Guarantee, Run, solver


@solver("first", objective="max-min", guarantee=Guarantee.HEURISTIC, summary="the first points")
def first(run: Run) -> None:
    """Choose the first points."""
    run.report_incumbent(range(run.instance.p))


@solver("last", objective="max-min", guarantee=Guarantee.HEURISTIC, summary="the last points")
def last(run: Run, *, back: int = 0) -> None:
    """Choose the last points but so many."""
    end = run.instance.n - back
    run.report_incumbent(range(end - run.instance.p, end))


def bare(run):
    """Is no solver."""


number = 3
'''


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A module of the user's, in the current folder; forgotten afterwards."""
    (tmp_path / "own_solvers.py").write_text(MODULE)
    (tmp_path / "broken_solvers.py").write_text("import no_such_thing\n")
    (tmp_path / "taken_solvers.py").write_text(MODULE.replace('"first"', '"greedy"'))
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    list(registry)  # ours are found first
    monkeypatch.setattr(registry, "_entries", dict(registry._entries))
    yield tmp_path
    for name in ("own_solvers", "broken_solvers", "taken_solvers"):
        sys.modules.pop(name, None)


def test_it_goes_by_the_name_that_it_was_asked_for(own):
    """Module and function, in the answer too."""
    assert find("own_solvers:first").guarantee is Guarantee.HEURISTIC
    assert prepare("own_solvers:first") >= 0.0
    solution = solve(LINE, "own_solvers:first")
    assert (solution.solver, solution.status) == ("own_solvers:first", Status.FEASIBLE)
    assert solution.selected.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("no_module:first", "there is no module 'no_module' to take the solver 'no_module:first' from"),
        ("own_solvers:next", "the module 'own_solvers' has no function 'next'"),
        ("own_solvers:number", "has no function 'number', but one of type int"),
        ("own_solvers:bare", "is no solver yet: decorate the function with @solvers.solver"),
        (
            "broken_solvers:first",
            "cannot be imported .ModuleNotFoundError: No module named 'no_such_thing'",
        ),
        (
            "taken_solvers:first",
            "cannot be imported .ValueError: solver 'max-min/greedy' is registered twice",
        ),
    ],
)
def test_what_is_no_solver_is_one_sentence(own, name, told):
    """With what to do about it."""
    with pytest.raises(InputError, match=told):
        find(name)


def test_the_objective_must_be_its_own(own):
    """The message says which that is."""
    with pytest.raises(InputError, match="a max-min solver, but the objective is max-sum"):
        find("own_solvers:first", "max-sum")


def test_its_parameters_are_written_behind_it(own):
    """As those of solvers of ours are; its code is that of its file."""
    assert find("own_solvers:last").parameters == "back=0"
    solution = solve(LINE, "own_solvers:last:back=1")
    assert (solution.solver, solution.selected.tolist()) == ("own_solvers:last:back=1", [0, 1])
    assert code_of("own_solvers:last:back=1") == code_of("own_solvers:last") is not None


def test_parameters_are_those_of_the_function():
    """With its defaults, and what is given comes through."""
    assert find("tabu", "max-sum").parameters == "shakes=20"
    assert find("greedy").parameters == ""
    short = find("tabu:shakes=3", "max-sum")
    assert (short.name, short.method.keywords) == ("tabu:shakes=3", {"shakes": 3})
    assert short.stochastic
    assert code_of("tabu:patience=3") is None
    instance = Instance.from_points([[0.0], [1.0], [3.0], [7.0], [8.0]], 3)
    for name in ("tabu:patience=1", "grasp:patience=1"):
        assert solve(instance, name).solver == name
    for name in ("tabu:shakes=1", "obma:generations=1"):
        assert solve(instance, name, objective="max-sum").status is Status.FEASIBLE


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("tabu:patienc=3", "unknown argument of tabu 'patienc'; did you mean patience"),
        ("tabu:patience=many", "patience of tabu must be a whole number, not 'many'"),
        ("tabu:patience=0", "patience must lie between 1 and 2147483648, got 0"),
        ("greedy:start=3", "greedy has no parameters; leave out 'start=3'"),
        ("tabbu:patience=3", "unknown max-min solver 'tabbu:patience=3'"),
    ],
)
def test_bad_parameters_are_one_sentence(name, told):
    """Before anything is solved."""
    with pytest.raises(InputError, match=told):
        solve(LINE, name)


@pytest.mark.parametrize("name", ["gredy", ":first", "own_solvers:", "", 3])
def test_other_names_are_names_of_ours(name):
    """And are unknown."""
    with pytest.raises(UnknownNameError, match="unknown max-min solver"):
        find(name)


def test_its_code_counts(own):
    """Once its file has changed, its answers are those of another solver; ours go by the version."""
    before = code_of("own_solvers:first")
    (own / "own_solvers.py").write_text(MODULE + "\n# better\n")
    assert len({before, code_of("own_solvers:first"), None}) == 3
    assert code_of("greedy") is None


@pytest.mark.parametrize("objective", ["max-min", "max-sum"])
def test_random_is_the_baseline(objective):
    """Of either objective, from one registration."""
    assert baselines(objective) == ["random"]
    assert find("random", objective).method is find("random").method
