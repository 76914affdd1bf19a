"""What is read of a study must be what a study writes: the types, ranges and relations of its values.

Whoever can write to a folder can write a line with a valid checksum.  Here, and only here, it is
decided whether a study writes what a line or a table says; readers leave out or refuse the rest.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from dispersion.errors import shown
from dispersion.objectives import objectives
from dispersion.solution import Refutation, Status, TracePoint
from dispersion.study.rows import RECOVERIES, AccuracyRow, NetworkRow, SolveRow

Row = TypeVar("Row", SolveRow, NetworkRow, AccuracyRow)

_LARGEST = 2**53  # of whole numbers: beyond it a float, such as those of tables, skips some
_ROUNDING = 1e-9
_DEPTH = 20  # of lists and mappings in each other
_COUNTS = ("n", "p", "threads", "images", "dimension")  # 1 or more; other whole numbers may be 0
_SHARES = (
    *(f"{top}{end}" for top in ("top1", "top5") for end in ("", "_low", "_high")),
    *(f"accuracy_{name}" for name in RECOVERIES),
)
_UNBOUNDED = ("random_mean", "random_best")  # infinite where sums are too large, or nothing is allowed
_SIGNED = ("published", "gap")  # the gap of a false bound is below 0


class UnfitError(ValueError):
    """What no study writes; the message says which part, with its value."""


def json_object(content: bytes) -> dict[str, Any]:
    """The mapping that JSON says.

    Raises
    ------
    UnfitError
        It is no JSON, no mapping, or nested more deeply than anything that a study writes.
    """
    try:
        found = json.loads(content)
    except RecursionError as error:
        raise UnfitError("it is nested too deeply") from error
    except ValueError as error:
        raise UnfitError(f"it is no JSON: {error}") from error
    inner, depth = [found], 0
    while inner := [part for one in inner for part in _parts_of(one)]:
        depth += 1
        if depth > _DEPTH:
            raise UnfitError("it is nested too deeply")
    return mapping("all of it", found)


def _parts_of(value: object) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _fits(name: str, fits: bool, value: object, wanted: str) -> None:
    if not fits:
        raise UnfitError(f"{shown(name)} is {shown(value)}, not {wanted}")


def whole(name: str, value: object, least: int = 0) -> int:
    """`value` if it is a whole number of `least` or more; `name` is what messages call it.

    Raises
    ------
    UnfitError
        It is none.
    """
    fits = type(value) is int and least <= value < _LARGEST
    _fits(name, fits, value, f"a whole number of {least} or more")
    assert type(value) is int
    return value


def number(name: str, value: object, least: float = 0.0, largest: float = math.inf) -> float:
    """`value` as a float if it is a finite number between two others; `UnfitError` if not."""
    fits = type(value) is float or (type(value) is int and abs(value) < _LARGEST)
    wanted = "a finite number" if least == -math.inf else f"a finite number of {least:g} or more"
    wanted = wanted if largest == math.inf else f"a number from {least:g} to {largest:g}"
    _fits(name, fits, value, wanted)
    assert isinstance(value, int | float)
    _fits(name, math.isfinite(value) and least <= value <= largest, value, wanted)
    return float(value)


def text(name: str, value: object) -> str:
    """`value` if it is text; `UnfitError` if not."""
    _fits(name, isinstance(value, str), value, "text")
    assert isinstance(value, str)
    return value


def mapping(name: str, value: object) -> dict[str, Any]:
    """`value` if it is a mapping, whose keys are text in JSON; `UnfitError` if not."""
    _fits(name, isinstance(value, dict), value, "a mapping")
    assert isinstance(value, dict)
    return value


def items(name: str, value: object) -> list[Any]:
    """`value` if it is a list; `UnfitError` if not."""
    _fits(name, isinstance(value, list), value, "a list")
    assert isinstance(value, list)
    return value


def points(name: str, value: object) -> list[int]:
    """`value` if it is a list of distinct points, counted from 0; `UnfitError` if not."""
    found = [whole(name, one) for one in items(name, value)]
    _fits(name, len(set(found)) == len(found), value, "a list of distinct points")
    return found


def row_of(kind: type[Row], content: object) -> Row:
    """A row of this version: what another one did not write is absent, what only it knows left out.

    Raises
    ------
    UnfitError
        A value is missing that every version writes, or one is not what a study writes.
    """
    said = mapping("row", content)
    values = {
        one.name: _value(one.name, str(one.type), said)
        for one in dataclasses.fields(kind)
        if one.name in said or one.default is dataclasses.MISSING  # of earlier versions
    }
    row = kind(**values)
    check_row(row)
    if isinstance(row, SolveRow):
        _check_relations(row)
    return row


def _value(name: str, kind: str, said: Mapping[str, Any]) -> Any:
    """One cell, of the type that the row declares for it."""
    value = said.get(name)
    if value is None and (kind.endswith("None") or (kind == "bool" and name not in said)):
        return None  # earlier versions had no flags
    match kind.partition(" ")[0]:
        case "int":
            return whole(name, value)
        case "float":
            if name in _UNBOUNDED and value in (math.inf, -math.inf):
                return float(value)
            return number(name, value, -math.inf)
        case "bool":
            _fits(name, isinstance(value, bool), value, "true or false")
            return value
        case _:
            return text(name, value)


def check_row(row: SolveRow | NetworkRow | AccuracyRow) -> None:
    """Refuse a row whose values, each of its type, are out of range or exclude each other.

    Raises
    ------
    UnfitError
        The first of them.
    """
    for name, value in dataclasses.asdict(row).items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if isinstance(value, int):
            whole(name, value, 1 if name in _COUNTS else 0)
        elif not (name in _UNBOUNDED and abs(value) == math.inf):
            least = -math.inf if name in _SIGNED else 0.0
            number(name, value, least, 1.0 if name in (*_SHARES, "keep") else math.inf)
    keep = row.keep
    _fits("keep", keep is None or keep > 0, keep, "a number above 0")
    if isinstance(row, AccuracyRow):
        _fits("recovery", row.recovery != "", row.recovery, "the name of a recovery")
    if isinstance(row, SolveRow):
        known, goal = [status.value for status in Status], row.objective_name
        _fits("p", row.p <= row.n, row.p, f"at most n, which is {row.n}")
        counts = goal in objectives and objectives[goal].counts
        wanted = f"{'a distance' if counts else 'absent'}, as the objective is {goal}"
        _fits("at_least", counts == (row.at_least is not None), row.at_least, wanted)
        _fits("status", row.status in known, row.status, f"one of {', '.join(known)}")
        _fits("objective_name", goal in objectives, goal, f"one of {', '.join(objectives)}")
        _fits("labels", _are_names(row.labels), row.labels, "a list of names in JSON")


def _are_names(value: str | None) -> bool:
    try:
        found = [] if value is None else json.loads(value)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, list) and all(isinstance(one, str) for one in found)


def _check_relations(row: SolveRow) -> None:
    """What the values of a solve have to do with each other; no solver can report others."""
    value, bound, gap = row.objective, row.bound, row.gap
    if row.status == Status.OPTIMAL.value:
        _fits("bound", value is not None and bound == value, bound, "the objective of an optimum")
    if value is None or bound is None:
        _fits("gap", gap is None, gap, "absent, as the objective or the bound is")
        return
    _fits("bound", bound >= value, bound, f"as large as the objective, {value!r}, or larger")
    true = (bound - value) / bound if bound else 0.0
    same = gap is not None and math.isclose(gap, true, rel_tol=_ROUNDING, abs_tol=_ROUNDING)
    _fits("gap", same, gap, f"{true!r}, which follows from objective and bound")


def selection_of(row: SolveRow, value: object) -> list[int] | None:
    """The points that a solve selected: distinct ones of 0 to n - 1, in order, where it has a value.

    They are p, or as many as the value says where it counts them.

    Raises
    ------
    UnfitError
        They are others, or there are none although there is a value, or the reverse.
    """
    what = "selected"
    if row.objective is None or value is None:
        together = row.objective is None and value is None
        _fits(what, together, value, "there if and only if the objective is")
        return None
    found = points(what, value)
    size = row.p if row.at_least is None else row.objective
    fits = len(found) == size > 0 and found == sorted(found) and found[-1] < row.n
    _fits(what, fits, value, f"{size:g} points of 0 to {row.n - 1} in ascending order")
    return found


def trace_of(value: object) -> tuple[TracePoint, ...]:
    """The improvements of a solve; `UnfitError` if they are none."""
    found = []
    for one in items("trace", value):
        seconds, *values = _parts("trace", one, 3)
        ends = [None if end is None else number("trace", end) for end in values]
        found.append(TracePoint(number("trace", seconds), ends[0], ends[1]))
    return tuple(found)


def refutations_of(value: object) -> tuple[Refutation, ...]:
    """The steps of a proof; `UnfitError` if they are none."""
    what, found = "refutations", []
    for one in items(what, value):
        bound, by, nodes = _parts(what, one, 3)
        count = None if nodes is None else whole(what, nodes)
        found.append(Refutation(number(what, bound), text(what, by), count))
    return tuple(found)


def _parts(name: str, value: object, count: int) -> list[Any]:
    parts = items(name, value)
    _fits(name, len(parts) == count, value, f"a list of lists of {count}")
    return parts
