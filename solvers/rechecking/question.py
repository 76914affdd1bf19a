"""The question of every check: are there p points that are pairwise apart?  Its clock and its reply."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solvers.run import TimeUp

Pairs = NDArray[np.bool_]  #: shape (n, n): which points are apart; symmetric, with an empty diagonal


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

    def check_time(self) -> None:
        """Raise `TimeUp` unless time is left."""
        if self.left() == 0.0:
            raise TimeUp


@dataclass(frozen=True, eq=False, slots=True)
class Reply:
    """`witness`, shape (p,), are such points; `refuted`: there are none; else it is undecided."""

    witness: NDArray[np.intp] | None = None
    refuted: bool = False
