"""A solver with several seeds counts once an instance, whoever looks."""

import math
from collections.abc import Callable
from dataclasses import replace

import matplotlib as mpl
import pytest

from dispersion import Instance
from dispersion.compare.cli.command_line import parse
from dispersion.study.analysis.profiles import middle_repeats, middle_runs, par10, virtual_best
from dispersion.study.analysis.scores import score_cells
from dispersion.study.analysis.seeds import as_count, average, counted, total
from dispersion.study.plots.profiles import cactus
from dispersion.study.rows import SolveRow
from dispersion.study.tables import (
    PARTS_DEFINITION,
    REPEATS_DEFINITION,
    SEEDS_DEFINITION,
    notes,
    solve_cells,
    summary_cells,
)
from solvers import list_solvers

SolveRows = Callable[..., SolveRow]


@pytest.fixture
def rows(solve_row: SolveRows) -> list[SolveRow]:
    """Two instances; `grasp` has three seeds, of which one is best on x and two prove y."""
    quick = {"build_seconds": 0.0, "random_mean": 0.0, "keep": None}
    proven = {**quick, "status": "optimal", "gap": 0.0}
    open_ = {**quick, "status": "feasible", "bound": None, "gap": None}
    return [
        solve_row(solver="kuby", instance="x", objective=4.0, solve_seconds=2.0, **proven),
        *(
            solve_row(solver="grasp", instance="x", seed=k, objective=o, solve_seconds=1.0, **open_)
            for k, o in enumerate((4.0, 2.0, 3.0))
        ),
        solve_row(solver="kuby", instance="y", objective=8.0, solve_seconds=5.0, **proven),
        solve_row(solver="grasp", instance="y", objective=8.0, solve_seconds=1.0, **proven),
        solve_row(solver="grasp", instance="y", seed=1, objective=8.0, solve_seconds=3.0, **proven),
        solve_row(solver="grasp", instance="y", seed=2, objective=6.0, solve_seconds=1.0, **open_),
    ]


def of(rows: list[SolveRow], solver: str) -> list[SolveRow]:
    return [row for row in rows if row.solver == solver]


def test_numbers_of_a_solver_by_hand(rows: list[SolveRow]) -> None:
    """The mean is over the seeds of every question first; the range is that of one seed."""
    grasp = of(rows, "grasp")
    found = counted(grasp, lambda row: row.objective in (4.0, 8.0))
    assert (found.mean, found.low, found.high) == (pytest.approx(1 / 3 + 2 / 3), 0.0, 2.0)
    assert found.text(as_count) == "1 (0 to 2)"
    value = average(grasp, lambda row: row.objective)
    assert value is not None
    assert (value.mean, value.low, value.high) == (pytest.approx((3 + 22 / 3) / 2), 4.5, 6.0)
    spent = total(grasp, lambda row: row.solve_seconds)
    assert spent is not None
    assert (spent.mean, spent.low, spent.high) == (pytest.approx(1 + 5 / 3), 2.0, 4.0)
    assert total(grasp, lambda row: row.gap if row.seed == 2 else None) is None
    assert counted([], lambda row: True).text(as_count) == "0"
    assert [as_count(x) for x in (0.0, 13.0, 2 / 3, 100.0)] == ["0", "13", "0.67", "100"]


def test_a_seed_that_is_missing_makes_no_instance_count_more(rows: list[SolveRow]) -> None:
    """After an interrupt x has one seed and y three: both are half of the mean."""
    left = [row for row in of(rows, "grasp") if row.instance == "y" or row.seed == 0]
    value = average(left, lambda row: row.objective)
    assert value is not None
    assert value.mean == pytest.approx((4.0 + 22 / 3) / 2)


def test_the_summary_has_mean_and_range(rows: list[SolveRow]) -> None:
    """One line a solver; what has one seed has no brackets."""
    header, lines = summary_cells(rows)
    assert header[:4] == ["solver", "instances", "seeds", "solves"]
    assert header[4:] == ["proven", "best found", "mean gap", "score", "total s"]
    spent = "2.67 (2.00 to 4.00)"
    way = "0.833 (0.750 to 1.000)"  # (0.75 + 11 / 12) / 2
    assert lines == [
        ["kuby", "2", "1", "2", "2", "2", "0.00%", "1.000", "7.00"],
        ["grasp", "2", "3", "6", "0.67 (0 to 1)", "1 (0 to 2)", "0.00% on 1", way, spent],
    ]
    assert notes(rows) == [SEEDS_DEFINITION, PARTS_DEFINITION]
    assert notes(of(rows, "kuby")) == []


