"""Where and with what a study ran."""

import json
import platform
from importlib.metadata import version
from pathlib import Path

import pytest

from dispersion.study import environment as module
from dispersion.study.environment import environment


def test_it_names_the_machine_and_every_engine() -> None:
    """Versions are those installed, and all of it can be written as JSON."""
    found = json.loads(json.dumps(environment()))
    assert found["python"] == platform.python_version()
    assert found["cores"] >= 1
    assert found["memory_gib"] > 0
    assert found["cpu"]
    for package in ("numpy", "ortools", "highspy", "pyomo", "torch", "torch-pruning"):
        assert found["packages"][package] == version(package)


def test_a_package_that_is_not_installed_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Absent is `None`."""
    monkeypatch.setattr(module, "_PACKAGES", ("numpy", "no-such-package"))
    assert environment()["packages"] == {"numpy": version("numpy"), "no-such-package": None}


@pytest.mark.parametrize(
    ("cpuinfo", "name"),
    [
        ("processor: 0\nmodel name\t: A Fast One @ 3 GHz\nmodel name: another\n", "A Fast One @ 3 GHz"),
        ("processor: 0\n", platform.processor() or platform.machine()),
        (None, platform.processor() or platform.machine()),
    ],
)
def test_the_processor_is_named_where_the_system_tells(
    cpuinfo: str | None, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first model name counts; without one the architecture has to do."""
    file = tmp_path / "cpuinfo"
    if cpuinfo is not None:
        file.write_text(cpuinfo)
    monkeypatch.setattr(module, "Path", lambda _: file)
    assert environment()["cpu"] == name
