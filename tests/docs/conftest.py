"""The built site, and registries that forget what an example added."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dispersion.library import families, formats
from dispersion.metrics import metrics
from dispersion.report.section import sections
from dispersion.study.plotting.plot import plots
from pruning import datasets, networks
from pruning.allocation import allocations
from pruning.criteria import criteria
from pruning.repair.recoveries import recoveries
from pruning.spaces import spaces
from solvers.registration import registry as solvers

ROOT = Path(__file__).parents[2]
REGISTRIES: tuple[Any, ...] = (
    *(families, formats, metrics, sections, plots),
    *(allocations, criteria, spaces, recoveries, datasets, networks, solvers),
)


@pytest.fixture
def forgetful() -> Iterator[None]:
    """Whatever is registered in a test is forgotten after it."""
    before = [set(registry) for registry in REGISTRIES]  # which also makes them discover theirs
    path, modules = list(sys.path), set(sys.modules)
    yield
    for registry, names in zip(REGISTRIES, before, strict=True):
        for name in set(registry) - names:
            del registry._entries[name]
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if "." not in name and not hasattr(sys.modules[name], "__path__"):
            sys.modules.pop(name)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation, built as users build it; every warning is an error."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "docs", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder
