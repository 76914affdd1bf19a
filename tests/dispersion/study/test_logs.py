"""What a run says, and what it writes down of it."""

import errno
import io
import logging
import os
import re
from pathlib import Path

import pytest
from rich.console import Console

from dispersion.study.logs import LOG, spoken, written


def console() -> Console:
    return Console(file=io.StringIO(), width=40)


def said(on: Console) -> str:
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue()


def test_lines_are_plain() -> None:
    """What is said is neither wrapped nor read as markup."""
    line = "a [bold]long[/bold] line of more than forty characters: {} %s"
    with spoken(on := console()):
        LOG.info("%s", line)
    assert said(on) == f"{line}\n"


@pytest.mark.parametrize(("level", "count"), [("DEBUG", 4), ("INFO", 3), ("WARNING", 2), ("ERROR", 1)])
def test_levels(level: str, count: int) -> None:
    """What is less urgent than the level is not said."""
    with spoken(on := console()) as voice:
        voice.setLevel(level)
        for urgent in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
            LOG.log(urgent, "a line")
    assert said(on).count("\n") == count


def test_nothing_stays_behind() -> None:
    """After the block nobody listens, and levels are what they were."""
    before = LOG.level, list(LOG.handlers)
    with pytest.raises(ValueError, match="broken"), spoken(console()):
        raise ValueError("broken")
    assert (LOG.level, LOG.handlers) == before


def test_the_log_has_everything_with_the_time(tmp_path: Path) -> None:
    """Even what is not said is written, and a second run goes on below the first."""
    for _ in range(2):
        with spoken(on := console()) as voice, written(tmp_path):
            (tmp_path / "run.json").write_text("{}")
            voice.setLevel(logging.ERROR)
            LOG.debug("a step")
            LOG.warning("mind")
        assert said(on) == ""
    lines = (tmp_path / "log.txt").read_text().splitlines()
    time = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d{4}"
    assert all(re.fullmatch(rf"{time} (DEBUG   a step|WARNING mind)", line) for line in lines)
    assert len(lines) == 4


def test_no_results_no_log(tmp_path: Path) -> None:
    """A run that left nothing but its log and config leaves neither; what was there stays."""
    for results in (False, True):
        with spoken(console()), written(tmp_path):
            LOG.info("a line")
            (tmp_path / "study.toml").write_text("")
            if results:
                (tmp_path / "solves.csv").write_text("")
        assert len(list(tmp_path.iterdir())) == (3 if results else 0)
    with spoken(console()), written(tmp_path):
        LOG.info("another")
    assert (tmp_path / "log.txt").read_text().count("\n") == 2


def test_a_link_in_its_place_ends_the_log_only(tmp_path: Path) -> None:
    """Nothing is written through it, which is said once; the run goes on."""
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (tmp_path / "log.txt").symlink_to(precious)
    with spoken(on := console()), written(tmp_path):
        LOG.info("one")
        LOG.info("two")
    assert said(on).count("ends here: it is a link, which is not followed") == 1
    assert said(on).splitlines()[-1] == "two"
    assert precious.read_text() == "precious"


def test_a_full_disk_ends_the_log_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That it ends is said once; the run goes on."""

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with spoken(on := console()), written(tmp_path):
        LOG.info("one")
        LOG.info("two")
    assert said(on).splitlines()[1:] == ["two"] or "No space left" in said(on)
    assert said(on).count("No space left on device") == 1
    assert said(on).endswith("two\n")
