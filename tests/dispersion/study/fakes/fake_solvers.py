"""Solvers that misbehave, and a worker that knows them; imported by the workers' own processes."""

import functools
import os
import signal
import sys
import time
from multiprocessing.connection import Connection

from dispersion.solution import Refutation
from dispersion.study import serving
from solvers.base import Kind, Method, Run, solver

_serve = serving.serve


def serve(pipe: Connection) -> None:
    """Work as every worker does, in a process that has imported this module."""
    _serve(pipe)


def _fake(method: Method) -> Method:
    name = method.__name__.replace("_", "-")
    return solver(name, objective="max-min", kind=Kind.HEURISTIC, summary="a fake")(method)


@_fake
def crash(run: Run) -> None:
    os._exit(7)


@_fake
def leave(run: Run) -> None:
    sys.exit(3)


@_fake
def killed(run: Run) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@_fake
def broken(run: Run) -> None:
    raise RuntimeError("no such luck")


@_fake
def hang(run: Run) -> None:
    while True:
        time.sleep(60)


@_fake
def ctrl_c(run: Run) -> None:
    os.kill(os.getpid(), signal.SIGINT)
    run.incumbent(range(run.instance.p))


@_fake
def threads(run: Run) -> None:
    run.message = os.environ["OMP_NUM_THREADS"]
    run.incumbent(range(run.instance.p))


@_fake
def impossible(run: Run) -> None:
    """Prove a bound below its own answer."""
    run.incumbent(range(run.instance.p))
    run.prove(0.0)


@_fake
def liar(run: Run) -> None:
    """Claim that the first points are the best."""
    run.incumbent(range(run.instance.p))
    assert run.objective is not None
    run.prove(run.objective)


@_fake
def false_witness(run: Run) -> None:
    """Claim that the first points are the best, and how that was proven."""
    liar(run)
    levels = run.instance.levels
    above = float(levels[levels > run.objective][0])
    run.refutations.append(Refutation(above, "colouring"))


def _never_ready() -> None:
    time.sleep(60)


@functools.cache
def _slowly_ready() -> None:
    time.sleep(1.0)


def _no_engine() -> None:
    raise ImportError("no module named 'engine'")


def _first_points(run: Run) -> None:
    run.incumbent(range(run.instance.p))


for _name, _prepare in (
    ("never-ready", _never_ready),
    ("slowly-ready", _slowly_ready),
    ("no-engine", _no_engine),
):
    solver(_name, objective="max-min", kind=Kind.HEURISTIC, summary="a fake", prepare=_prepare)(
        _first_points
    )
