"""Trace files, read as PAVER reads them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dispersion import UnavailableError
from dispersion.solution import Status
from dispersion.study.paver import trace_files
from dispersion.study.rows import SolveRow
from dispersion.study.study import Study

SolveRows = Callable[..., SolveRow]


def records(text: str) -> list[dict[str, str]]:
    """The lines of a trace file by the names of its columns, which its definition gives."""
    lines = text.splitlines()
    assert lines[0] == "* Trace Record Definition"
    end = lines.index("*")  # an empty remark ends the definition
    columns = [name for line in lines[1:end] for name in line.removeprefix("* ").split(",")]
    found = [line.split(",") for line in lines if not line.startswith("*")]
    assert {len(cells) for cells in found} <= {len(columns)}
    return [dict(zip(columns, cells, strict=True)) for cells in found]


def test_every_status_is_said_as_it_is(solve_row: SolveRows) -> None:
    """Model and solver status of GAMS; no value and no bound of what cannot be true."""
    known = {"objective": 0.25, "bound": 0.75}
    nothing = {"objective": None, "bound": None, "gap": None}
    asked = {
        Status.OPTIMAL: ({"objective": 0.75, "bound": 0.75}, "1 1 0.75 0.75"),
        Status.FEASIBLE: ({"objective": 0.25, "bound": None}, "8 1 0.25 NA"),
        Status.INFEASIBLE: (nothing, "10 1 NA NA"),
        Status.TIME_LIMIT: (known, "8 3 0.25 0.75"),
        Status.INTERRUPTED: (nothing, "14 8 NA NA"),
        Status.SKIPPED: (nothing, "14 6 NA NA"),
        Status.ERROR: (nothing, "13 13 NA NA"),
        Status.CONTRADICTED: (known, "13 11 NA NA"),
    }
    assert asked.keys() == {*Status}
    rows = [
        solve_row(status=status.value, instance=status.value, **values)
        for status, (values, _) in asked.items()
    ]
    [(name, text)] = trace_files(rows).items()
    assert name == "clique.trc"
    columns = ("ModelStatus", "SolverStatus", "ObjectiveValue", "ObjectiveValueEstimate")
    found = records(text)
    assert [" ".join(one[name] for name in columns) for one in found] == [w for _, w in asked.values()]
    assert {(one["Direction"], one["ModelType"], one["NumberOfNodes"]) for one in found} == {
        ("1", "MIP", "NA")  # a maximum
    }
    assert {float(one["SolverTime"]) for one in found} == {1.75}
    assert "* TIMELIMIT,10\n" in text


def test_names_have_no_commas_and_stay_apart(solve_row: SolveRows) -> None:
    """Parameters of solvers, instances that are called alike, seeds; repeats are one record."""
    row = solve_row(solver="cp-sat:workers=8,symmetry=2", instance="a, b", keep=None)
    others = [replace(row, instance=name, instance_digest=name) for name in ("a b", "A,b")]
    seeds = [replace(row, seed=1), replace(row, seed=1, repeat=1, solve_seconds=9.0)]
    alike = replace(row, solver="cp-sat:workers=8;symmetry=2")
    files = trace_files([row, *others, *seeds, alike])
    assert list(files) == ["cp-sat_workers=8_symmetry=2.trc", "cp-sat_workers=8_symmetry=2_2.trc"]
    found = [(one["InputFileName"], one["OptionFile"]) for one in records(next(iter(files.values())))]
    assert found == [
        ("a_b_p_=_32", "seed0"),
        ("a_b_p_=_32_2", "seed0"),
        ("A_b_p_=_32_3", "seed0"),
        ("a_b_p_=_32", "seed1"),
    ]
    assert len(set(found)) == len(found)  # PAVER refuses what comes twice
    [one] = records(files["cp-sat_workers=8_symmetry=2_2.trc"])
    assert (one["SolverName"], one["OptionFile"]) == ("cp-sat_workers=8_symmetry=2_2", "NA")
    twins = trace_files([row, replace(row, instance="another name")])  # of equal content
    assert len({one["InputFileName"] for text in twins.values() for one in records(text)}) == 2


def test_a_study_writes_one_file_a_solver(solve_row: SolveRows, tmp_path: Path) -> None:
    """Into a folder that is made."""
    study = Study("one", [solve_row(), solve_row(solver="tabu")])
    paths = study.write_paver(tmp_path / "new" / "traces")
    assert [path.name for path in paths] == ["clique.trc", "tabu.trc"]
    assert records(paths[1].read_text())[0]["SolverName"] == "tabu"
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match=r"cannot make the folder .*file: "):
        study.write_paver(tmp_path / "file")
