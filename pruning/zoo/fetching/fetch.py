"""Fetch a published file through a package manager, once, and keep it.

No host is named here: the user's pip or npm knows where its registry, mirror or proxy is.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from dispersion.errors import UnavailableError
from pruning.zoo.fetching.cache import cache_folder, publish, refuse_unless_kept, scratch_folder
from pruning.zoo.fetching.managers import MANAGERS, Watch, complaint


@dataclass(frozen=True, slots=True)
class Package:
    """One published file.

    Parameters
    ----------
    manager : {"pip", "npm"}
        What brings it.
    name, version : str
        The exact release.
    file : str
        The file's name as the manager writes it.
    sha256 : str
        Digest of the file, 64 hexadecimal digits.
    bytes : int
        Its size.
    """

    manager: Literal["pip", "npm"]
    name: str
    version: str
    file: str
    sha256: str
    bytes: int

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def fetch(package: Package, *, progress: bool = True) -> Path:
    """Return the package's file in the cache, fetching it when it is not there.

    Parameters
    ----------
    package : Package
        What to fetch.
    progress : bool
        Show a bar on a terminal, one plain line on any other standard error.

    Returns
    -------
    Path
        The file; its digest was checked in this call.

    Raises
    ------
    UnavailableError
        No network, no package manager, no space, a wrong digest, or ``P_DISPERSION_OFFLINE=1``
        while the file is not cached; `DamagedError` if the cached file is not the published one.
    """
    final = cache_folder() / "packages" / package.file
    if final.is_file():
        refuse_unless_kept(final, _sha256(final), package.sha256, delete=final)
        return final
    if os.environ.get("P_DISPERSION_OFFLINE", "0") not in ("", "0"):
        raise UnavailableError(
            f"{package} is not cached and P_DISPERSION_OFFLINE is set; {_way_out(package, final)}"
        )
    with scratch_folder() as scratch, _shown(package, progress) as watch:
        return publish(_bring(package, scratch, watch, final), final)


def _bring(package: Package, scratch: Path, watch: Watch, final: Path) -> Path:
    """Let the manager put the file into `scratch`; return its path after checking its digest."""
    folder = scratch / "download"
    folder.mkdir()
    try:
        MANAGERS[package.manager](package.name, package.version, folder, watch)
    except (subprocess.CalledProcessError, OSError) as error:
        said = complaint(error) if isinstance(error, subprocess.CalledProcessError) else str(error)
        raise UnavailableError(
            f"{package.manager} could not fetch {package} ({said}); {_way_out(package, final)}"
        ) from error
    made = folder / package.file
    if not made.is_file():
        raise UnavailableError(
            f"{package.manager} fetched {package} but brought no file {package.file};"
            f" {_way_out(package, final)}"
        )
    digest = _sha256(made)
    if digest != package.sha256:
        raise UnavailableError(
            f"{package.file} has sha256 {digest} where {package.sha256} was published, so it was"
            f" not kept; try again, or repair the mirror that {package.manager} uses"
        )
    return made


def _way_out(package: Package, final: Path) -> str:
    return f"run once with a network, or put {package.file} from another machine at {final}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _shown(package: Package, progress: bool) -> Iterator[Watch]:
    """Lend a function that shows how many bytes of the package have arrived."""
    title = f"fetching {package} with {package.manager}"
    if not progress:
        yield lambda _: None
    elif not sys.stderr.isatty():
        print(f"{title} ({package.bytes / 1e6:.0f} MB)", file=sys.stderr, flush=True)
        yield lambda _: None
    else:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        console = Console(stderr=True)
        with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
            task = bar.add_task(title, total=package.bytes)
            # the managers keep a second copy for a moment, so the folder outgrows the file
            yield lambda size: bar.update(task, completed=min(size, package.bytes))
