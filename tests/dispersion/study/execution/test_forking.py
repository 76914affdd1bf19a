"""Only a worker is forked; what forks do is tested where workers are (``test_worker``)."""

from dispersion.study.execution.forking import can_fork


def test_a_process_that_is_no_worker_is_not_forked() -> None:
    """Nobody knows what the user's own process holds."""
    assert not can_fork()
