"""Tests of `benchmarks.points`: it reads coordinates, resumes, and tells the published values."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import points

POINTS = np.random.default_rng(3).integers(0, 500, (40, 2))


@pytest.fixture
def folder(tmp_path):
    """One file that goes by the name of a published one."""
    head = "NAME: u1817\nTYPE: TSP\nDIMENSION: 40\nEDGE_WEIGHT_TYPE: CEIL_2D\nNODE_COORD_SECTION\n"
    body = "".join(f"{k} {x} {y}\n" for k, (x, y) in enumerate(POINTS.tolist(), 1))
    (tmp_path / "u1817.tsp").write_text(head + body + "EOF\n")
    return tmp_path


def test_solves_once_and_tells_the_published_values(folder, capsys, monkeypatch):
    """The second time nothing is solved, and the table is the same."""
    asked = ["--folder", str(folder), "--out", str(folder / "out"), "--p", "5", "--recheck", "20"]
    assert points.main(asked) == 0
    first = capsys.readouterr().out
    assert "| u1817 | 40 | 5 | 1535 | 32 |" in first
    row = json.loads((folder / "out" / "points.jsonl").read_text())
    assert row["status"] == "optimal"
    assert row["recheck"] == "confirmed"
    monkeypatch.delattr(points, "solve_points")
    assert points.main(asked) == 0
    assert capsys.readouterr().out == first


def test_reads_coordinates_and_rounding(folder):
    """As the file has them."""
    read, rounding = points.read(folder / "u1817.tsp")
    np.testing.assert_array_equal(read, POINTS)
    assert rounding == "ceil"


def test_a_folder_without_the_files_is_refused(tmp_path, capsys):
    """The message names what is looked for."""
    assert points.main(["--folder", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "u1817.tsp" in capsys.readouterr().err
