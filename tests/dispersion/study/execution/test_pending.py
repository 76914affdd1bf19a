"""Work is shared: what others claim is passed over, and what they find is taken."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dispersion import Instance
from dispersion.study.execution import pending as pending
from dispersion.study.execution.pending import PendingTasks, in_turn
from dispersion.study.execution.worker_main import failure
from dispersion.study.folder.journal_entries import SolveEntry
from dispersion.study.folder.store import Store
from dispersion.study.rows import SolveRows
from dispersion.study.task import Task
from solvers import solve

Tasks = Callable[..., Task]


@pytest.fixture
def stores(tmp_path: Path) -> tuple[Store, Store]:
    """One folder as two processes see it."""
    return Store(tmp_path / "out"), Store(tmp_path / "out")


def finish(store: Store, task: Task, fails: bool = False) -> None:
    """Solve a task and write the answer down, as another process would."""
    solution = solve(task.instance, task.solver, seed=task.limits.seed)
    if fails:
        solution = failure(task, "no luck")
    store.study_log.keep_solve(SolveEntry(SolveRows([task]).row(task, solution), solution, 0))


def test_claims_of_others_are_passed_over(stores: tuple[Store, Store], task: Tasks) -> None:
    """Two that take turns get different tasks, and each learns what the other has found."""
    tasks = [task("random", seed=k) for k in range(4)]
    mine, theirs = (PendingTasks(store.study_log, tasks) for store in stores)
    here, there = mine.claimed(), theirs.claimed()
    assert [next(here)[0], next(there)[0], next(here)[0], next(there)[0]] == [0, 1, 2, 3]
    assert list(here) == list(there) == []
    finish(stores[1], tasks[1])
    theirs.close(1)
    assert [k for k, _ in mine.answered()] == [1]
    assert sorted(mine.waiting) == [0, 2, 3]
    assert sorted(theirs.waiting) == [0, 2, 3]


def test_engines_come_last(stores: tuple[Store, Store], task: Tasks) -> None:
    """Heuristics are claimed first, then provers of ours, in each the tasks in their order."""
    names = ["clique", "kuby", "greedy", "cp-sat", "tabu", "clique", "greedy"]
    tasks = [task(name, seed=k) for k, name in enumerate(names)]
    claimed = [k for k, _ in PendingTasks(stores[0].study_log, tasks).claimed()]
    assert claimed == [2, 4, 6, 0, 5, 1, 3]


def test_an_answer_found_in_the_last_moment_is_not_sought(
    stores: tuple[Store, Store], task: Tasks
) -> None:
    """A claim that comes free because its task is done is not taken up again."""
    tasks = [task("random", seed=k) for k in range(2)]
    here = PendingTasks(stores[0].study_log, tasks).claimed()
    assert next(here)[0] == 0
    finish(stores[1], tasks[1])
    assert list(here) == []
    assert stores[1].study_log.locks.take(tasks[1].key)


def test_equal_keys_are_claimed_once(
    stores: tuple[Store, Store], task: Tasks, instance: Instance
) -> None:
    """A second task with the same key waits for the answer to the first."""
    tasks = [task("greedy", keep=0.5), task("greedy", keep=0.25), task("greedy", on=instance.with_p(3))]
    pending = PendingTasks(stores[0].study_log, tasks)
    assert [k for k, _ in pending.claimed()] == [0, 2]
    finish(stores[0], tasks[0])
    pending.close(0)
    assert [k for k, _ in pending.answered()] == [1]


def test_a_start_that_fails_leaves_what_others_did(stores: tuple[Store, Store], task: Tasks) -> None:
    """Whoever made the folder and did nothing in it takes it away only if nobody else did anything."""
    first, second = stores
    finish(second, task("greedy"))
    first.close()
    assert len(Store(second.folder).study_log.entries.solves) == 1


def test_work_of_others_comes_when_they_give_it_back(
    stores: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two that take turns do different pieces; equal keys are no reason to wait for oneself."""
    monkeypatch.setattr(pending, "PAUSE_SECONDS", 0.0)
    work = [("a", 0), ("b", 1), ("b", 2), ("c", 3)]
    here, there = (in_turn(store.study_log.locks, work) for store in stores)
    assert [next(here), next(there)] == [0, 1]
    assert next(here) == 3
    assert [next(there), next(there)] == [2, 0]  # the last was given back
    there.close()
    assert list(here) == [1, 2]
    assert stores[1].study_log.locks.take("b")


@pytest.mark.parametrize("again", [False, True])
def test_two_that_retry_failures_retry_once(
    again: bool, tmp_path: Path, stores: tuple[Store, Store], task: Tasks
) -> None:
    """What one has retried, be it in vain, the other takes; whoever asks later retries it once more."""
    tasks = [task("greedy")]
    finish(stores[0], tasks[0], fails=True)
    for store in stores:
        store.study_log.refresh()
        store.study_log.forget_failures()
    mine, theirs = (PendingTasks(store.study_log, tasks) for store in stores)
    assert [k for k, _ in mine.claimed()] == [0]
    assert list(theirs.claimed()) == []
    finish(stores[0], tasks[0], fails=again)
    mine.close(0)
    assert list(theirs.claimed()) == []
    assert [record.failed for _, record in theirs.answered()] == [again]
    later = Store(tmp_path / "out")
    later.study_log.forget_failures()
    assert len(list(PendingTasks(later.study_log, tasks).claimed())) == again
