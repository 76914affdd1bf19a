"""Where tasks are solved: processes of this machine, or a cluster.

An `Executor` takes tasks when it has room for them, which is when their turn comes to be claimed, and
gives back solutions as they end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from dispersion.solution import Solution
from dispersion.study.execution.executors.local import LocalExecutor
from dispersion.study.execution.resources import Resources
from dispersion.study.task import Task

__all__ = ["Executor", "LocalExecutor", "executor_of"]


class Executor(Protocol):
    """Something that solves tasks.

    Attributes
    ----------
    shared : bool
        Whether solves share a machine with others, so that their times are overestimated.
    """

    @property
    def shared(self) -> bool:
        """See above."""
        ...

    def solve(self, tasks: Iterable[tuple[int, Task]]) -> Iterator[tuple[int, Solution]]:
        """Solve tasks that come with an index; yield index and solution of each as it ends.

        Each task yields exactly one solution, be it a failure.  Closing the iterator stops the work.
        """
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


def executor_of(resources: Resources, tasks: int) -> Executor:
    """The executor for so many tasks.

    Raises
    ------
    MissingExtraError
        It needs a package that is not installed.
    UnavailableError
        There is no cluster at that address.
    """
    if resources.scheduler is None:
        return LocalExecutor(min(resources.jobs, tasks))
    from dispersion.study.execution.executors.dask import DaskExecutor

    return DaskExecutor(resources.scheduler)
