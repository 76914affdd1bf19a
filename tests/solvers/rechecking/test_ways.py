"""Arguments and engines of `solvers.rechecking`, against trying everything."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispersion import EngineError
from solvers.rechecking.check import ARGUMENTS
from solvers.rechecking.cover import UNIT, allowed, cliques_of, conflicts_of
from solvers.rechecking.engine_checks import ENGINES
from solvers.rechecking.question import Clock
from solvers.rechecking.refuters import core
from solvers.run import TimeUp


def apart_but(n, conflicts):
    """n points, of which all pairs but these are apart."""
    apart = ~np.eye(n, dtype=bool)
    for i, j in conflicts:
        apart[i, j] = apart[j, i] = False
    return apart


def apart_only(n, pairs):
    """n points, of which these pairs are apart."""
    return conflicts_of(apart_but(n, pairs))


def cycle(n):
    return apart_but(n, [(i, (i + 1) % n) for i in range(n)])


def petersen():
    """Conflicts: disjoint pairs of five; four points at most, since all have one element in common."""
    pairs = list(itertools.combinations(range(5), 2))
    at = range(10)
    return apart_but(10, [(i, j) for i in at for j in at if not set(pairs[i]) & set(pairs[j])])


def possible(apart, p):
    among = itertools.combinations(range(len(apart)), p)
    return any(all(apart[i, j] for i, j in itertools.combinations(chosen, 2)) for chosen in among)


@st.composite
def questions(draw):
    n = draw(st.integers(2, 8))
    upper = np.triu(
        np.array(draw(st.lists(st.booleans(), min_size=n * n, max_size=n * n))).reshape(n, n), 1
    )
    return upper | upper.T, draw(st.integers(2, n))


@given(question=questions())
@settings(max_examples=150, deadline=None)
def test_no_argument_refutes_what_is_possible(question):
    """An argument that succeeds is right."""
    apart, p = question
    there_are = possible(apart, p)
    for name, argument in ARGUMENTS.items():
        assert not (there_are and argument(apart, p, Clock(60))), name


@given(question=questions())
@settings(max_examples=40, deadline=None)
def test_every_engine_decides_every_small_question(question):
    """Refuted exactly where there are no such points; else with p points that are pairwise apart."""
    apart, p = question
    for name, engine in ENGINES.items():
        reply = engine(apart, p, Clock(60), 1)
        assert reply.refuted != possible(apart, p), name
        if reply.witness is not None:
            assert len(set(reply.witness.tolist())) == p, name
            assert apart[np.ix_(reply.witness, reply.witness)].sum() == p * (p - 1), name


TRIANGLE_AND_TAIL = apart_but(5, [(0, 3), (0, 4), (1, 3), (1, 4), (2, 4)])


@pytest.mark.parametrize(
    ("apart", "p", "succeed"),
    [
        (apart_but(4, [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (1, 3)]), 2, set(ARGUMENTS)),
        (cycle(4), 3, set(ARGUMENTS)),
        (apart_only(5, [(i, i + 1) for i in range(4)]), 3, set(ARGUMENTS) - {"degrees"}),
        (cycle(6), 4, {"colouring", "cover", "spectrum", "theta"}),
        (cycle(5), 3, {"cover", "spectrum", "theta"}),
        (cycle(7), 4, {"cover", "spectrum", "theta"}),
        (petersen(), 5, {"spectrum", "theta"}),
        (petersen(), 4, set()),
        (TRIANGLE_AND_TAIL, 3, set()),
    ],
)
def test_what_each_argument_can_do(apart, p, succeed):
    """A path needs peeling, odd cycles weights, the Petersen graph eigenvalues."""
    assert {name for name, argument in ARGUMENTS.items() if argument(apart, p, Clock(60))} == succeed
    assert possible(apart, p) != bool(succeed)


def test_the_core_is_what_peeling_leaves():
    """Against the definition: the largest set in which everyone has p - 1 partners."""
    rng = np.random.default_rng(0)
    for _ in range(30):
        upper = np.triu(rng.random((8, 8)) < 0.5, 1)
        apart, p = upper | upper.T, int(rng.integers(2, 6))
        sets = (list(s) for k in range(9) for s in itertools.combinations(range(8), k))
        fit = [s for s in sets if (apart[np.ix_(s, s)].sum(axis=1) >= p - 1).all()]
        assert core(apart, p).tolist() == max(fit, key=len)


def test_cliques_cover_every_conflict_and_nothing_else():
    """On a random graph: all are cliques of conflicts, and together they hold every pair."""
    upper = np.triu(np.random.default_rng(1).random((30, 30)) < 0.4, 1)
    conflicts = conflicts_of(upper | upper.T)
    held = np.zeros_like(conflicts)
    for clique in cliques_of(conflicts, Clock(60)):
        held[np.ix_(clique, clique)] = True
    np.fill_diagonal(held, False)
    assert (held == conflicts).all()


def test_covers_are_counted_exactly():
    """Half a unit on every edge of a five-cycle allows 2.5 points; a unit less is made up for."""
    conflicts = conflicts_of(cycle(5))
    edges = [np.array([i, (i + 1) % 5]) for i in range(5)]
    assert allowed(conflicts, edges, [UNIT // 2] * 5) == 5 * UNIT // 2
    assert allowed(conflicts, edges, [UNIT // 2 - 1] * 5) == 5 * (UNIT // 2 - 1) + 5 * 2
    assert allowed(conflicts, [], []) == 5 * UNIT


@pytest.mark.parametrize(("row", "weight"), [([0, 1], -1), ([0, 2], 1), ([0, 0], 1), ([0, 1, 2], 1)])
def test_what_is_no_cover_is_refused(row, weight):
    """Negative weights, points that can both be selected, and a point twice."""
    with pytest.raises(EngineError, match="not a weighted clique"):
        allowed(conflicts_of(cycle(5)), [np.array(row)], [weight])


def test_a_clock_runs_out():
    """Nothing starts without time."""
    clock = Clock(0)
    assert clock.left() == 0
    with pytest.raises(TimeUp):
        clock.check_time()
