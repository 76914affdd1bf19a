"""Tables on which all exact max-sum solvers must agree: brute force, each other, and the theorems."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispersion import InputError, Instance, Status, contradictions
from solvers import Guarantee, list_solvers, solve

INFOS = {info.name: info for info in list_solvers("max-sum")}
EXACT = [name for name, info in INFOS.items() if info.guarantee is Guarantee.EXACT]
PICKY = {"tangent", "coordinate-partitioning", "unit-vectors"}  # refuse some matrices
ANYTHING = [name for name in EXACT if name not in PICKY]


def test_there_are_several_independent_exact_solvers():
    """The tables below compare something."""
    assert set(ANYTHING) == {"cp-sat", "glover", "glover-woolsey", "kuo-glover-dhir", "qcr"}
    assert set(EXACT) >= PICKY


@pytest.mark.parametrize("name", ANYTHING)
def test_exact_solvers_equal_brute_force(name, brute_force, random_instance):
    """On small instances with ties, duplicates, integers and every kind of p."""
    for seed in range(400 if name == "qcr" else 40):
        instance = random_instance(seed)
        solution = solve(instance, name, objective="max-sum", seed=seed)
        assert solution.status is Status.OPTIMAL, (seed, solution)
        assert solution.objective == pytest.approx(brute_force(instance, "max-sum"), rel=1e-12), seed
        assert contradictions(instance, [solution]) == []


@pytest.mark.parametrize("name", [*ANYTHING, "tangent", "coordinate-partitioning"])
def test_exact_solvers_equal_brute_force_on_points(name, brute_force, random_instance):
    """The same for Euclidean distances alone, which every solver but one takes."""
    for seed in [seed for seed in range(60) if seed % 4 < 2]:
        instance = random_instance(seed)
        solution = solve(instance, name, objective="max-sum", seed=seed)
        assert solution.status is Status.OPTIMAL, (seed, solution)
        assert solution.objective == pytest.approx(brute_force(instance, "max-sum"), rel=1e-12), seed


@pytest.mark.parametrize("name", EXACT)
def test_exact_solvers_equal_brute_force_on_directions(name, brute_force, directions):
    """1 - cos is half a squared distance: every solver takes it."""
    for seed in range(6):
        instance = directions(seed)
        solution = solve(instance, name, objective="max-sum")
        assert solution.status is Status.OPTIMAL, (seed, solution)
        assert solution.objective == pytest.approx(brute_force(instance, "max-sum"), rel=1e-12), seed


MEDIUM = {
    "plane": lambda rng: Instance.from_points(rng.random((14, 2)), 4),
    "filters": lambda rng: Instance.from_points(rng.normal(size=(12, 27)), 5),
    "directions": lambda rng: Instance.from_points(rng.normal(size=(12, 9)), 5, "normalized"),
    "lines": lambda rng: Instance.from_points(rng.normal(size=(12, 9)), 4, "angular"),
    "grid with ties": lambda rng: Instance.from_points(np.argwhere(np.ones((3, 4))), 5),
    "half are copies": lambda rng: Instance.from_points(np.tile(rng.random((6, 2)), (2, 1)), 5),
    "whole numbers": lambda rng: Instance(
        np.rint(20 * Instance.from_points(rng.random((12, 3)), 2).distances), 4
    ),
    "all at one place": lambda rng: Instance(np.zeros((12, 12)), 5),
    "all equally far": lambda rng: Instance(1.0 - np.eye(12), 5),
    "tiny": lambda rng: Instance.from_points(1e-9 * rng.random((12, 2)), 4),
    "huge": lambda rng: Instance.from_points(1e9 * rng.random((12, 2)), 4),
    "all but one": lambda rng: Instance.from_points(rng.random((12, 3)), 11),
}


@pytest.mark.parametrize("kind", MEDIUM)
def test_all_exact_solvers_find_the_same_optimum(kind):
    """Three unrelated engines, five methods, one optimum; the bounds of cuts enclose it."""
    instance = MEDIUM[kind](np.random.default_rng(7))
    answers = [solve(instance, name, objective="max-sum") for name in ANYTHING]
    assert all(answer.status is Status.OPTIMAL for answer in answers), answers
    optimum = answers[0].objective
    assert [answer.objective for answer in answers] == pytest.approx([optimum] * 5, rel=1e-12)
    for name in PICKY:
        try:
            bracket = solve(instance, name, objective="max-sum", time_limit=0.3)
        except InputError:  # no cosines, no vectors
            assert name == "unit-vectors" or kind == "whole numbers"
            continue
        assert bracket.objective == pytest.approx(optimum, rel=1e-12)
        assert bracket.bound >= optimum * (1 - 1e-12)


@given(seed=st.integers(0, 2**31 - 1), n=st.integers(6, 30), share=st.floats(0.1, 0.95))
@settings(deadline=None, max_examples=25)
def test_no_bound_is_below_the_optimum(seed, n, share):
    """Whatever proves a bound, on points in a few dimensions, and what heuristics find is no more."""
    rng = np.random.default_rng(seed)
    instance = Instance.from_points(rng.normal(size=(n, 3)), max(2, round(share * n)))
    optimum = solve(instance, "qcr", objective="max-sum")
    assert optimum.status is Status.OPTIMAL
    for name in ("local-search", "farthest-pairs", "matching", "exchange", "tabu", "greedy"):
        other = solve(instance, name, objective="max-sum", seed=seed % 1000)
        assert other.objective <= optimum.objective * (1 + 1e-9)
        assert other.bound is None or other.bound >= optimum.objective * (1 - 1e-12)


@pytest.mark.parametrize("name", ["qcr", "tabu", "obma", "tangent"])
def test_the_same_seed_gives_the_same_answer(name, cloud):
    """Selection and value repeat."""
    instance = cloud(3, n=30, p=9)
    one, two = (solve(instance, name, objective="max-sum", seed=11) for _ in range(2))
    assert one.objective == two.objective
    assert (one.selected == two.selected).all()


@pytest.mark.parametrize("name", EXACT)
def test_a_time_limit_leaves_a_valid_bracket(name):
    """Stopped early, whatever bound there is encloses the optimum."""
    X = np.random.default_rng(2).normal(size=(90, 16))
    instance = Instance.from_points(X, 18, "cosine")
    stopped = solve(instance, name, objective="max-sum", time_limit=0.5)
    assert stopped.status in (Status.TIME_LIMIT, Status.OPTIMAL)
    better = solve(instance, "tabu", objective="max-sum")
    assert stopped.objective is not None
    assert stopped.bound is None or stopped.bound >= better.objective * (1 - 1e-12)


INTERRUPTED = """
import os, signal, sys, threading
import numpy as np
from dispersion import Instance
from solvers import prepare, solve
prepare(sys.argv[1], "max-sum")
X = np.random.default_rng(2).normal(size=(100, 8))
instance = Instance.from_points(X, 20, "cosine")
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what starts in the background
threading.Timer(1.5, os.kill, (os.getpid(), signal.SIGINT)).start()
solution = solve(instance, sys.argv[1], objective="max-sum", time_limit=300)
print(solution.status.value, solution.selected is not None, solution.bound > solution.objective)
"""


@pytest.mark.parametrize("name", ["glover", "qcr", "tangent"])
def test_ctrl_c_stops_an_engine_and_keeps_its_bracket(name):
    """A real SIGINT in the middle of a solve ends it, long before its limit of five minutes."""
    result = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, name], capture_output=True, text=True, timeout=120
    )
    assert result.stdout.split() == ["interrupted", "True", "True"], result.stderr