def test_every_instance_has_a_line_with_the_mean(rows: list[SolveRow]) -> None:
    """Behind its seeds, with half the range and how they ended."""
    lines = solve_cells(rows)[1]
    assert [line[3] for line in lines[:5]] == [
        "kuby",
        *(f"grasp #{k}" for k in range(3)),
        "grasp, mean of 3",
    ]
    assert lines[4][4:9] == ["3 ± 1", "-", "-", "0.750 ± 0.250", "feasible"]
    assert lines[9][4:9] == [
        "7.33333 ± 1",
        "-",
        "0.00% ± 0.00%",
        "0.917 ± 0.125",
        "2 optimal, 1 feasible",
    ]


def test_luck_is_no_virtual_best(rows: list[SolveRow]) -> None:
    """The run in the middle stands for a solver, neither its best seed nor its worst."""
    middle = [(row.instance, row.objective) for row in middle_runs(of(rows, "grasp"))]
    assert middle == [("x", 3.0), ("y", 8.0)]
    assert [(row.solver, row.solve_seconds) for row in virtual_best(rows)] == [
        ("kuby", 2.0),
        ("grasp", 3.0),
    ]
    two = [row for row in of(rows, "grasp") if row.instance == "x" and row.seed < 2]
    assert [row.objective for row in middle_runs(two)] == [2.0]


def test_repeats_of_a_solve_are_one_run(rows: list[SolveRow]) -> None:
    """The one in the middle stands for them, with the fastest and the slowest in brackets."""
    again = [replace(rows[0], repeat=k, solve_seconds=t) for k, t in ((1, 9.0), (2, 1.0))]
    more = [*rows, *again]
    assert middle_repeats(more) == rows
    assert solve_cells(more)[1][0][-1] == "2.000 (1.000 to 9.000)"
    assert [line[3] for line in solve_cells(more)[1]] == [line[3] for line in solve_cells(rows)[1]]
    header, lines = summary_cells(more)
    assert header[:5] == ["solver", "instances", "seeds", "repeats", "solves"]
    assert [line[:5] for line in lines] == [["kuby", "2", "1", "3", "4"], ["grasp", "2", "3", "1", "6"]]
    assert [line[5:] for line in lines] == [line[4:] for line in summary_cells(rows)[1]]
    assert score_cells(more, {}) == score_cells(rows, {})
    assert notes(more) == [SEEDS_DEFINITION, REPEATS_DEFINITION, PARTS_DEFINITION]
    [cross] = middle_repeats([replace(row, status="time_limit") for row in again] + [rows[0]])
    assert (cross.status, cross.solve_seconds) == ("time_limit", 1.0)  # two of three did not prove
    twins = [rows[0], replace(rows[0], instance="another name")]
    assert middle_repeats(twins) == twins


def test_scores_count_questions(rows: list[SolveRow]) -> None:
    """Three seeds are neither three proofs nor three chances to be the best."""
    assert par10(of(rows, "grasp")) == pytest.approx((100 + (1 + 3 + 100) / 3) / 2)
    header, lines = score_cells(rows, {})
    assert header[:3] == ["solver", "seeds", "proven"]
    grasp = (math.log(11) + (math.log(2) + math.log(4) + math.log(11)) / 3) / 2  # each a third of y
    assert lines == [
        ["kuby", "1", "2 of 2", "1", f"{math.sqrt(3 * 6) - 1:.3f}", "3.500"],
        ["grasp", "3", "0.67 (0 to 1) of 2", "1", f"{math.exp(grasp) - 1:.3f}", "67.333"],
        ["virtual best", "-", "2 of 2", "2", f"{math.sqrt(3 * 4) - 1:.3f}", "2.500"],
    ]


def test_a_cactus_ends_at_the_questions(rows: list[SolveRow]) -> None:
    """The run in the middle stands for all seeds, so that no solver proves more than was asked."""
    with mpl.rc_context():
        ax = cactus(rows)
    kuby, grasp = ax.get_lines()[:2]
    assert list(kuby.get_xdata()) == [1, 2]
    assert list(grasp.get_xdata()) == [1]
    assert (kuby.get_label(), grasp.get_label()) == ("kuby (2 of 2)", "grasp (1 of 2)")


@pytest.mark.parametrize(
    ("objective", "drawn"),
    [("max-min", {"grasp", "random", "tabu"}), ("max-sum", {"obma", "random", "tabu"})],
)
def test_who_draws_by_chance_has_several_seeds(
    objective: str, drawn: set[str], instance: Instance
) -> None:
    """So it stands with the solver itself; exact and deterministic ones have one seed."""
    assert {info.name for info in list_solvers(objective) if info.stochastic} == drawn
    options = parse(
        ["--objective", objective, "--solvers", "all", "--seed", "5", "--random-seeds", "2"]
    )
    seeds: dict[str, list[int]] = {}
    for task in options.tasks_of(instance):
        seeds.setdefault(task.solver, []).append(task.limits.seed)
    assert {name for name in seeds if seeds[name] == [5, 6]} == drawn
    assert all(seeds[name] == [5] for name in seeds.keys() - drawn)
