"""Solvers that misbehave, and a worker that knows them; imported by the workers' own processes."""

import ctypes
import functools
import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection

import numpy as np

from dispersion.solution import Refutation
from dispersion.study.execution import worker_main
from solvers import Guarantee, Run, solve, solver
from solvers.registration import Method

_serve = worker_main.serve


def serve(pipe: Connection, shares: bool) -> None:
    """Work as every worker does, in a process that has imported this module."""
    _serve(pipe, shares)


def _fake(method: Method) -> Method:
    name = method.__name__.replace("_", "-")
    return solver(name, objective="max-min", guarantee=Guarantee.HEURISTIC, summary="a fake")(method)


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
    run.report_incumbent(range(run.instance.p))


@_fake
def impossible(run: Run) -> None:
    """Prove a bound below its own answer."""
    run.report_incumbent(range(run.instance.p))
    run.report_bound(0.0)


@_fake
def liar(run: Run) -> None:
    """Claim that the first points are the best."""
    run.report_incumbent(range(run.instance.p))
    assert run.objective is not None
    run.report_bound(run.objective)


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
    run.report_incumbent(range(run.instance.p))


for _name, _prepare in (
    ("never-ready", _never_ready),
    ("slowly-ready", _slowly_ready),
    ("no-engine", _no_engine),
):
    solver(
        _name, objective="max-min", guarantee=Guarantee.HEURISTIC, summary="a fake", prepare=_prepare
    )(_first_points)


@_fake
def hang_in_c(run: Run) -> None:
    """Never give the interpreter back, and be deaf to requests to end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ctypes.PyDLL(None).sleep(60)  # keeps the lock of the interpreter


def _report(run: Run) -> None:
    """First a bound that everybody knows, then the last points, then the first, which are better."""
    run.report_bound(float(run.instance.levels[-1]))
    run.report_incumbent(range(run.instance.n - run.instance.p, run.instance.n))
    run.report_incumbent(range(run.instance.p))


@_fake
def reports_and_hangs(run: Run) -> None:
    _report(run)
    hang_in_c(run)


@_fake
def reports_and_dies(run: Run) -> None:
    _report(run)
    os.kill(os.getpid(), signal.SIGKILL)


@_fake
def reports_and_breaks(run: Run) -> None:
    _report(run)
    raise RuntimeError("no such luck")


@_fake
def reports_of_another(run: Run) -> None:
    """Solve a smaller instance on the way, and break."""
    solve(run.instance.with_p(2), "greedy")
    raise RuntimeError("no such luck")


@_fake
def glutton(run: Run) -> None:
    """Take ever more memory, up to what a machine for tests can bear."""
    taken = []
    for _ in range(40):
        taken.append(np.ones(2**22))  # 32 MiB
        time.sleep(0.03)
    run.report_incumbent(range(run.instance.p))


@_fake
def no_memory(run: Run) -> None:
    """Ask for more than there is."""
    np.ones(2**50)


@_fake
def all_threads(run: Run) -> None:
    """Tell every setting of threads."""
    names = sorted(name for name in os.environ if name.endswith("_THREADS"))
    run.message = " ".join(f"{name}={os.environ[name]}" for name in names)
    run.report_incumbent(range(run.instance.p))


@_fake
def which_process(run: Run) -> None:
    """Tell its process and the one that this is a fork or a child of."""
    run.message = f"{os.getpid()} {os.getppid()}"
    run.report_incumbent(range(run.instance.p))


_solved: list[int] = []


@_fake
def leaves_traces(run: Run) -> None:
    """Tell how many solves this process has seen, and a number drawn by chance."""
    _solved.append(1)
    run.message = f"{len(_solved)} {np.random.random()}"  # noqa: NPY002 - as users do
    run.report_incumbent(range(run.instance.p))


@functools.cache
def _start_a_thread() -> None:
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


solver(
    "threaded",
    objective="max-min",
    guarantee=Guarantee.HEURISTIC,
    summary="a fake",
    prepare=_start_a_thread,
)(which_process)
