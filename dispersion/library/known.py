"""Published values of instances, to hold answers against."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path, PureWindowsPath
from types import MappingProxyType

from dispersion.errors import InputError, shown
from dispersion.library.source import Source

_COLUMNS = ("instance", "p", "best_known")
_YES = ("yes", "y", "true", "t", "1", "optimal", "optimum", "opt", "proven")
_NO = ("no", "n", "false", "f", "0", "open", "unproven", "not proven", "")
_DIGITS = 300  # behind the point: more are none in a float
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

    The file is a csv, by commas or semicolons, with the columns ``instance``, ``p`` and ``best_known``,
    and perhaps ``proven``: yes, true, 1, optimal or proven, in any case; no, false, 0, open, unproven
    or nothing.  Further columns and lines that begin with # are left alone.  Between semicolons numbers
    may have decimal commas.

    Raises
    ------
    InputError
        A column is missing, a cell is not what it should be, or two rows about one instance and p
        differ.
    """
    source = Source(path)
    kept = [k for k, line in enumerate(source.lines, 1) if line.strip() and not line.startswith("#")]
    mark = ";" if kept and ";" in source.lines[kept[0] - 1] else ","
    reader = csv.DictReader([source.lines[k - 1] for k in kept], delimiter=mark)
    _check_columns(reader, source, kept[0] if kept else None)
    known: dict[tuple[str, int], Known] = {}
    for row in _records(reader, source):
        line = kept[reader.line_num - 1]
        cells = {column: (row.get(column) or "").strip() for column in (*_COLUMNS, "proven")}
        key = (cells["instance"], source.whole_number(cells["p"], line, "p", 2))
        number = cells["best_known"].replace(",", ".") if mark == ";" else cells["best_known"]
        try:
            _keep(known, key, _known(number, _proven(cells["proven"])))
        except InputError as error:
            raise source.fault(str(error), line) from error
    return known


def _check_columns(reader: csv.DictReader[str], source: Source, line: int | None) -> None:
    try:
        names = [name.strip().lower() for name in reader.fieldnames or ()]
    except csv.Error as error:
        raise source.fault(f"it is no csv file ({error})") from error
    for column in _COLUMNS:
        if names.count(column) != 1:
            fault = f"two columns {column!r}" if column in names else f"no column {column!r}"
            raise source.fault(f"it has {fault}; needed are {', '.join(_COLUMNS)}", line)
    reader.fieldnames = names


def _keep(known: dict[tuple[str, int], Known], key: tuple[str, int], value: Known) -> None:
    """Add a value; another one of the same instance and p must be the same."""
    before = known.setdefault(key, value)
    if before != value:
        raise InputError(
            f"{shown(key[0])} with p = {key[1]} comes a second time with another value or another word "
            f"of proven ({_said(before)}, then {_said(value)}); leave one out"
        )


def _said(known: Known) -> str:
    return f"{known.value!r}{', proven' if known.proven else ''}"


def _proven(word: str) -> bool:
    if word.lower() not in _YES + _NO:
        raise InputError(
            f"proven must be yes or no (or true, false, 1, 0, optimal, open), got {shown(word)}"
        )
    return word.lower() in _YES


def for_instances(published: Published, names: Iterable[str]) -> dict[tuple[str, int], Known]:
    """The values under the names of instances, where these differ by a folder or an extension only.

    Raises
    ------
    InputError
        A name could be that of several instances, or two values of one instance differ.
    """
    found: dict[tuple[str, int], Known] = {}
    given = list(dict.fromkeys(names))
    exact, files, stems = set(given), _grouped(given, _file), _grouped(given, _stem)
    for (name, p), value in published.items():
        fits = [name] if name in exact else files.get(_file(name)) or files.get(_stem(name))
        if not fits and _stem(name) == _file(name):
            fits = stems.get(_stem(name))
        fits = fits or [name]
        if len(fits) > 1:
            raise InputError(
                f"the published value of {shown(name)} could be that of "
                f"{' or '.join(map(repr, fits))}; write the whole file name."
            )
        _keep(found, (fits[0], p), value)
    return found


def _grouped(names: Iterable[str], key: Callable[[str], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(key(name), []).append(name)
    return groups


def _file(name: str) -> str:
    """A name without its folders, be they those of Windows."""
    return PureWindowsPath(name).name


def _stem(name: str) -> str:
    return PureWindowsPath(name).stem


def _records(reader: csv.DictReader[str], source: Source) -> Iterator[dict[str, str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise source.fault(f"it is no csv file ({error})") from error


def _known(text: str, proven: bool) -> Known:
    try:
        if not text.isascii() or "_" in text:
            raise InvalidOperation
        number = Decimal(text)
        value, exponent = float(number), number.as_tuple().exponent
    except (InvalidOperation, OverflowError, ValueError) as error:
        hint = " (with a decimal point)" if "," in text else ""
        raise InputError(f"best_known must be a number{hint}, got {shown(text)}") from error
    if not math.isfinite(value) or not isinstance(exponent, int):
        raise InputError(f"best_known must be finite, got {shown(text)}")
    half = 0.5 * 10.0**exponent if exponent > -_DIGITS else 0.0
    return Known(value, proven, max(half, _RELATIVE_TOLERANCE * abs(value)))
