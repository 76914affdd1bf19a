"""Tests of the packing models of engines, by hand, and of their export."""

from __future__ import annotations

import numpy as np

from dispersion import Instance
from solvers import export_model, pack
from solvers.packing.cp_sat import counting_model
from solvers.ranks.threshold import threshold_ranks

LINE = Instance.from_points([[0.0], [1.0], [2.0], [3.0], [9.0]], at_least=3.0)


def test_the_rows_of_cp_sat_are_cliques():
    """Of 0..3 on a line at distance 3, {0, 1, 2} and {1, 2, 3}; the hint is kept."""
    model, x = counting_model(threshold_ranks(LINE), np.array([0, 3, 4]))
    rows = [sorted(row.at_most_one.literals) for row in model.proto.constraints]
    assert sorted(rows) == [[0, 1, 2], [1, 2, 3]]
    assert len(x) == 5
    assert list(model.proto.solution_hint.values) == [1, 0, 0, 1, 1]


def test_the_bound_of_an_engine_is_labelled():
    """With the engine that proved it; the start of a pentagon is not enough to prove 2."""
    ring = np.array(
        [[0, 1, 2, 2, 1], [1, 0, 1, 2, 2], [2, 1, 0, 1, 2], [2, 2, 1, 0, 1], [1, 2, 2, 1, 0]]
    )
    for name, engine in (("cp-sat", "CP-SAT"), ("node-packing", "HiGHS")):
        solution = pack(ring, 2.0, name)
        assert (solution.objective, solution.bound) == (2.0, 2.0)
        assert solution.bound_by.startswith(engine)


def test_the_model_as_a_file(tmp_path):
    """A row for each of the five pairs that are too near; it does not depend on the unit."""
    path = tmp_path / "line.lp"
    assert export_model(LINE, "node-packing", path, "packing") == 1.0
    assert path.read_text().count("<= 1") >= 5
