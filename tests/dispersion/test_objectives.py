"""Tests of what is true of an objective: values, the next one above a bound, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion import InputError, Instance, NotApplicableError
from dispersion.objectives import DEFAULT_OBJECTIVE, MAX_MIN, MAX_SUM, PACKING, list_objectives
from solvers import list_solvers, solve

LINE = Instance([[0, 1, 3], [1, 0, 2], [3, 2, 0]], 2)
APART = LINE.with_at_least(2.0)


def test_values_by_hand():
    """The smallest distance, the sum and the number, of all three points; of one point the number."""
    points = np.arange(3)
    assert PACKING.value(LINE.distances, points) == 3.0
    assert PACKING.value(LINE.distances, points[:1]) == 1.0
    assert MAX_MIN.value(LINE.distances, points) == 1.0
    assert MAX_SUM.value(LINE.distances, points) == 6.0


def test_the_next_value_above_a_bound():
    """The next distance or number of points, above the largest none; for sums the next float."""
    assert [PACKING.next_value(bound, APART) for bound in (1.0, 2.0, 2.5, 3.0)] == [2.0, 3.0, 3.0, None]
    assert [MAX_MIN.next_value(bound, LINE) for bound in (0.5, 1.0, 2.5, 3.0)] == [1.0, 2.0, 3.0, None]
    assert MAX_SUM.next_value(3.0, LINE) == np.nextafter(3.0, np.inf)


@pytest.mark.parametrize(("scale", "refused"), [(1e306, False), (1e307, True), (1e-300, True)])
def test_sums_that_floats_cannot_hold_are_refused(scale, refused):
    """Too large, or so small that they cannot be scaled; the smallest distance never is."""
    distances = np.array(LINE.distances) * scale
    assert ("give them in another unit" in MAX_SUM.refusal(distances)) is refused
    assert MAX_MIN.refusal(distances) == ""


def test_a_refusal_ends_a_solve_before_it_begins():
    """With the reason, whatever the solver."""
    far = Instance(np.array(LINE.distances) * 5e307, 2)
    with pytest.raises(NotApplicableError, match="give them in another unit"):
        solve(far, objective="max-sum")
    assert solve(far).objective == far.distances.max()


def test_default_solvers_exist():
    """Each objective's is one of its solvers, and the default objective is max-min."""
    assert DEFAULT_OBJECTIVE == "max-min"
    for objective in list_objectives():
        names = [info.name for info in list_solvers(objective.name)]
        assert objective.default_solver in names


def test_the_instance_must_ask_for_the_objective():
    """p points for one, points so far apart for the other; the message says how to change it."""
    PACKING.check(APART)
    MAX_MIN.check(LINE)
    with pytest.raises(InputError, match=r"asks for p of them; .*with_at_least\(DISTANCE\)"):
        solve(LINE, objective="packing")
    for objective in ("max-min", "max-sum"):
        with pytest.raises(InputError, match=r"at_least=2.0\) asks .* by solvers.pack"):
            solve(APART, objective=objective)
