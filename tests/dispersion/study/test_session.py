"""What the stages of a study share."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from dispersion.errors import UnavailableError
from dispersion.study.folder.store import Store
from dispersion.study.logs import spoken
from dispersion.study.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = Session(store=Store(tmp_path / "out"), console=Console(file=io.StringIO(), width=40))
    with spoken(made.console):
        yield made


def said(session: Session) -> str:
    assert isinstance(session.console.file, io.StringIO)
    return session.console.file.getvalue()


def test_times_add_up_by_name_whatever_happens(session: Session) -> None:
    """A stage that is entered twice, or broken off, is timed all the same."""
    with session.timed("solve"):
        pass
    once = session.seconds["solve"]
    with pytest.raises(ValueError, match="broken"), session.timed("solve"):
        raise ValueError("broken")
    assert session.seconds["solve"] > once >= 0.0
    assert list(session.seconds) == ["solve"]


def test_ctrl_c_ends_the_block_only(session: Session) -> None:
    """Ctrl-C is remembered and said; every other exception passes."""
    with session.interruptible():
        pass
    assert not session.interrupted
    with pytest.raises(ValueError, match="other"), session.interruptible():
        raise ValueError("other")
    assert not session.interrupted
    with session.interruptible():
        raise KeyboardInterrupt
    assert session.interrupted
    assert said(session) == "interrupted; keeping what is finished\n"


def test_a_full_disk_is_said_once(session: Session) -> None:
    """After the first failed write nothing more is tried, and one line says why."""
    written = []

    def full() -> None:
        raise UnavailableError("cannot write b: No space left on device; files are whole.")

    session.keep(lambda: written.append("a"))
    assert not session.unwritten
    session.keep(full)
    session.keep(full)
    session.keep(lambda: written.append("c"))
    assert session.unwritten
    assert written == ["a"]
    assert said(session).count("\n") == said(session).count("No space left on device") == 1


def test_other_failures_to_write_are_defects(session: Session) -> None:
    """Only what the disk refuses is swallowed."""

    def wrong() -> None:
        raise TypeError("a defect")

    with pytest.raises(TypeError, match="a defect"):
        session.keep(wrong)


def test_lines_are_plain(session: Session) -> None:
    """What is said is neither wrapped nor read as markup."""
    session.say("a [bold]long[/bold] line of more than forty characters: {}")
    assert said(session) == "a [bold]long[/bold] line of more than forty characters: {}\n"
