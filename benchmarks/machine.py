"""What a time depends on beside the code: kept with every result, and compared with that of others."""

from __future__ import annotations

import os
from collections.abc import Mapping

from benchmarks.peers import PEERS
from dispersion.study.environment import environment

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def machine_info(profile: str) -> dict[str, object]:
    """Machine, versions, threads and profile; nothing that differs by itself from run to run."""
    return {
        **environment(),
        "peers": {peer.package: peer.version for peer in PEERS},
        "threads": {name: os.environ.get(name) for name in THREADS},
        "profile": profile,
    }


def differences(now: Mapping[str, object], then: Mapping[str, object]) -> list[str]:
    """One line for everything that was another then."""
    first, second = _flat(now), _flat(then)
    return [
        f"{name}: {first.get(name)} now, {second.get(name)} then"
        for name in sorted(first | second)
        if first.get(name) != second.get(name)
    ]


def _flat(content: Mapping[str, object], before: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in content.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{before}{name} ")
        else:
            found[before + name] = value
    return found
