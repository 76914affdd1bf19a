"""The result of a recheck."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from dispersion.solution import Refutation


class Finding(Enum):
    """What is known of a claim after it was checked."""

    CONFIRMED = "confirmed"  #: derived again
    CONTRADICTED = "contradicted"  #: false, or its chain of evidence is broken: a defect
    UNDECIDED = "undecided"  #: neither derived nor contradicted, in the time and by the means given
    NO_EVIDENCE = "no evidence"  #: no bound, or no second way to derive it: the remark says which


@dataclass(frozen=True, eq=False, slots=True)
class Checked:
    """One refutation, checked.

    Attributes
    ----------
    refutation : Refutation
        What was claimed.
    finding : Finding
        Confirmed, contradicted or undecided.
    by : str or None
        What decided: an argument such as "colouring", an engine such as "plain-search", or "selection"
        where the solution's own points contradict it; `None` if undecided.
    seconds : float
        Wall time of the check.
    witness : ndarray of int, shape (p,), or None
        Points that contradict it.
    value : float or None
        The smallest distance among them, recomputed.
    remark : str
        Why it is undecided, "" otherwise.
    """

    refutation: Refutation
    finding: Finding
    by: str | None
    seconds: float
    witness: NDArray[np.intp] | None = None
    value: float | None = None
    remark: str = ""

    def __str__(self) -> str:
        """One line: the claim, and the result of its check."""
        said = f"nothing reaches {self.refutation.value!r} (by {self.refutation.by})"
        if self.witness is not None:
            return f"{said} is false: {self.witness.tolist()} are worth {self.value!r}"
        means = self.remark if self.by is None else f"by {self.by}"
        return f"{said}: {self.finding.value}, {means}, {self.seconds:.1f} s"


@dataclass(frozen=True, eq=False, slots=True)
class Recheck:
    """A solution, checked.

    Attributes
    ----------
    solver : str
        Whose it is.
    value, bound : float or None
        Its objective, recomputed from its selection (`None` if that is no selection), and its bound.
    finding : Finding
        Of the bound.
    faults : tuple of str
        Everything that is wrong, one sentence each, false refutations first; empty unless contradicted.
    checked : tuple of Checked
        The refutations that were checked, the lowest (which carries the bound) first.
    remark : str
        Why nothing was checked, "" if something was.
    """

    solver: str
    value: float | None
    bound: float | None
    finding: Finding
    faults: tuple[str, ...] = ()
    checked: tuple[Checked, ...] = ()
    remark: str = ""

    def __bool__(self) -> bool:
        """Whether the bound is confirmed and nothing is wrong: `assert recheck(...)` is safe."""
        return self.finding is Finding.CONFIRMED

    def __str__(self) -> str:
        """All faults, then the finding, then every check, one per line."""
        reason = f", {self.remark}" if self.remark else ""
        head = f"{self.solver}: bound {self.bound!r}: {self.finding.value}{reason}"
        fine = [str(one) for one in self.checked if one.finding is not Finding.CONTRADICTED]
        return "\n".join([*(f"FAIL {fault}" for fault in self.faults), head, *fine])
