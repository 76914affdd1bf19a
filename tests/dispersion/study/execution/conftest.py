"""Workers; and no test of this folder leaves a process behind."""

import multiprocessing
from collections.abc import Iterator

import pytest

from dispersion.study.execution.worker import Worker


@pytest.fixture(autouse=True)
def nobody_left() -> Iterator[None]:
    """Whatever a test does, it leaves no process behind."""
    yield
    assert multiprocessing.active_children() == []


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker(threads=1)
    yield made
    made.process.kill()
    made.stop()
