"""How many points this machine can hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dispersion.errors import InputError

MATRICES = 8  #: reading, checking and ranking n points takes memory for up to this many (n, n) matrices
_GROUPS, _OWN = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")


def memory() -> int:
    """Bytes of memory that this process may use: the machine's, a container's, or the shell's limit."""
    import psutil  # only asked for here: the core needs numpy alone

    return min([int(psutil.virtual_memory().total), *_of_groups(), *_of_process()])


def _of_groups() -> Iterator[int]:
    """Limits of the control groups (version 2 and 1) that this process is in."""
    try:
        lines = _OWN.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # another system
        return
    for line in lines:
        _, controllers, inner = [*line.split(":", 2), "", ""][:3]
        if controllers and "memory" not in controllers.split(","):
            continue
        root = _GROUPS / "memory" if controllers else _GROUPS
        name = "memory.limit_in_bytes" if controllers else "memory.max"
        folder = root / inner.lstrip("/")
        for place in (folder, *folder.parents):
            if place.is_relative_to(root):
                yield from _number(place / name)


def _number(path: Path) -> Iterator[int]:
    """The limit in a file, if there is one: "max" is none."""
    try:
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return
    if text.isdecimal():
        yield int(text)


def _of_process() -> Iterator[int]:
    """Limits of ``ulimit -v`` and ``ulimit -d``."""
    try:
        import resource
    except ImportError:  # Windows has none
        return
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
        soft, _ = resource.getrlimit(kind)
        if soft != resource.RLIM_INFINITY:
            yield soft


def need(n: int, what: str, remedy: str = "") -> None:
    """Refuse `what`, which has `n` points, unless its matrix fits `MATRICES` times into memory.

    Raises
    ------
    InputError
        It does not fit; the message says how much memory it would take, how much there is, and
        `remedy`.
    """
    matrix, most_bytes = 8 * n * n, memory()
    if matrix * MATRICES > most_bytes:
        most = int((most_bytes / (8 * MATRICES)) ** 0.5)
        raise InputError(
            f"{what} has {n:,} points, whose distances take {matrix / 2**30:,.1f} GiB, which is more "
            f"than 1/{MATRICES} of the {most_bytes / 2**30:,.1f} GiB of memory here (room to work with "
            f"them); at most {most:,} points can be used on this machine{remedy}."
        )


def need_bytes(count: int, what: str, share: int = 2) -> None:
    """Refuse `what`, which takes `count` bytes, unless one `share`-th of the memory holds it.

    Raises
    ------
    InputError
        It does not; the message says both numbers.
    """
    most = memory()
    if count > most / share:
        raise InputError(
            f"{what} takes {count / 2**30:,.1f} GiB, which is more than 1/{share} of the "
            f"{most / 2**30:,.1f} GiB of memory here."
        )
