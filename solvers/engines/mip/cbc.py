"""COIN-OR's CBC, a program of its own: on PATH, or as PuLP ships it."""

from __future__ import annotations

import importlib.util
import math
import re
from functools import cache
from pathlib import Path

import numpy as np

from dispersion.errors import EngineError
from solvers.engines.common import Outcome
from solvers.engines.executables import MODEL, Job, executable, version_of
from solvers.engines.program import Answer, Ask, point_names, read_bound
from solvers.engines.registration import Ability, engine

_BOUND = re.compile(r"best possible (-?\d[\d.e+-]*)")  # of the negative, which CBC minimises
_ENDING = re.compile(r"(.*) - objective value (-?\d[\d.e+-]*)")
_NODES = re.compile(r"Enumerated nodes:\s+(\d+)")
_POINT = re.compile(r"\bx\((\d+)\)\s+(\S+)")
_DIGITS, _LAST_DIGIT = 6, 1e-8  # to which CBC rounds what it prints, and objectives of solutions
_START, _SOLUTION = "start.txt", "solution.txt"


class CbcProgram:
    """A program for CBC.

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
            if ask.start:
                (job.folder / _START).write_text(_start(ask), encoding="utf-8")
            told = job.run(_command(ask), ask, _bounds)
            solution = job.text(_SOLUTION)
            outcome = _outcome(solution, told, job)
        bounds = _bounds(told)
        points = None
        ending = _ENDING.match(solution)
        if ending is not None and "infeasible" not in ending.group(1).lower():
            found = {int(i) for i, value in _POINT.findall(solution) if float(value) > 0.5}
            points = np.array(sorted(found), dtype=np.intp) if found else None
        if outcome is Outcome.OPTIMAL and ending is not None:
            bounds.append(float(ending.group(2)) + _LAST_DIGIT + ask.gap)
        nodes = _NODES.search(told)
        effort = f"{nodes.group(1)} nodes" if nodes else "no node"
        return Answer(outcome, points, min(bounds, default=math.inf), effort)


def _bounds(told: str) -> list[float]:
    return [read_bound(found, _DIGITS, sign=-1.0) for found in _BOUND.findall(told)]


def _command(ask: Ask) -> list[str]:
    """CBC with its arguments, which it carries out in their order."""
    path = _path()
    assert path is not None  # `load` has looked
    command = [path, MODEL, "-timeMode", "elapsed", "-threads", str(ask.threads)]
    command += ["-randomCbcSeed", str(ask.seed), "-randomSeed", str(ask.seed)]
    command += ["-ratioGap", "0", "-allowableGap", repr(ask.gap)]
    if ask.limit is not None:
        command += ["-sec", repr(ask.limit)]
    if not ask.presolve:
        command += ["-presolve", "off", "-preprocess", "off"]
    if ask.start:
        command += ["-mipStart", _START]
    return [*command, "-solve", "-solution", _SOLUTION]


def _start(ask: Ask) -> str:
    """A start in the format of CBC's own solutions, in which columns that are 0 may be left out."""
    names = dict.fromkeys([*point_names(ask.n), *ask.start])
    values = ask.start_of(list(names))
    lines = [f"{k} {name} {values[k]!r} 0" for k, name in enumerate(names) if k in values]
    return "\n".join(["Stopped on time - objective value 0", *lines, ""])


def _outcome(solution: str, told: str, job: Job) -> Outcome:
    """How CBC ended; `EngineError` if for no good reason."""
    first = solution.partition("\n")[0].lower()
    if first.startswith("optimal"):
        return Outcome.OPTIMAL
    if "infeasible" in first:
        return Outcome.INFEASIBLE
    if not first:
        last = told.strip().splitlines()[-1:] or ["nothing"]
        if job.finished:
            raise EngineError(f"CBC ended without an answer; it said last {last[0]!r}")
        return job.unfinished()
    if first.startswith("stopped on time"):
        return Outcome.TIME_LIMIT
    raise EngineError(f"CBC ended with {first!r}")


@cache
def _path() -> str | None:
    """That on PATH before that of PuLP, which need not be imported."""
    found = executable("cbc")
    if found is not None or importlib.util.find_spec("pulp") is None:
        return found
    from pulp import PULP_CBC_CMD

    path = Path(PULP_CBC_CMD.pulp_cbc_path)
    return str(path) if path.is_file() else None


@engine(
    "cbc",
    label="CBC",
    version=lambda: None if (path := _path()) is None else version_of(path, "-quit"),
    install="apt-get install coinor-cbc, or pip install 'pulp<4'",
    lacks=(Ability.INCUMBENTS,),
)
def read(path: Path) -> CbcProgram:
    """Keep what is in an LP file."""
    return CbcProgram(path.read_bytes())
