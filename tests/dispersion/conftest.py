"""What the tests of the command and of the study share: solvers that misbehave, and their workers."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispersion.study import serving
from solvers import solvers


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Register the solvers of ``study/fakes``, here and in every worker started meanwhile."""
    monkeypatch.syspath_prepend(Path(__file__).parent / "study" / "fakes")  # workers inherit it
    list(solvers)  # the real ones are found first, so that the fakes leave with the copy
    monkeypatch.setattr(solvers, "_entries", dict(solvers._entries))
    module = importlib.import_module("fake_solvers")
    monkeypatch.setattr(serving, "serve", module.serve)
    yield
    del sys.modules["fake_solvers"]
