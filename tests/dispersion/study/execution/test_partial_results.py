"""What is told of a solve is all of it, and what cannot be true is not kept."""

from collections.abc import Callable

import numpy as np
import pytest

from dispersion import Instance, Status, TracePoint
from dispersion.study.execution.partial_results import Improvement, PartialResult, Reporter
from dispersion.study.execution.worker_main import failure
from dispersion.study.task import Task
from dispersion.verify import recompute
from solvers import solve
from solvers.run import listening

Tasks = Callable[..., Task]


@pytest.mark.parametrize("solver", ["clique", "greedy", "tabu", "cp-sat", "kuby"])
def test_all_is_told(solver: str, task: Tasks) -> None:
    """Incumbent, bound, trace and refutations are those of the answer, whoever solves."""
    asked, partial = task(solver), PartialResult()
    with listening(Reporter(asked, partial.add)):
        solution = solve(asked.instance, solver)
    kept = partial.kept(asked, failure(asked, "killed: late", 3.0, Status.TIME_LIMIT))
    assert kept.selected is not None
    assert solution.selected is not None
    assert kept.selected.tolist() == solution.selected.tolist()
    assert (kept.objective, kept.bound, kept.trace) == (
        solution.objective,
        solution.bound,
        solution.trace,
    )
    assert kept.refutations == solution.refutations
    assert (kept.status, kept.solve_seconds) == (Status.TIME_LIMIT, 3.0)


def test_nobody_listens_unless_asked(task: Tasks) -> None:
    """After the block, solves are told to nobody any more."""
    asked, partial = task("greedy"), PartialResult()
    with listening(Reporter(asked, partial.add)):
        pass
    solve(asked.instance, "greedy")
    assert partial.points == []


def test_selections_are_sent_once(task: Tasks) -> None:
    """A better bound comes without the incumbent that everybody knows."""
    asked, sent = task("clique"), list[Improvement]()
    with listening(Reporter(asked, sent.append)):
        solve(asked.instance, "clique")
    values = [one.points[-1].objective for one in sent]
    for before, one, value in zip([None, *values], sent, values, strict=False):
        assert (one.selected is not None) == (value != before)


def test_nothing_told_is_nothing_kept(task: Tasks) -> None:
    """Without a report the failure stays as it is; a bound alone is kept alone."""
    asked = task("clique")
    failed = failure(asked, "why", 1.5)
    assert PartialResult().kept(asked, failed) is failed
    kept = PartialResult(points=[TracePoint(0.25, None, 0.75)]).kept(asked, failed)
    assert (kept.selected, kept.objective, kept.bound) == (None, None, 0.75)
    assert kept.message == "why; kept the bound it had reported by 0.25 s"


@pytest.mark.parametrize("fault", ["value", "points", "bound", "no selection"])
def test_what_cannot_be_true_is_not_kept(fault: str, task: Tasks, instance: Instance) -> None:
    """A wrong value, an impossible selection or a bound below it: the message says what was wrong."""
    first = np.arange(instance.p)
    value = recompute(instance, first, "max-min")
    selected, objective, bound, told = {
        "value": (first, value + 1e-9, None, f"but its selection is worth {value!r}"),
        "points": (np.zeros(instance.p, dtype=np.intp), value, None, "must hold distinct points"),
        "bound": (first, value, value / 2, f"is below its own answer {value!r}"),
        "no selection": (None, value, None, "but its selection is worth None"),
    }[fault]
    partial = PartialResult(points=[TracePoint(0.1, objective, bound)], selected=selected)
    asked = task("clique")
    kept = partial.kept(asked, failure(asked, "why", status=Status.TIME_LIMIT))
    assert kept.status is Status.ERROR  # which is a FAIL
    assert (kept.selected, kept.objective, kept.bound, kept.trace) == (None, None, None, ())
    assert kept.message.startswith("why; not kept what it had reported: ")
    assert told in kept.message
