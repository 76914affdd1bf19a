"""A study as trace files of GAMS, which PAVER and other tools that compare solvers read.

The format is that of GAMS's option ``trace``, with a definition of its columns in front; PAVER 2
(Bussieck, Dirkse and Vigerske, Journal of Global Optimization 59, 2014) takes one file a solver.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from dispersion.solution import Status
from dispersion.study.analysis.profiles import middle_repeats, total_seconds
from dispersion.study.analysis.seeds import seeds_of
from dispersion.study.labels import rows_apart
from dispersion.study.rows import SolveRow

K = TypeVar("K", bound=Hashable)

_COLUMNS = (
    "InputFileName,ModelType,SolverName,OptionFile,Direction,ModelStatus,SolverStatus",
    "ObjectiveValue,ObjectiveValueEstimate,SolverTime,NumberOfNodes",
)
_ABSENT = "NA"
_MAXIMISED = 1  # 0: minimised
_OPTIMAL, _SELECTION, _NONE_POSSIBLE, _FAILED, _NOTHING = 1, 8, 10, 13, 14  # "model status"
_SOLVER_STATUS = {  # how the solve ended
    Status.OPTIMAL: 1,  # normal completion
    Status.FEASIBLE: 1,
    Status.INFEASIBLE: 1,
    Status.TIME_LIMIT: 3,  # resource interrupt
    Status.SKIPPED: 6,  # capability problems
    Status.INTERRUPTED: 8,  # user interrupt
    Status.CONTRADICTED: 11,  # internal solver error
    Status.ERROR: 13,  # system failure
}


def trace_files(rows: Sequence[SolveRow]) -> dict[str, str]:
    """The trace file of every solver, by the name of the file.

    Of several repeats the middle one stands in it.  Several seeds are told apart by the column
    ``OptionFile``, which PAVER makes a part of the solver's name, or the name of a run with its option
    ``--optfileisrunname``.  An answer that contradicts another is an error without value and bound.
    """
    rows = middle_repeats(rows_apart(rows))
    solvers = _plain_names((row.solver, row.solver) for row in rows)
    questions = _plain_names(((row.question, row.instance), str(row.question)) for row in rows)
    files = {}
    for solver, name in solvers.items():
        mine = [row for row in rows if row.solver == solver]
        several = len(seeds_of(mine)) > 1
        limit = max(row.time_limit for row in mine)
        lines = ["Trace Record Definition", *_COLUMNS, "", f"SOLVER,{name}", f"TIMELIMIT,{limit:g}", ""]
        records = [_record(questions[row.question, row.instance], name, row, several) for row in mine]
        files[f"{name}.trc"] = "".join(f"* {line}".rstrip() + "\n" for line in lines) + "".join(records)
    return files


def _record(question: str, solver: str, row: SolveRow, several: bool) -> str:
    """One line of a trace file."""
    status = Status(row.status)
    believed = status is not Status.CONTRADICTED
    cells = [
        *(question, "MIP", solver, f"seed{row.seed}" if several else _ABSENT, _MAXIMISED),
        *(_model_status(status, row.objective), _SOLVER_STATUS[status]),
        *(_number(row.objective if believed else None), _number(row.bound if believed else None)),
        *(_number(total_seconds(row)), _ABSENT),
    ]
    return ",".join(map(str, cells)) + "\n"


def _model_status(status: Status, objective: float | None) -> int:
    if status is Status.OPTIMAL:
        return _OPTIMAL
    if status is Status.INFEASIBLE:
        return _NONE_POSSIBLE
    if status is Status.CONTRADICTED or (status is Status.ERROR and objective is None):
        return _FAILED
    return _NOTHING if objective is None else _SELECTION


def _number(value: float | None) -> str:
    return _ABSENT if value is None else repr(value)


def _plain_names(named: Iterable[tuple[K, str]]) -> dict[K, str]:
    """Names without commas, blanks and what no file may be called; different things stay different."""
    found: dict[K, str] = {}
    for key, name in named:
        plain = re.sub(r"[^A-Za-z0-9.=_+-]+", "_", name).strip("._") or "unnamed"
        taken, k, label = {one.lower() for one in found.values()}, 1, plain  # some disks see no case
        while key not in found and label.lower() in taken:
            k += 1
            label = f"{plain}_{k}"
        found.setdefault(key, label)
    return found
