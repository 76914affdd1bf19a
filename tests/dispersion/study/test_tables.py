"""What a study prints, in every format."""

import csv
import dataclasses
import io
import json
import math
import re
from collections.abc import Callable, Sequence

import pytest
from rich.console import Console

from dispersion.study.analysis.accuracy_correlation import best_known
from dispersion.study.analysis.scores import score_cells
from dispersion.study.rows import COLUMNS, NetworkRow, SolveRow
from dispersion.study.tables import (
    FORMATS,
    GAP_DEFINITION,
    SCORE_DEFINITION,
    SHARED_DEFINITION,
    network_cells,
    print_study,
    solve_cells,
    summary_cells,
    value_cells,
)

SolveRows = Callable[..., SolveRow]
NetworkRows = Callable[..., NetworkRow]


@pytest.fixture
def solves(solve_row: SolveRows) -> list[SolveRow]:
    """Two layers: one solved, one on which everybody failed."""
    failed = {"objective": None, "bound": None, "gap": None, "status": "error"}
    return [
        solve_row(bound=0.1 + 0.2, gap=0.0, status="optimal"),
        solve_row(solver="random", seed=0, objective=0.1, bound=None, gap=None, status="feasible"),
        solve_row(solver="random", seed=1, objective=0.2, bound=None, gap=None, status="feasible"),
        solve_row(instance="layer4.0.downsample.0", **failed, message='a "b",\nc'),
        solve_row(instance="layer4.0.downsample.0", solver="random", **failed),
    ]


@pytest.fixture
def networks(network_row: NetworkRows) -> list[NetworkRow]:
    """An unpruned network, one method with a seed, one with three, one never tested."""
    seeds = [
        network_row(method="random", seed=seed, parameters=parameters, accuracy_raw=raw, accuracy_bn=bn)
        for seed, parameters, raw, bn in (
            (0, 1000, 0.25, 0.5),
            (1, 1003, 0.5, 0.75),
            (2, 1000, 0.0, 0.5),
        )
    ]
    return [
        network_row(method="unpruned", keep=1.0, macs=313_463_808, accuracy_bn=None),
        network_row(),
        *seeds,
        network_row(method="greedy", accuracy_raw=None, accuracy_bn=None),
    ]


def printed(
    style: str,
    solves: Sequence[SolveRow],
    networks: Sequence[NetworkRow],
    width: int = 160,
    terminal: bool = False,
) -> str:
    file = io.StringIO()
    print_study(style, solves, networks, Console(file=file, width=width, force_terminal=terminal))
    return file.getvalue()


def test_solves_as_text(solves: list[SolveRow]) -> None:
    """One line a solve: numbers rounded, absent ones a dash, seeds named where there are several."""
    header, lines = solve_cells(solves)
    assert header[:4] == ["instance", "n", "p", "solver"]
    assert header[4:] == [
        "objective",
        "bound",
        "gap",
        "score",
        "status",
        "build s",
        "solve s",
    ]
    first = ["features.0", "64", "32"]
    times = ["0.250", "1.500"]
    assert lines[0] == [*first, "clique", "0.3", "0.3", "0.00%", "1.000", "optimal", *times]
    assert lines[1] == [*first, "random #0", "0.1", "-", "-", "0.000", "feasible", *times]
    assert lines[2] == [*first, "random #1", "0.2", "-", "-", "0.500", "feasible", *times]
    mean = ["0.15 ± 0.05", "-", "-", "0.250 ± 0.250"]
    times = ["0.250 ± 0.000", "1.500 ± 0.000"]
    assert lines[3] == [*first, "random, mean of 2", *mean, "feasible", *times]
    assert lines[4][3:9] == ["clique", "-", "-", "-", "-", "error"]


