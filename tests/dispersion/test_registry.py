"""Tests of `dispersion.registry`."""

from __future__ import annotations

import importlib

import pytest

from dispersion import UnknownNameError
from dispersion.registry import Registry


def test_a_file_in_the_package_registers_itself(tmp_path, monkeypatch):
    """A new module is found without any other change; private ones are left alone."""
    package = tmp_path / "plugins_of_this_test"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from dispersion.registry import Registry\nthings = Registry('thing', __name__)\n"
    )
    (package / "first.py").write_text(
        "from plugins_of_this_test import things\nthings.add('first', 1)\n"
    )
    (package / "_hidden.py").write_text("raise RuntimeError('imported')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    from plugins_of_this_test import things

    assert list(things) == ["first"]
    assert things["first"] == 1


def test_an_interrupted_discovery_starts_again(tmp_path, monkeypatch):
    """A module that fails to import once does not hide the others for good."""
    package = tmp_path / "flaky_plugins"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from dispersion.registry import Registry\nthings = Registry('thing', __name__)\n"
    )
    (package / "a.py").write_text(
        "import flag_of_this_test\nfrom flaky_plugins import things\nthings.add('a', 1)\n"
    )
    (package / "b.py").write_text("from flaky_plugins import things\nthings.add('b', 2)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    from flaky_plugins import things

    with pytest.raises(ModuleNotFoundError):
        list(things)
    (tmp_path / "flag_of_this_test.py").write_text("")
    importlib.invalidate_caches()
    assert list(things) == ["a", "b"]


def test_a_name_is_taken_once():
    """Registering twice is a programming error."""
    registry: Registry[int] = Registry("thing")
    registry.register("one")(1)
    with pytest.raises(ValueError, match="registered twice"):
        registry.add("one", 2)


def test_an_unknown_name_lists_the_near_ones_or_all():
    """Near names are suggested; without any, all are listed."""
    registry: Registry[int] = Registry("thing")
    registry.add("greedy", 1)
    registry.add("tabu", 2)
    with pytest.raises(UnknownNameError, match="did you mean greedy"):
        registry["gredy"]
    with pytest.raises(UnknownNameError, match="known: greedy, tabu"):
        registry["xyz"]
    assert "tabu" in registry
    assert "xyz" not in registry
