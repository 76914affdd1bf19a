"""The two ranks between which an optimum is known to lie while it is being proven."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from solvers.ranks.start import lowest_rank
from solvers.run import Run


class Bracket:
    """The rank of the incumbent (`low`) and of the bound (`high`), and the run they are reported to.

    Parameters
    ----------
    run : Run
        Where incumbents and bounds go.
    low, high : int, optional
        Ranks known and reported already; by default nothing is known.
    """

    def __init__(self, run: Run, low: int = -1, high: int | None = None) -> None:
        self.run = run
        self.p = run.instance.p
        self.ranks = np.array(run.instance.ranks)
        self._lock = threading.Lock()
        self.low = low
        self.high = len(run.instance.levels) - 1 if high is None else high

    @property
    def open(self) -> bool:
        """Whether incumbent and bound have not met yet, and time is left."""
        return self.low < self.high and self.run.seconds_left() > 0

    def lift(self, selected: NDArray[np.intp] | NDArray[np.int64]) -> None:
        """Raise `low` to what `selected` realises."""
        with self._lock:
            self.run.report_incumbent(selected)
            self.low = max(self.low, lowest_rank(self.ranks, selected))

    def refute(self, t: int, by: str = "", nodes: int | None = None) -> None:
        """Bring `high` below a rank that no selection reaches, and keep what proved it, if given."""
        levels = self.run.instance.levels
        with self._lock:
            if t > self.high:
                return
            self.high = t - 1
            self.run.report_bound(float(levels[self.high]), by, nodes)
