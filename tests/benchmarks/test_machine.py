"""Tests of `benchmarks.machine`: what a time depends on is kept, and compared."""

from __future__ import annotations

import json

from benchmarks.machine import differences, machine_info


def test_what_is_kept(monkeypatch):
    """Versions, threads and profile, ready for JSON; the same twice, or every comparison would warn."""
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    info = machine_info("quick")
    assert json.loads(json.dumps(info)) == info == machine_info("quick")
    assert info["threads"]["OMP_NUM_THREADS"] == "3"
    assert info["packages"]["numpy"]
    assert "rdkit" in info["peers"]
    assert info["profile"] == "quick"


def test_differences_are_named():
    """What is new, what is gone and what has changed, however deep; nothing else."""
    now = {"cores": 2, "packages": {"numpy": "2.4", "numba": "0.68"}, "python": "3.11"}
    then = {"cores": 2, "packages": {"numpy": "2.3"}, "system": "Linux"}
    assert differences(now, then) == [
        "packages numba: 0.68 now, None then",
        "packages numpy: 2.4 now, 2.3 then",
        "python: 3.11 now, None then",
        "system: None now, Linux then",
    ]
    assert differences(now, now) == []
