"""Lines of a journal with a valid checksum that no study has written."""

import copy
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dispersion import Instance
from dispersion.errors import InputError
from dispersion.report.command import main
from dispersion.study.folder.frames import frame_of
from dispersion.study.folder.journal import _check, _line
from dispersion.study.folder.journal_entries import (
    NetworkEntry,
    SelectionEntry,
    SolveEntry,
    entry_of,
)
from dispersion.study.folder.store import Store
from dispersion.study.folder.study_log import JOURNAL
from dispersion.study.folder.typed_tables import rows_of
from dispersion.study.folder.validation import UnfitError, json_object
from dispersion.study.reading import read_study
from dispersion.study.rows import AccuracyRow, NetworkRow, SolveRow, SolveRows
from dispersion.study.task import Task
from solvers import solve
from solvers.run import Limits

INSTANCE = Instance.from_points(np.random.default_rng(0).normal(size=(9, 2)), 3, name="a")
TASK = Task(INSTANCE, None, "clique", "max-min", Limits(5.0))


class _Absent:
    def __repr__(self) -> str:
        return "absent"  # the same in every run, as names of tests should be


ABSENT = _Absent()


def _solve() -> dict[str, Any]:
    solution = solve(INSTANCE, "clique", time_limit=5.0)
    row = SolveRows([TASK]).row(TASK, solution)
    return dict(json.loads(json.dumps(SolveEntry(row, solution, 0).as_json())))


SOLVE = _solve()
VALUE = SOLVE["row"]["objective"]
NETWORK = NetworkEntry(
    "k",
    "c",
    0,
    NetworkRow("m", "greedy", 0.5, 0, 9, 9, 9, 0.5, 0.5, None, None, None, 0.1, 0.1),
    [AccuracyRow("m", "greedy", 0.5, 0, "raw", 100, 0.5, 0.4, 0.6, None, None, None)],
).as_json()
SELECTION = SelectionEntry("l1, keep 0.5, seed 0", {"a": [0, 1]}, "c").as_json()
SESSION = {"kind": "session", "options": {}, "environment": {"cpu": "x"}}


