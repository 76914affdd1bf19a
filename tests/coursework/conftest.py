"""The marker of tests that execute notebooks."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Register it here, beside its only users."""
    config.addinivalue_line("markers", "coursework: executes the notebooks (minutes)")
