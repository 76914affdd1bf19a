"""Times as one would say them."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Put a time to come into the unit that suits it: seconds, minutes or hours."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 99.5 else f"{minutes / 60:.1f} h"