def forged(content: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The same with other values; a key such as "row.p" leads into it."""
    content = copy.deepcopy(content)
    for path, value in changes.items():
        *way, last = path.split(".")
        inner: Any = content
        for key in way:
            inner = inner[int(key) if key.isdigit() else key]
        if value is ABSENT:
            del inner[last]
        else:
            inner[int(last) if last.isdigit() else last] = value
    return content


UNFIT = [
    (SOLVE, {"kind": ABSENT}),
    (SOLVE, {"kind": 3}),
    (SOLVE, {"row": ABSENT}),
    (SOLVE, {"row": [1, 2]}),
    (SOLVE, {"row.n": "9"}),
    (SOLVE, {"row.n": 9.0}),
    (SOLVE, {"row.n": True}),
    (SOLVE, {"row.n": 0}),
    (SOLVE, {"row.n": 2}),
    (SOLVE, {"row.n": 10**400}),
    (SOLVE, {"row.p": -3}),
    (SOLVE, {"row.p": 4}),
    (SOLVE, {"row.p": ABSENT}),
    (SOLVE, {"row.keep": 1.5}),
    (SOLVE, {"row.keep": 0.0}),
    (SOLVE, {"row.metric": 7}),
    (SOLVE, {"row.objective_name": "min-max"}),
    (SOLVE, {"row.status": "proven"}),
    (SOLVE, {"row.status": ["optimal"]}),
    (SOLVE, {"row.objective": "1"}),
    (SOLVE, {"row.objective": math.nan}),
    (SOLVE, {"row.objective": math.inf}),
    (SOLVE, {"row.objective": -1.0}),
    (SOLVE, {"row.objective": None}),
    (SOLVE, {"row.bound": None}),
    (SOLVE, {"row.bound": VALUE * 2}),
    (SOLVE, {"row.bound": VALUE / 2, "row.status": "feasible", "row.gap": -1.0}),
    (SOLVE, {"row.gap": 0.5}),
    (SOLVE, {"row.solve_seconds": -1.0}),
    (SOLVE, {"row.solve_seconds": math.inf}),
    (SOLVE, {"row.seed": -1}),
    (SOLVE, {"row.seed": None}),
    (SOLVE, {"row.random_mean": math.nan}),
    (SOLVE, {"row.shared": 1}),
    (SOLVE, {"row.message": {"a": {"b": []}}}),
    (SOLVE, {"row.key": None}),
    (SOLVE, {"place": -1}),
    (SOLVE, {"place": 0.5}),
    (SOLVE, {"version": None}),
    (SOLVE, {"selected": None}),
    (SOLVE, {"selected": []}),
    (SOLVE, {"selected": [0, 1]}),
    (SOLVE, {"selected": [0, 1, 1]}),
    (SOLVE, {"selected": [-1, 0, 1]}),
    (SOLVE, {"selected": [0, 1, 9]}),
    (SOLVE, {"selected": [2, 1, 0]}),
    (SOLVE, {"selected": [0.0, 1.0, 2.0]}),
    (SOLVE, {"selected": {"0": 1}}),
    (SOLVE, {"selected": 10**30}),
    (SOLVE, {"trace": ABSENT}),
    (SOLVE, {"trace": [1]}),
    (SOLVE, {"trace": [[0.1, 1.0]]}),
    (SOLVE, {"trace": [[math.nan, None, None]]}),
    (SOLVE, {"trace": [["0", None, None]]}),
    (SOLVE, {"refutations": [[1.0, 2, None]]}),
    (SOLVE, {"refutations": [[1.0, "core", -1]]}),
    (SOLVE, {"refutations": None}),
    (NETWORK, {"row.macs": -1}),
    (NETWORK, {"row.accuracy_raw": 1.5}),
    (NETWORK, {"row.keep": None}),
    (NETWORK, {"accuracies": None}),
    (NETWORK, {"accuracies": [3]}),
    (NETWORK, {"accuracies.0.recovery": ""}),
    (NETWORK, {"accuracies.0.images": 0}),
    (NETWORK, {"faults": "all"}),
    (NETWORK, {"conditions": 3}),
    (SELECTION, {"method": ["l1"]}),
    (SELECTION, {"kept": [0, 1]}),
    (SELECTION, {"kept": {"a": [0, 0]}}),
    (SELECTION, {"kept": {"a": [-1]}}),
    (SELECTION, {"kept": {"a": None}}),
    (SELECTION, {"conditions": 3}),
    (SESSION, {"environment": "linux"}),
    (SESSION, {"environment": ABSENT}),
]


@pytest.mark.parametrize(("content", "changes"), UNFIT, ids=[str(changes)[:60] for _, changes in UNFIT])
def test_no_study_writes_it(content: dict[str, Any], changes: dict[str, Any], tmp_path: Path) -> None:
    """The line is left out, one sentence names its number, and the honest ones are believed."""
    entry_of(content)
    with pytest.raises(UnfitError):
        entry_of(forged(content, changes))
    lines = [_line(SOLVE), _line(forged(content, changes)), _line(NETWORK), _line(SELECTION)]
    (tmp_path / JOURNAL).write_bytes(b"".join(lines))
    study = read_study(tmp_path)
    [said] = study.warnings
    assert f"line 2 of {tmp_path / JOURNAL} says what no study writes" in said
    assert "\n" not in said
    assert (len(study.solves), len(study.networks)) == (1, 1)
    assert study.selections["l1, keep 0.5, seed 0"] == {"a": [0, 1]}
    assert list(study.frame("solves")["objective"]) == [VALUE]


@pytest.mark.parametrize(
    "rest",
    [
        b'"kind":',
        b'"kind":"solve","place":' + b"9" * 5000 + b"}",
        b'"kind":"session","environment":' + b"[" * 100_000,
        b'"kind":"session","environment":{"a":' + b"[" * 300 + b"]" * 300 + b"}}",
        b'"kind":"\xff"}',
        b'"kind":"\x00"}',
        b"}",
        b"}{}",
    ],
)
def test_no_json_of_a_study(rest: bytes, tmp_path: Path) -> None:
    """With a valid checksum, yet not even readable."""
    (tmp_path / JOURNAL).write_bytes(_check(rest + b"\n") + rest + b"\n" + _line(SOLVE))
    study = read_study(tmp_path)
    assert len(study.warnings) == 1
    assert "line 1 of " in study.warnings[0]
    assert len(study.solves) == 1


def test_what_later_versions_say_is_let_be() -> None:
    """An unknown kind and unknown keys are no fault; neither is a flag that was not there yet."""
    assert entry_of({"kind": "of a later version", "x": [[]]}) is None
    assert entry_of(forged(SOLVE, {"more": 1, "row.colour": "blue", "row.shared": ABSENT})) is not None
    assert entry_of(forged(SOLVE, {"row.random_mean": math.inf, "row.random_best": math.inf}))


def test_a_value_that_its_selection_has_not(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """At hand of the instance it is found out, told in one line, and solved again."""
    more = VALUE * 2
    lies = {"row.objective": more, "row.bound": more}
    others = [0, 1, 2] if SOLVE["selected"] != [0, 1, 2] else [0, 1, 3]
    for changes in (lies, {"selected": others}, {"row.instance_digest": "ab"}):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        (folder / JOURNAL).write_bytes(_line(forged(SOLVE, changes)))
        study_log = Store(folder).study_log
        caplog.clear()
        assert study_log.answer(TASK.key, TASK) is None
        assert not study_log.entries.solves
        [said] = [record.getMessage() for record in caplog.records]
        assert f"{folder / JOURNAL} says of clique on a, p = 3 what cannot be true" in said
    (tmp_path / JOURNAL).write_bytes(_line(SOLVE))
    honest = Store(tmp_path).study_log.answer(TASK.key, TASK)
    assert honest is not None
    assert honest.solution.selected is not None
    assert honest.solution.selected.tolist() == SOLVE["selected"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"n": 0}, "'n' is 0, not a whole number of 1 or more"),
        ({"p": 65}, "'p' is 65, not at most n"),
        ({"status": "proven"}, "'status' is 'proven', not one of"),
        ({"objective": -1.0}, "'objective' is -1.0, not a finite number"),
        ({"bound": math.inf}, "'bound' is inf"),
        ({"keep": 2.0}, "'keep' is 2.0, not a number from 0 to 1"),
        ({"objective_name": "x"}, "'objective_name' is 'x'"),
        ({"labels": "Ulm"}, "'labels' is 'Ulm', not a list of names in JSON"),
        ({"labels": "[1]"}, "not a list of names in JSON"),
    ],
)
def test_tables_without_a_journal(
    changes: dict[str, Any], told: str, solve_row: Callable[..., SolveRow]
) -> None:
    """What is out of range in a table is refused with its row."""
    frame = frame_of(SolveRow, [solve_row(), solve_row(**changes)])
    with pytest.raises(InputError, match="solves of this study, row 2: ") as caught:
        rows_of(SolveRow, frame, "solves")
    assert told in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"[]", b"3", b"{", b"\xff", b"[" * 10**6, b"9" * 5000])
def test_json_that_is_no_mapping(content: bytes) -> None:
    """Whatever is wrong with it, it is one kind of error."""
    with pytest.raises(UnfitError):
        json_object(content)


@pytest.mark.parametrize(
    "run",
    [
        {"options": {"subject": {"model": ["x"]}}},
        {"options": {"subject": {"model": "x", "budget": 3}}},
        {"options": {"subject": {"budget": [1]}}},
        {"options": {"limits": {"seed": 0}, "random_seeds": 10**12}},
        {"options": {"limits": 3}},
        {"seconds": {"solve": "soon"}},
        {"seconds": {"solve": math.nan}},
        {"seconds": {"solve": True}},
        {"faults": {"a": 1}},
        {"outcome": {"a": [1]}},
        {"environment": {"a": {"b": {"c": [{"d": 1}]}}}},
        {"folder": ["x"], "network": 3},
    ],
)
def test_records_that_no_study_writes(
    run: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page or one sentence, whatever ``run.json`` says."""
    (tmp_path / JOURNAL).write_bytes(_line(SOLVE))
    (tmp_path / "run.json").write_text(json.dumps(run))
    code = main([str(tmp_path)])
    err = capsys.readouterr().err
    assert code in (0, 2)
    assert err.count("\n") == 1
    assert err.startswith("report in " if code == 0 else "error: run.json: ")
