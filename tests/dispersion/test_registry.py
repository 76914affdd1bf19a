"""Tests of `dispersion.registry`."""

from __future__ import annotations

import importlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

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


def test_no_thread_sees_half_of_the_names(tmp_path, monkeypatch):
    """A look-up during the discovery of another thread waits; that thread itself may look names up."""
    package = tmp_path / "slow_plugins"
    package.mkdir()
    (package / "__init__.py").write_text(
        "import threading\n"
        "from dispersion.registry import Registry\n"
        "things = Registry('thing', __name__)\n"
        "begun, asked = threading.Event(), threading.Event()\n"
        "seen = []\n"
    )
    (package / "a.py").write_text(
        "import slow_plugins\n"
        "slow_plugins.things.add('a', 1)\n"
        "slow_plugins.seen += slow_plugins.things\n"
        "slow_plugins.begun.set()\n"
        "slow_plugins.asked.wait(10)\n"
    )
    (package / "b.py").write_text("from slow_plugins import things\nthings.add('b', 2)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import slow_plugins

    def look_up(name):
        slow_plugins.begun.wait(10)
        slow_plugins.asked.set()
        return slow_plugins.things[name]

    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(list, slow_plugins.things)
        others = [pool.submit(look_up, name) for name in "abbbbbbb"]
        assert first.result() == ["a", "b"]
        assert [other.result() for other in others] == [1] + 7 * [2]
    assert slow_plugins.seen == ["a"]


def test_a_module_may_be_imported_by_another_thread_meanwhile(tmp_path, monkeypatch):
    """It registers without waiting for the discovery, which waits for its import."""
    package = tmp_path / "crossed_plugins"
    package.mkdir()
    (package / "__init__.py").write_text(
        "import threading\n"
        "from dispersion.registry import Registry\n"
        "things = Registry('thing', __name__)\n"
        "importing, discovering = threading.Event(), threading.Event()\n"
    )
    (package / "a.py").write_text("import crossed_plugins\ncrossed_plugins.discovering.set()\n")
    (package / "b.py").write_text(
        "import crossed_plugins\n"
        "crossed_plugins.importing.set()\n"
        "crossed_plugins.discovering.wait(10)\n"
        "crossed_plugins.things.add('b', 2)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    import crossed_plugins

    with ThreadPoolExecutor(2) as pool:
        importing = pool.submit(importlib.import_module, "crossed_plugins.b")
        assert crossed_plugins.importing.wait(10)
        discovering = pool.submit(list, crossed_plugins.things)
        assert discovering.result(timeout=10) == ["b"]
        importing.result(timeout=10)


FIRST_USE = """
import threading
from concurrent.futures import ThreadPoolExecutor
from dispersion import Instance, generate
from dispersion.library.formats import formats
from dispersion.report.section import sections
from pruning.allocation import allocations
from pruning.criteria import criteria
from pruning.spaces import spaces
from pruning.zoo.datasets import datasets
from pruning.zoo.networks import networks
from solvers import solve
from solvers.registration import registry as solvers

registries = [solvers, formats, sections, allocations, criteria, spaces, datasets, networks]
questions = [("max-min", "clique"), ("max-min", "kuby"), ("max-min", "cp-sat"), ("max-min", "grasp"),
             ("max-sum", "qcr"), ("max-sum", "tangent"), ("max-sum", "glover"), ("max-sum", "cp-sat")]
instance = Instance([[abs(i - j) for j in range(12)] for i in range(12)], 4)
barrier = threading.Barrier(len(registries) + 2 * len(questions) + 2)

def listed(registry):
    barrier.wait()
    return list(registry)

def solved(question):
    barrier.wait()
    return solve(instance, question[1], objective=question[0], time_limit=600.0).objective

def generated(seed):
    barrier.wait()
    return generate("geo", 12, 4, seed=seed).digest

with ThreadPoolExecutor(barrier.parties) as pool:
    names = [pool.submit(listed, registry) for registry in registries]
    values = [pool.submit(solved, question) for question in 2 * questions]
    digests = [pool.submit(generated, 1) for _ in range(2)]
for registry, found in zip(registries, names):
    assert found.result() == list(registry) != [], registry.kind
assert [value.result() for value in values] == 2 * ([3.0] * 4 + [42.0] * 4), values
assert len({digest.result() for digest in digests}) == 1
"""


def test_the_first_use_may_be_from_many_threads():
    """Registries, engines, compiled kernels and what an instance computes once, in a fresh process."""
    done = subprocess.run([sys.executable, "-c", FIRST_USE], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


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