def test_times_of_shared_machines_are_marked(solve_row: SolveRows) -> None:
    """A mark before such seconds, also in their sum, and one line that explains it; else neither."""
    rows = [solve_row(), solve_row(solver="tabu"), solve_row(solver="tabu", keep=0.25, shared=True)]
    assert [line[9:] for line in solve_cells(rows)[1]] == [
        ["0.250", "1.500"],
        ["0.250", "1.500"],
        ["~0.250", "~1.500"],
    ]
    assert [line[-1] for line in summary_cells(rows)[1]] == ["1.75", "~3.50"]
    for style in ("table", "markdown"):
        assert printed(style, rows, []).count(SHARED_DEFINITION) == 1
        assert "~" not in printed(style, rows[:2], [])
    for style in ("csv", "json"):
        assert "~" not in printed(style, rows, [])


def test_no_way_where_random_is_as_good_as_the_best(solve_row: SolveRows) -> None:
    """Where there is no way to go, a dash stands for the share of it, in both tables."""
    rows = [solve_row(objective=0.5, random_mean=0.5), solve_row(instance="b", objective=0.5)]
    assert [line[7] for line in solve_cells(rows)[1]] == ["-", "1.000"]
    assert summary_cells(rows)[1][0][5] == "1.000 on 1"
    assert summary_cells(rows[:1])[1][0][5] == "-"


def test_the_best_known_is_that_of_a_question(solve_row: SolveRows) -> None:
    """Solvers compete on equal instances only, and failures do not compete."""
    rows = [
        solve_row(objective=1.0),
        solve_row(objective=3.0, solver="tabu"),
        solve_row(objective=2.0, keep=0.25),
        solve_row(objective=5.0, keep=None, p=16),
        solve_row(objective=4.0, instance="features.4"),
        solve_row(objective=None, instance="features.8"),
    ]
    found = {(q.instance, q.p, q.keep): value for q, value in best_known(rows).items()}
    assert found == {
        ("features.0", 32, 0.5): 3.0,
        ("features.0", 32, 0.25): 2.0,
        ("features.0", 16, None): 5.0,
        ("features.4", 32, 0.5): 4.0,
    }


def test_the_verdict_counts_what_was_found(solves: list[SolveRow]) -> None:
    """Proofs, best values, gaps and times by solver; a layer nobody solved counts for nobody."""
    header, lines = summary_cells(solves)
    assert header[:4] == ["solver", "instances", "seeds", "solves"]
    assert header[4:] == ["proven", "best found", "mean gap", "score", "total s"]
    spent = "3.50 (1.75 to 3.50)"  # the second seed was asked one of the two
    assert lines == [
        ["clique", "2", "1", "2", "1", "1", "0.00% on 1", "1.000 on 1", "3.50"],
        ["random", "2", "2", "3", "0", "0", "-", "0.250 (0.000 to 0.500) on 1", spent],
    ]


def test_what_is_known_of_every_instance(solve_row: SolveRows) -> None:
    """One line a question: the best value and the lowest bound, each with all who reached it."""
    usual = {"keep": None, "instance": "a.txt", "published": 0.25}
    rows = [
        solve_row(**usual, objective=0.5, bound=1.0),
        solve_row(**usual, objective=0.5, bound=None, solver="tabu"),
        solve_row(**usual, objective=0.25, bound=0.75, solver="kuby"),
        solve_row(**usual, objective=0.125, bound=None, solver="random", seed=0),
        solve_row(**usual, objective=0.125, bound=None, solver="random", seed=1),
        solve_row(keep=None, instance="a.txt", p=8, objective=None, bound=None),
        solve_row(keep=None, instance="b.txt", objective=0.0, bound=0.0),
    ]
    header, lines = value_cells(rows)
    assert header[3:] == ["best value", "found by", "best bound", "bound by", "gap", "published"]
    assert lines == [
        ["a.txt", "64", "32", "0.5", "clique, tabu", "0.75", "kuby", "33.33%", "0.25"],
        ["a.txt", "64", "8", "-", "-", "-", "-", "-", "-"],
        ["b.txt", "64", "32", "0", "clique", "0", "clique", "0.00%", "-"],
    ]
    text = printed("markdown", rows, [])
    assert "**What is known of every instance**" in text
    assert "What is known" not in printed("markdown", [solve_row()], [])


