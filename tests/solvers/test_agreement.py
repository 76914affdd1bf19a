"""Tables on which all solvers must agree: brute force, each other, and the theorems."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispersion import Instance, Status, contradictions
from dispersion.metrics import distances as pairwise
from solvers import Guarantee, list_solvers, solve
from solvers.ranks.window import window

EXACT = [info.name for info in list_solvers("max-min") if info.guarantee is Guarantee.EXACT]
OTHERS = [info.name for info in list_solvers("max-min") if info.guarantee is not Guarantee.EXACT]


def test_there_are_several_independent_exact_solvers():
    """The tables below compare something."""
    assert set(EXACT) >= {"clique", "compact", "cp-sat", "kuby", "node-packing"}


@pytest.mark.parametrize("name", EXACT)
def test_exact_solvers_equal_brute_force(name, brute_force, random_instance):
    """On small instances with ties, duplicates, integers and every kind of p: to the last bit."""
    for seed in range(2000 if name == "clique" else 80):
        instance = random_instance(seed)
        solution = solve(instance, name, seed=seed)
        assert solution.status is Status.OPTIMAL, (seed, solution)
        assert solution.objective == brute_force(instance), seed
        assert contradictions(instance, [solution]) == []


def open_windows():
    """Instances of four kinds that greedy and degrees leave open, so that engines must decide."""
    kinds = [
        lambda rng: rng.random((11, 11)),
        lambda rng: rng.integers(0, 5, (11, 11)).astype(float),
        lambda rng: pairwise(rng.integers(0, 4, (11, 2)), "euclidean"),
        lambda rng: pairwise(rng.normal(size=(11, 3)), "cosine"),
    ]
    for seed in range(48):
        rng = np.random.default_rng(seed)
        upper = np.triu(kinds[seed % 4](rng), k=1)
        instance = Instance(upper + upper.T, int(rng.integers(3, 8)))
        pairs = window(instance)
        if pairs.low < pairs.high:
            yield instance


@pytest.mark.parametrize("name", EXACT)
def test_exact_solvers_equal_brute_force_where_greedy_fails(name, brute_force):
    """Where greedy meets the degree bound nothing is solved; here it does not."""
    instances = list(open_windows())
    assert len(instances) >= 25
    for k, instance in enumerate(instances):
        solution = solve(instance, name, seed=k)
        assert solution.status is Status.OPTIMAL, (k, solution)
        assert solution.objective == brute_force(instance), k


@pytest.mark.parametrize("name", OTHERS)
def test_other_solvers_are_never_above_brute_force(name, brute_force, random_instance):
    """Heuristics return valid selections, and their bounds hold."""
    for seed in range(60):
        instance = random_instance(seed)
        solution = solve(instance, name, seed=seed)
        best = brute_force(instance)
        assert solution.objective <= best
        assert solution.bound is None or solution.bound >= best
        assert contradictions(instance, [solution]) == []


@given(seed=st.integers(0, 2**31 - 1), n=st.integers(10, 60), share=st.floats(0.05, 0.95))
@settings(deadline=None, max_examples=20)
def test_greedy_is_within_a_factor_two_of_the_proven_optimum(seed, n, share):
    """The theorem that caught a wrong prototype: under a metric, greedy >= optimum / 2."""
    rng = np.random.default_rng(seed)
    instance = Instance.from_points(rng.normal(size=(n, 3)), max(2, round(share * n)))
    optimum, greedy, tabu = (solve(instance, name) for name in ("clique", "greedy", "tabu"))
    assert optimum.status is Status.OPTIMAL
    assert greedy.objective >= optimum.objective / 2 * (1 - 1e-12)
    assert tabu.objective >= greedy.objective
    assert contradictions(instance, [optimum, greedy, tabu]) == []


MEDIUM = {
    "plane": lambda rng: Instance.from_points(rng.random((40, 2)), 8),
    "filters": lambda rng: Instance.from_points(rng.normal(size=(48, 27)) * rng.random((48, 1)), 24),
    "directions": lambda rng: Instance.from_points(rng.normal(size=(32, 9)), 16, "normalized"),
    "lines": lambda rng: Instance.from_points(rng.normal(size=(32, 9)), 8, "angular"),
    "not a metric": lambda rng: Instance.from_points(rng.normal(size=(32, 9)), 16, "cosine"),
    "grid with ties": lambda rng: Instance.from_points(np.argwhere(np.ones((6, 6))), 9),
    "half are copies": lambda rng: Instance.from_points(np.tile(rng.random((15, 2)), (2, 1)), 15),
    "fewer distinct points than p": lambda rng: Instance.from_points(
        np.tile(rng.random((9, 2)), (3, 1)), 10
    ),
    "all at one place": lambda rng: Instance(np.zeros((12, 12)), 5),
    "all equally far": lambda rng: Instance(1.0 - np.eye(12), 5),
    "huge and tiny": lambda rng: Instance.from_points(np.exp(rng.normal(scale=12.0, size=(24, 1))), 8),
}


@pytest.mark.parametrize("kind", MEDIUM)
def test_all_exact_solvers_find_the_same_optimum(kind):
    """Three unrelated engines, eight methods, one optimum, to the last bit."""
    instance = MEDIUM[kind](np.random.default_rng(7))
    answers = [solve(instance, name) for name in [*EXACT, *OTHERS]]
    exact = answers[: len(EXACT)]
    assert all(answer.status is Status.OPTIMAL for answer in exact), exact
    assert len({answer.objective for answer in exact}) == 1
    assert contradictions(instance, answers) == []


EXTREME = {
    "cloud": lambda rng: pairwise(rng.normal(size=(7, 3)), "euclidean") / 16.0,
    "copies": lambda rng: pairwise(rng.integers(0, 2, (7, 2)), "euclidean") / 2.0,
    "zeros": lambda rng: np.zeros((7, 7)),
    "equal": lambda rng: np.ones((7, 7)),
    "one huge": lambda rng: np.where(np.arange(49).reshape(7, 7) == 3, 1.0, 1e-7 * rng.random((7, 7))),
    "of all sizes": lambda rng: 10.0 ** rng.uniform(-150.0, 0.0, (7, 7)),
    "up to 2**53": lambda rng: rng.integers(2**52, 2**53, (7, 7)) / 2.0**53,
}


@pytest.mark.parametrize("kind", EXTREME)
@pytest.mark.parametrize("name", [*EXACT, *OTHERS])
def test_any_unit_of_length_will_do(name, kind, brute_force):
    """From the least float to the largest: ranks are all that counts, and bounds stay finite."""
    upper = np.triu(EXTREME[kind](np.random.default_rng(6)), k=1)
    for scale in (5e-324 * 2.0**60, 2.0**53, 1e308):
        for p in (3, 7):
            instance = Instance((upper + upper.T) * scale, p)
            solution = solve(instance, name, time_limit=600.0)
            assert contradictions(instance, [solution]) == []
            assert solution.objective <= brute_force(instance)
            if name in EXACT:
                assert solution.status is Status.OPTIMAL, (scale, p)
                assert solution.objective == brute_force(instance), (scale, p)
            assert solution.bound is None or np.isfinite(solution.bound)


def test_too_few_distinct_points_are_no_error():
    """With fewer than p distinct points the optimum is 0, and proven."""
    instance = MEDIUM["fewer distinct points than p"](np.random.default_rng(1))
    for name in EXACT:
        solution = solve(instance, name)
        assert (solution.objective, solution.bound, solution.gap) == (0.0, 0.0, 0.0)
        assert solution.status is Status.OPTIMAL


@pytest.mark.parametrize("name", [*EXACT, *OTHERS])
def test_the_same_seed_gives_the_same_answer(name):
    """Selection and value repeat."""
    instance = MEDIUM["filters"](np.random.default_rng(3))
    one, two = (solve(instance, name, seed=11) for _ in range(2))
    assert one.objective == two.objective
    assert (one.selected == two.selected).all()


@pytest.mark.parametrize("name", EXACT)
def test_threads_can_change_between_solves(name):
    """HiGHS returned stale answers when they did."""
    rng = np.random.default_rng(3)
    for threads in (1, 2, 1):
        instance = Instance.from_points(rng.normal(size=(16, 4)), 6)
        solution = solve(instance, name, threads=threads)
        assert solution.objective == solve(instance, "clique").objective


@pytest.mark.parametrize("name", EXACT)
def test_a_time_limit_leaves_a_valid_bracket(name):
    """Stopped early, incumbent and bound are there and enclose the proven optimum."""
    X = np.random.default_rng(2).normal(size=(90, 16))
    instance = Instance.from_points(X, 24, "normalized")
    stopped = solve(instance, name, time_limit=0.3)
    assert stopped.status in (Status.TIME_LIMIT, Status.OPTIMAL)
    better = solve(instance, "tabu")
    assert contradictions(instance, [stopped, better]) == []
    assert stopped.objective is not None
    assert stopped.bound >= better.objective


INTERRUPTED = """
import os, signal, sys, threading
import numpy as np
from dispersion import Instance
from solvers import prepare, solve
X = np.random.default_rng(2).normal(size=(240, 16))
instance = Instance.from_points(X, 60, "normalized")
for name in ["numpy.ma", *(one for one in sys.modules if one.startswith("numpy.ma."))]:
    sys.modules.pop(name, None)  # as in a worker, which gets instances that are made
vars(np).pop("ma", None)
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what starts in the background
for name in sys.argv[1:]:
    prepare(name)
    threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
    before = set(sys.modules)
    solution = solve(instance, name, time_limit=300)
    proven = solution.bound <= solution.objective
    news = [one for one in set(sys.modules) - before if not one.startswith("solvers.engines.")]
    print(name, solution.status.value, solution.selected is not None, proven, *news)
"""


def test_ctrl_c_stops_an_engine_and_keeps_its_bracket():
    """A real SIGINT in the middle of a solve ends it, long before its limit of five minutes.

    Nothing is imported in that time: `prepare` has done it.
    """
    asked = [sys.executable, "-c", INTERRUPTED, *EXACT]
    result = subprocess.run(asked, capture_output=True, text=True, timeout=600)
    expected = [f"{name} interrupted True False" for name in EXACT]
    assert result.stdout.splitlines() == expected, result.stderr
