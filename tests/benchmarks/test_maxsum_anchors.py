"""Tests of `benchmarks.maxsum_anchors`: it resumes where it stopped, and says what was reached."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks.maxsum_anchors import ANCHORS, Anchor, main, result, solve_anchor, table, target
from dispersion import UnavailableError

TINY = (
    Anchor("in the plane", "somebody", 1.0, 60.0, None, 16, 2, 0.25, 2),
    Anchor("in any dimension", "", None, None, None, 12, 0, 0.5, 3),
)


def test_a_run_resumes(tmp_path):
    """What is solved is not solved again: times stay to the last digit."""
    rows = solve_anchor(TINY[0], "qcr", 5.0, 1, tmp_path)
    assert [row.status for row in rows] == ["optimal"] * 2
    assert [path.name for path in tmp_path.iterdir()] == ["in-the-plane"]
    assert solve_anchor(TINY[0], "qcr", 5.0, 1, tmp_path) == rows


def test_instances_repeat_and_differ():
    """By seed; where dimensions are open, they are drawn."""
    one, two = (list(TINY[1].instances(3)) for _ in range(2))
    assert [a.digest for a in one] == [b.digest for b in two]
    assert len({a.digest for a in one}) == 3
    assert all((a.n, a.p) == (12, 6) for a in one)


def test_the_table_says_what_was_reached():
    """Proofs, times and gaps, each only where it is asked for."""
    solved = solve_anchor(TINY[0], "qcr", 5.0, 1, None)
    rows = [dataclasses.replace(row, build_seconds=0.2, solve_seconds=0.3) for row in solved]
    assert target(TINY[0]) == "100% proven, median 60 s"
    assert target(TINY[1]) == "none"
    assert result(TINY[0], rows) == ("2 of 2 proven, median 0.5 s, worst gap 0.0000%", "yes")
    slow = dataclasses.replace(rows[0], solve_seconds=1000.0)
    assert result(TINY[0], [rows[0], slow])[1] == "no"
    assert result(TINY[0], [dataclasses.replace(rows[0], status="time limit"), rows[1]])[1] == "no"
    bounded = dataclasses.replace(TINY[0], proven=None, seconds=None, gap=0.01)
    assert target(bounded) == "gap 1.00%"
    assert result(bounded, [dataclasses.replace(rows[0], gap=0.02)])[1] == "no"
    assert result(bounded, [dataclasses.replace(rows[0], gap=None)])[1] == "no"
    assert result(TINY[1], rows)[1] == "-"
    assert len(table(dict.fromkeys(TINY, rows)).splitlines()) == 4


def test_the_anchors_are_those_of_the_literature():
    """As many points, choices and instances as were published; and the layers, with our targets."""
    for anchor in ANCHORS:
        if anchor.points:
            first = next(anchor.instances(1))
            assert (first.n, first.p) == (anchor.points, round(anchor.keep * anchor.points))
    names = [anchor.name for anchor in ANCHORS]
    assert len(set(names)) == len(names)
    assert [anchor.gap for anchor in ANCHORS if not anchor.points] == [0.0005, 0.005, 0.03]


@pytest.mark.real
def test_layers_are_instances():
    """Thirteen, of those that the trained network has."""
    try:
        layers = list(ANCHORS[-1].instances(1))
    except UnavailableError as error:
        pytest.skip(str(error))
    assert len(layers) == 13
    assert {layer.n for layer in layers} == {64, 128, 256, 512}


def test_the_command(tmp_path, capsys):
    """One row of the table from the command line; a name that nothing holds is refused."""
    out = str(tmp_path / "maxsum")
    only = ("--only", "20-D, n = 100, p = 10 %", "--seeds", "1", "--limit", "20")
    assert main(["--out", out, *only]) == 0
    assert "| 20-D, n = 100, p = 10 % | coordinate partitioning, 1,000 s |" in capsys.readouterr().out
    assert main(["--out", out, "--only", "nothing"]) == 2
    assert "no row of the table holds 'nothing'" in capsys.readouterr().err
