"""Where and with what a study ran; saved beside its results."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

_PACKAGES = (
    "p-dispersion",
    "numpy",
    "numba",
    "pyomo",
    "highspy",
    "ortools",
    "torch",
    "torch-pruning",
)


def _cpu_name() -> str:
    """The processor's own name where the system tells, its architecture otherwise."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def environment() -> dict[str, object]:
    """Versions, processor, cores and memory (GiB) of this machine, ready for JSON."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": _cpu_name(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "packages": {package: _version(package) for package in _PACKAGES},
    }
