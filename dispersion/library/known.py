"""Published values of instances, to hold answers against."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType

from dispersion.errors import InputError
from dispersion.library.source import Source

_RELATIVE_TOLERANCE = 1e-9  # of sums and of numbers printed in full


@dataclass(frozen=True, slots=True)
class Known:
    """A published value.

    Attributes
    ----------
    value : float
        Somebody found a selection worth this, after rounding.
    proven : bool
        Whether it is the optimum.
    tolerance : float
        Half a unit of the last digit printed: the number stands for all that round to it.
    """

    value: float
    proven: bool
    tolerance: float

    def contradictions(self, objective: float | None, bound: float | None) -> list[str]:
        """Why an answer and this value cannot both be true, in words; empty if they can."""
        kind = "optimum" if self.proven else "best value"
        found = []
        if bound is not None and bound < self.value - self.tolerance:
            found.append(
                f"proved that nothing exceeds {bound!r}, the published {kind} is {self.value!r}"
            )
        if self.proven and objective is not None and objective > self.value + self.tolerance:
            found.append(f"found {objective!r}, the published optimum is {self.value!r}")
        return found

    def beaten_by(self, objective: float) -> bool:
        """Whether a value is better than the published, by more than rounding can explain."""
        return objective > self.value + self.tolerance


Published = Mapping[tuple[str, int], Known]  #: by the instance's name and p
NONE_PUBLISHED: Published = MappingProxyType({})


def read_known(path: Path) -> dict[tuple[str, int], Known]:
    """Read published values by the instance's file name and p.

    The file is a csv with the columns ``instance``, ``p`` and ``best_known``, and perhaps ``proven``
    (yes, or anything else for no); further columns and lines that begin with # are left alone.

    Raises
    ------
    InputError
        A column is missing, a cell is not what it should be, or an instance and p come twice.
    """
    source = Source(path)
    kept = [k for k, line in enumerate(source.lines, 1) if line.strip() and not line.startswith("#")]
    reader = csv.DictReader([source.lines[k - 1] for k in kept])
    for column in ("instance", "p", "best_known"):
        if column not in (reader.fieldnames or ()):
            raise source.fault(f"it has no column {column!r}", kept[0] if kept else None)
    known: dict[tuple[str, int], Known] = {}
    for row in _records(reader, source):
        line = kept[reader.line_num - 1]
        key = (row["instance"] or "", source.whole_number(row["p"] or "", line, "p", 2))
        if key in known:
            raise source.fault(f"{key[0]} with p = {key[1]} comes a second time", line)
        try:
            known[key] = _known(row["best_known"] or "", row.get("proven") == "yes")
        except InputError as error:
            raise source.fault(str(error), line) from error
    return known


def _records(reader: csv.DictReader[str], source: Source) -> Iterator[dict[str, str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise source.fault(f"it is no csv file ({error})") from error


def _known(text: str, proven: bool) -> Known:
    try:
        number = Decimal(text.strip())
    except InvalidOperation as error:
        raise InputError(f"best_known must be a number, got {text!r}") from error
    try:
        value, exponent = float(number), number.as_tuple().exponent
    except OverflowError as error:
        raise InputError(f"best_known must be a number, got {text!r}") from error
    if not math.isfinite(value) or not isinstance(exponent, int):
        raise InputError(f"best_known must be finite, got {text!r}")
    return Known(value, proven, max(0.5 * 10.0**exponent, _RELATIVE_TOLERANCE * abs(value)))
