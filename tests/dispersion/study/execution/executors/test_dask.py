"""A cluster solves as this machine does, and the death of one of its workers costs nothing."""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from dispersion import Status
from dispersion.compare import main
from dispersion.errors import MissingExtraError, UnavailableError
from dispersion.study.execution.executors import dask
from dispersion.study.execution.executors.dask import DaskExecutor
from dispersion.study.reading import read_study
from dispersion.study.task import Task
from solvers import solve

distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")


@pytest.fixture
def nobody_left() -> None:
    """The workers of the cluster, children of this process too, stay until its last test."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes with one thread each, reachable from this machine only."""
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=50,
    ) as made:
        yield made


def test_a_worker_that_dies_costs_nothing(cluster: Any, task: Callable[..., Task]) -> None:
    """One is killed in the middle: every task has its one answer, that of `solve`."""
    tasks = [task("random", seed=k) for k in range(12)]
    executor = DaskExecutor(cluster.scheduler_address)
    answers = executor.solve(enumerate(tasks))
    given = [next(answers), next(answers)]
    os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
    given += answers
    executor.close()
    assert sorted(k for k, _ in given) == list(range(12))
    for k, solution in given:
        expected = solve(tasks[k].instance, "random", seed=k)
        assert (solution.objective, solution.status) == (expected.objective, Status.FEASIBLE)


def test_the_command_goes_to_the_cluster(cluster: Any, tmp_path: Path) -> None:
    """--scheduler gives the rows that --jobs gives, and says that machines were shared."""
    out = tmp_path / "out"
    command = ["--instance", "generate:som:n=12,p=3,seed=1", "--solvers", "greedy", "random"]
    assert main([*command, "--out", str(out), "--scheduler", cluster.scheduler_address]) == 0
    solves = read_study(out).frame("solves")
    assert list(solves["solver"]) == ["greedy", "random", "random", "random"]
    assert list(solves["seed"]) == [0, 0, 1, 2]
    assert solves["shared"].all()
    assert solves["status"].eq("feasible").all()


def test_leaving_early_takes_the_rest_back(cluster: Any, task: Callable[..., Task]) -> None:
    """Nothing that has not begun is solved for somebody who has left."""
    executor = DaskExecutor(cluster.scheduler_address)
    answers = executor.solve(enumerate([task("random", seed=k) for k in range(12)]))
    next(answers)
    answers.close()
    executor.close()
    while any(state.processing for state in cluster.scheduler.workers.values()):
        time.sleep(0.05)
    assert cluster.scheduler.tasks == {}


@pytest.fixture
def lonely() -> Iterator[Any]:
    """A scheduler without workers."""
    with distributed.LocalCluster(
        n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=50
    ) as made:
        yield made


def test_waiting_for_workers_is_said_and_ends(
    lonely: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without workers the command says once that it waits, and gives up with exit code 2."""
    monkeypatch.setattr(dask, "_LOOK_SECONDS", 0.1)
    monkeypatch.setattr(dask, "_SAY_SECONDS", 0.2)
    monkeypatch.setattr(dask, "_GIVE_UP_SECONDS", 1.0)
    command = ["--instance", "generate:som:n=12,p=3,seed=1", "--solvers", "greedy"]
    address = lonely.scheduler_address
    assert main([*command, "--out", str(tmp_path / "out"), "--scheduler", address]) == 2
    lines = capsys.readouterr().err.splitlines()
    where = f"the Dask cluster at {address} has"
    assert lines.count(f"{where} no worker; waiting for one, 1 s at most") == 1
    assert lines[-1] == (
        f"error: {where} had no worker for 1 s; start some with `dask worker`, and the same command "
        "again: what is solved is kept."
    )


def test_workers_may_come_late(
    lonely: Any, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    """Whoever has waited goes on as soon as there is one."""
    monkeypatch.setattr(dask, "_LOOK_SECONDS", 0.1)
    monkeypatch.setattr(dask, "_SAY_SECONDS", 0.2)
    begin = threading.Timer(1.0, lonely.scale, [1])
    begin.start()
    executor = DaskExecutor(lonely.scheduler_address)
    [(_, solution)] = executor.solve(enumerate([task("greedy")]))
    executor.close()
    begin.join()
    assert solution.status is Status.FEASIBLE
    assert caplog.text.count("has no worker; waiting for one") == 1


def test_a_scheduler_that_goes_is_one_sentence(
    lonely: Any, task: Callable[..., Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for an answer learns that there will be none."""
    monkeypatch.setattr(dask, "_SAY_SECONDS", 0.0)
    executor = DaskExecutor(lonely.scheduler_address)
    ending = threading.Timer(0.5, lonely.close)
    ending.start()
    with pytest.raises(UnavailableError, match=r"the Dask scheduler at tcp://.* is gone; start one"):
        list(executor.solve(enumerate([task("greedy")])))
    ending.join()
    executor.close()


def test_a_task_that_kills_workers_is_a_failure(task: Callable[..., Task]) -> None:
    """What the cluster gives up becomes a row with its reason."""

    class Given:
        def exception(self) -> Exception:
            return RuntimeError("4 workers died")

    solution = dask._solution(Given(), task("greedy"))
    assert solution.status is Status.ERROR
    assert solution.message == "the cluster lost it: RuntimeError: 4 workers died"


def silent(connection: socket.socket) -> None:
    """Wait for a question that is never put."""
    connection.recv(1)


def chatty(connection: socket.socket) -> None:
    """Greet as other services do."""
    connection.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n" * 4)
    connection.recv(1)


def abrupt(connection: socket.socket) -> None:
    """Hang up."""


@pytest.fixture
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """A port of this machine at which something else than a scheduler answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection, suppress(OSError):
                        connection.settimeout(5.0)
                        request.param(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


@pytest.mark.parametrize("port", [silent, chatty, abrupt], indirect=True)
def test_another_service_is_one_sentence(
    port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Whatever answers there, the command ends in time, and prints nothing of Dask's."""
    monkeypatch.setattr(dask, "_CONNECT_SECONDS", 0.5)
    command = ["--instance", "generate:som:n=12,p=3,seed=1", "--solvers", "greedy"]
    address = f"tcp://127.0.0.1:{port}"
    assert main([*command, "--out", str(tmp_path / "out"), "--scheduler", address]) == 2
    last = capfd.readouterr().err.splitlines()[1:]
    assert len(last) == 1
    assert last[0].startswith(f"error: no Dask scheduler answers at {address} (")
    assert last[0].endswith("; start one with `dask scheduler`, or leave out --scheduler.")
    assert not (tmp_path / "out").exists()


def test_no_cluster_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody answers the sentence holds what was asked for, and why not."""
    monkeypatch.setattr(dask, "_CONNECT_SECONDS", 0.2)
    for address, why in (
        ("tcp://127.0.0.1:9", "Connection refused|no answer in time"),
        ("tcp://no-such-host.invalid:9", "[^)]+"),
        ("tls://127.0.0.1:9", "TLS expects[^;]+"),
    ):
        with pytest.raises(
            UnavailableError, match=rf"no Dask scheduler answers at {address} \(({why})"
        ):
            DaskExecutor(address)


def test_a_worker_is_no_scheduler(cluster: Any) -> None:
    """Its address is easily taken for that of its scheduler."""
    address = next(iter(cluster.scheduler_info["workers"]))
    with pytest.raises(UnavailableError, match=r"\(a Dask worker does\); start one"):
        DaskExecutor(address)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package the sentence says what to install."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'p-dispersion\[dask\]'"):
        DaskExecutor("tcp://127.0.0.1:9")
