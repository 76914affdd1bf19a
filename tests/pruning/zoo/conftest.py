"""A cache of their own for the tests of fetching and caching."""

from pathlib import Path

import pytest


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the cache at an empty folder that does not exist yet."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("P_DISPERSION_CACHE", str(folder))
    monkeypatch.delenv("P_DISPERSION_OFFLINE", raising=False)
    return folder
