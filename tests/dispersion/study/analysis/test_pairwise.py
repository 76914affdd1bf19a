"""Two solvers are called different only where the instances show it."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from dispersion import UnknownNameError
from dispersion.study.analysis.pairwise import FEWEST, compare_pair, pair_cells
from dispersion.study.rows import SolveRow
from dispersion.study.study import Study

SolveRows = Callable[..., SolveRow]
QUICK = (1.0, 2.0, 1.5, 3.0, 1.0, 2.5)


@pytest.fixture
def rows(solve_row: SolveRows) -> list[SolveRow]:
    """Six instances; `kuby` takes twice as long as `clique`, `cp-sat` thrice or a third of its time."""
    usual = {"build_seconds": 0.0, "status": "optimal", "keep": None}
    factors = {"clique": (1.0,) * 6, "kuby": (2.0,) * 6, "cp-sat": (3.0, 1 / 3) * 3}
    return [
        solve_row(solver=name, instance=f"i{k}", solve_seconds=t * factors[name][k], **usual)
        for name, (k, t) in product(factors, enumerate(QUICK))
    ]


def test_times_by_hand(rows: list[SolveRow]) -> None:
    """Equal ratios leave no doubt; ratios both ways leave all of it."""
    sure = compare_pair(rows, "clique", "kuby")
    assert (sure.effect, sure.low, sure.high) == (pytest.approx(0.5),) * 3
    assert (sure.questions, sure.different, sure.verdict) == (6, True, "faster")
    assert sure.sentence == (
        "Faster: clique takes 0.5 times as long as kuby (95 % interval 0.5 to 0.5, 6 instances)."
    )
    assert compare_pair(rows, "kuby", "clique").verdict == "slower"
    open_ = compare_pair(rows, "clique", "cp-sat")
    assert (open_.effect, open_.different, open_.verdict) == (1.0, False, "no difference shown")
    assert open_.sentence.startswith("No difference shown: clique takes 1 times as long as cp-sat")


def test_the_interval_is_that_of_all_samples(rows: list[SolveRow]) -> None:
    """For six ratios of +-log 3 the mean of a sample is binomial, so percentiles are known."""
    found = compare_pair(rows, "cp-sat", "clique")
    ends = [math.exp(math.log(3) * (2 * k - 6) / 6) for k in (1, 5)]  # P(k <= 0) = 1 / 64 < 0.025
    assert [found.low, found.high] == pytest.approx(ends)
    assert compare_pair(rows, "cp-sat", "clique") == found  # to the last bit


def test_too_few_instances_say_so(rows: list[SolveRow]) -> None:
    """However large the effect; and none at all."""
    few = compare_pair([row for row in rows if row.instance != "i0"], "clique", "kuby")
    assert (few.questions, few.different) == (FEWEST - 1, False)
    assert few.sentence.startswith("Too few instances, 6 are needed: clique takes 0.5 times as long")
    none = compare_pair([replace(row, status="time_limit") for row in rows], "clique", "kuby")
    assert (none.effect, none.low, none.high, none.questions) == (None, None, None, 0)
    assert none.sentence == "Too few instances: there is none to compare clique and kuby by time."
    assert none.cells[4:] == ["-", "-", "too few instances"]


def test_what_was_not_proven_counts_as_the_limit(rows: list[SolveRow]) -> None:
    """Where the other proved; what neither proved, or one skipped, says nothing."""
    late = [replace(row, status="time_limit", time_limit=4.0) for row in rows if row.solver == "kuby"]
    mixed = [row for row in rows if row.solver == "clique"] + late
    effect = np.exp(np.mean(np.log(QUICK)) - math.log(4.0))
    assert compare_pair(mixed, "clique", "kuby").effect == pytest.approx(effect)
    left_out = [replace(mixed[0], status="feasible"), *mixed[1:6], *late]
    left_out[-1] = replace(left_out[-1], status="skipped")
    assert compare_pair(left_out, "clique", "kuby").questions == 4


def test_seeds_are_a_part_of_their_instance(rows: list[SolveRow]) -> None:
    """And of repeats the middle one counts."""
    seeds = [replace(row, seed=1, solve_seconds=4 * row.solve_seconds) for row in rows[6:12]]
    slow = [replace(row, repeat=k, solve_seconds=99.0) for row in rows[6:12] for k in (1,)]
    again = [replace(row, repeat=2) for row in rows[6:12]]
    found = compare_pair([*rows, *seeds, *slow, *again], "kuby", "clique")
    assert (found.effect, found.questions) == (pytest.approx(4.0), 6)


def test_scores_by_hand(solve_row: SolveRows) -> None:
    """Those of heuristics: 0 is random, 1 the best known; what found nothing has none."""
    usual = {"random_mean": 1.0, "status": "feasible"}
    values = {"tabu": (3.0,) * 7, "greedy": (2.0,) * 6 + (None,)}
    rows = [
        solve_row(solver=name, instance=f"i{k}", objective=value, **usual)
        for name, of in values.items()
        for k, value in enumerate(of)
    ]
    found = compare_pair(rows, "tabu", "greedy", by="score")
    assert (found.effect, found.low, found.high, found.questions) == (0.5, 0.5, 0.5, 6)
    assert found.sentence == (
        "Better: the score of tabu minus that of greedy is +0.500 "
        "(95 % interval +0.500 to +0.500, 6 instances)."
    )
    assert pair_cells(rows)[1] == [
        ["tabu", "greedy", "score", "6", "+0.500", "+0.500 to +0.500", "better"]
    ]


def test_the_table_has_every_pair_while_it_is_small(rows: list[SolveRow]) -> None:
    """Of more than six solvers there is none."""
    header, lines = pair_cells(rows)
    assert [line[:3] for line in lines] == [
        ["clique", "kuby", "time"],
        ["clique", "cp-sat", "time"],
        ["kuby", "cp-sat", "time"],
    ]
    assert {len(line) for line in lines} == {len(header)}
    many = [replace(row, solver=f"{row.solver}{k}") for row in rows for k in range(3)]
    assert pair_cells(many)[1] == []


def test_other_names_are_refused(rows: list[SolveRow]) -> None:
    """With the nearest."""
    study = Study("one", rows)
    assert study.compare("clique", "kuby").verdict == "faster"
    with pytest.raises(UnknownNameError, match="solver of this study 'cliqe'; did you mean cli"):
        study.compare("cliqe", "kuby")
    with pytest.raises(UnknownNameError, match="unknown measure 'times'; did you mean time"):
        study.compare("clique", "kuby", by="times")
