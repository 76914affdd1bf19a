"""How much time a check has left."""

from __future__ import annotations

import time

from solvers.run import TimeUp


class Clock:
    """Counts `seconds` of wall time down from now."""

    def __init__(self, seconds: float) -> None:
        self._begun = time.perf_counter()
        self._limit = seconds

    def spent(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._begun

    def left(self) -> float:
        """Seconds until the limit; 0 when it has passed."""
        return max(0.0, self._limit - self.spent())

    def share(self, parts: int) -> Clock:
        """A clock that has one of so many equal parts of the time left."""
        return Clock(self.left() / parts)

    def need(self) -> None:
        """Raise `TimeUp` unless time is left."""
        if self.left() == 0.0:
            raise TimeUp