def test_networks_as_text(networks: list[NetworkRow]) -> None:
    """One line a network; several seeds get one more with mean and half their range."""
    _, lines = network_cells(networks)
    assert lines == [
        ["unpruned", "1", "1,000", "313,463,808", "0.2500", "-"],
        ["clique", "0.5", "1,000", "2,000", "0.2500", "0.5000"],
        ["random #0", "0.5", "1,000", "2,000", "0.2500", "0.5000"],
        ["random #1", "0.5", "1,003", "2,000", "0.5000", "0.7500"],
        ["random #2", "0.5", "1,000", "2,000", "0.0000", "0.5000"],
        ["random, mean of 3", "0.5", "1,001", "2,000", "0.2500 ± 0.2500", "0.5833 ± 0.1250"],
        ["greedy", "0.5", "1,000", "2,000", "no data", "no data"],
    ]


def test_only_what_was_done_has_a_column(network_row: NetworkRows) -> None:
    """Recoveries and speed-ups that no network has are no columns; a row without one has a dash."""
    rows = [
        network_row(method="unpruned", accuracy_bn=None),
        network_row(accuracy_bn=None, accuracy_ls=0.75, speedup=2.0),
    ]
    header, lines = network_cells(rows)
    assert header[4:] == ["speed-up", "accuracy", "after least squares"]
    assert [line[4:] for line in lines] == [["-", "0.2500", "-"], ["2.00", "0.2500", "0.7500"]]


def test_a_mean_without_all_its_values_is_no_mean(network_row: NetworkRows) -> None:
    """Where a repair failed with one seed there is no mean; without images there is nothing at all."""
    rows = [network_row(seed=0), network_row(seed=1, accuracy_bn=None)]
    assert network_cells(rows)[1][-1][5:] == ["-"]
    rows = [network_row(seed=seed, accuracy_raw=None, accuracy_bn=None) for seed in (0, 1)]
    assert network_cells(rows)[1][-1][4:] == ["no data"]


def test_every_keep_ratio_has_its_own_mean(network_row: NetworkRows) -> None:
    """Seeds of different keep ratios are not mixed."""
    rows = [
        network_row(keep=keep, seed=seed, accuracy_bn=keep) for keep in (0.5, 0.25) for seed in (0, 1)
    ]
    means = [line[5] for line in network_cells(rows)[1] if "mean" in line[0]]
    assert means == ["0.5000 ± 0.0000", "0.2500 ± 0.0000"]


def typed(text: str, kind: str) -> object:
    """Read a CSV cell back as the field's type says."""
    if text == "" and "None" in kind:
        return None
    if kind == "bool":
        return text == "True"
    return {"int": int, "float": float, "str": str}[kind.partition(" ")[0]](text)


def test_csv_holds_every_solve_to_the_last_bit(
    solves: list[SolveRow], networks: list[NetworkRow]
) -> None:
    """Read back, the CSV gives equal rows."""
    text = printed("csv", solves, networks)
    kinds = {field.name: str(field.type) for field in dataclasses.fields(SolveRow)}
    reader = csv.DictReader(io.StringIO(text))
    assert reader.fieldnames == COLUMNS[SolveRow]
    assert [SolveRow(**{k: typed(v, kinds[k]) for k, v in row.items()}) for row in reader] == solves


def test_json_holds_everything_to_the_last_bit(
    solves: list[SolveRow], networks: list[NetworkRow]
) -> None:
    """Read back, the JSON gives equal rows of both kinds."""
    content = json.loads(printed("json", solves, networks))
    assert content.keys() == {"solves", "networks"}
    assert [SolveRow(**row) for row in content["solves"]] == solves
    assert [NetworkRow(**row) for row in content["networks"]] == networks


def test_infinite_numbers_are_null_in_json(solves: list[SolveRow]) -> None:
    """Which has none; where no selection is allowed, random ones are worth -infinity."""
    nobody = dataclasses.replace(solves[0], random_mean=-math.inf, random_best=-math.inf)
    text = printed("json", [nobody], [])
    assert "Infinity" not in text
    assert json.loads(text)["solves"][0]["random_mean"] is None


