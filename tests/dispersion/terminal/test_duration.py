"""Times as one would say them."""

import pytest

from dispersion.terminal.duration import duration


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        *((0.4, "0 s"), (99.0, "99 s"), (99.7, "2 min"), (100.0, "2 min")),
        *((5900.0, "98 min"), (5999.0, "1.7 h"), (36000.0, "10.0 h")),
    ],
)
def test_durations(seconds: float, told: str) -> None:
    """Seconds up to a hundred, minutes up to a hundred, then hours."""
    assert duration(seconds) == told