def test_markdown_tables_have_as_many_cells_in_every_line(
    solves: list[SolveRow], networks: list[NetworkRow]
) -> None:
    """Each table is a header, a rule and its lines, of equal length, with every cell in full."""
    text = printed("markdown", solves, networks)
    tables = re.findall(r"\*\*(.+)\*\*\n\n((?:\|.*\|\n)+)", text)
    assert [title for title, _ in tables] == [
        "Every instance, every solver",
        "Solvers over all instances",
        "Times to a proof",
        "Pruned networks",
    ]
    for (_, body), (header, lines) in zip(
        tables,
        (
            solve_cells(solves),
            summary_cells(solves),
            score_cells(solves, {}),
            network_cells(networks),
        ),
        strict=True,
    ):
        cells = [line.strip("|").split("|") for line in body.splitlines()]
        assert [cell.strip() for cell in cells[0]] == header
        assert {cell.strip() for cell in cells[1]} == {"---"}
        assert [[cell.strip() for cell in line] for line in cells[2:]] == lines


@pytest.mark.parametrize("style", FORMATS)
def test_a_pipe_gets_no_escapes_and_no_cut_cells(
    style: str, solves: list[SolveRow], networks: list[NetworkRow]
) -> None:
    """Without a terminal the text is plain, and no cell is shortened."""
    text = printed(style, solves, networks)
    assert "\x1b" not in text
    assert "…" not in text
    if style in ("table", "markdown"):
        assert GAP_DEFINITION in text
        assert SCORE_DEFINITION in text
        for _, lines in (solve_cells(solves), summary_cells(solves), network_cells(networks)):
            for line in lines:
                assert all(cell in text for cell in line)


@pytest.mark.parametrize("width", [140, 80, 50])
def test_narrow_terminals_lose_nothing(
    width: int, solves: list[SolveRow], networks: list[NetworkRow]
) -> None:
    """Where the table does not fit its cells are wrapped, never cut."""
    text = printed("table", solves, networks, width)
    assert "…" not in text
    assert max(len(line) for line in text.splitlines() if line.startswith("  ")) <= width
    digits = {
        d: text.replace(GAP_DEFINITION, "").replace(SCORE_DEFINITION, "").count(d) for d in "0123456789"
    }
    wide = printed("table", solves, networks, 300)
    assert digits == {
        d: wide.replace(GAP_DEFINITION, "").replace(SCORE_DEFINITION, "").count(d) for d in digits
    }


def test_long_names_stay_in_one_piece_in_a_pipe(solve_row: SolveRows) -> None:
    """At the width that the command gives to pipes, the longest names can be searched for."""
    name = "features.denseblock4.denselayer16.conv2"
    text = printed(
        "table", [solve_row(instance=name, solver="random", seed=k) for k in (0, 1)], [], 250
    )
    assert name in text
    assert "random #1" in text


def test_a_terminal_gets_borders_and_colour(solves: list[SolveRow], networks: list[NetworkRow]) -> None:
    """On a terminal the tables have frames and bold headers; a pipe gets neither frame nor bold."""
    assert {"╭", "\x1b[1m"} <= set(re.findall(r"╭|\x1b\[1m", printed("table", solves, [], 140, True)))
    assert "╭" not in printed("table", solves, networks)


def test_a_layer_is_named_once(solves: list[SolveRow]) -> None:
    """The table for people names a layer in the first of its lines only."""
    text = printed("table", solves, [])
    assert text.count("features.0 ") == 1
    assert text.count("layer4.0.downsample.0") == 1


def test_names_are_not_markup(solve_row: SolveRows, network_row: NetworkRows) -> None:
    """A name in brackets is printed as it is."""
    text = printed("table", [solve_row(instance="blocks[bold].[/red]")], [network_row(method="[x]")])
    assert "blocks[bold].[/red]" in text
    assert "[x]" in text


@pytest.mark.parametrize("style", FORMATS)
def test_nothing_to_print_is_no_error(style: str) -> None:
    """An interrupt before the first answer prints empty tables."""
    text = printed(style, [], [])
    assert "Pruned networks" not in text
    assert text
