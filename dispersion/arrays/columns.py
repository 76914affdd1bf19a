"""Which columns of a table are the coordinates of points, and which their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from dispersion.arrays.foreign import is_table
from dispersion.errors import InputError, UnknownNameError, shown

_LATITUDE, _LONGITUDE = ("lat", "latitude"), ("lon", "lng", "long", "longitude")
_NAMES = ("name", "label", "id")
PLANE, EARTH = "euclidean", "haversine"  #: the metrics that are meant unless one is named


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns by their positions.

    Attributes
    ----------
    coordinates : tuple of int
        In this order; latitude and longitude if there are such.
    names : tuple of int
        Those that are together the name of a point.
    on_earth : bool
        Whether the coordinates are latitude and longitude.
    note : str
        What a reader of the results should know about the choice; "" if nothing.
    """

    coordinates: tuple[int, ...]
    names: tuple[int, ...] = ()
    on_earth: bool = False
    note: str = ""

    @property
    def metric(self) -> str:
        """What is meant unless another metric is named."""
        return EARTH if self.on_earth else PLANE


def degrees_note(metric: object) -> str:
    """What to say of latitude and longitude under a metric; "" if they are what it takes."""
    if metric == EARTH:
        return ""
    named = metric if isinstance(metric, str) else "this function"
    return f"{named} takes latitude and longitude for plain numbers; {EARTH} gives kilometres"


def chosen_columns(
    titles: Sequence[str], usual: Columns, coordinates: Sequence[str] = (), name: str | None = None
) -> Columns:
    """Which columns are coordinates: those that are told, or latitude and longitude, or all.

    Parameters
    ----------
    titles : sequence of str
        Of all columns; empty where they have none.
    usual : Columns
        What is taken where nothing is told, and no title tells.
    coordinates, name
        The titles of the columns, or their positions from 0, if they are told.

    Raises
    ------
    InputError
        No column is called so, several are, or one is named twice.
    """
    told = tuple(_position(titles, one) for one in coordinates)
    if len(set(told)) < len(told):
        raise InputError(f"a column is named twice as coordinate: {', '.join(coordinates)}.")
    earth = _earth(titles)
    taken = told or earth or usual.coordinates
    text = tuple(k for k in usual.names if k not in earth)  # a latitude of text is no name
    names = text if name is None else (_position(titles, name),)
    if name is None and not names:
        names = tuple(k for k, title in enumerate(titles) if title.lower() in _NAMES)[:1]
    if not told:
        taken = tuple(k for k in taken if k not in names)
    names = tuple(k for k in names if k not in taken)
    on_earth = len(earth) == 2 and set(taken) == set(earth)
    columns = Columns(earth if on_earth else taken, names, on_earth)
    return columns if told else replace(columns, note=_note(titles, columns))


def _position(titles: Sequence[str], asked: str) -> int:
    found = [k for k, title in enumerate(titles) if title == asked]
    if len(found) > 1:
        raise InputError(f"{len(found)} columns are called {shown(asked)}; give its number, from 0.")
    if found:
        return found[0]
    if asked in map(str, range(len(titles))):
        return int(asked)
    if not any(titles):
        raise InputError(f"its columns have no names; give numbers from 0 to {len(titles) - 1}.")
    raise UnknownNameError("column", asked, titles)


def _earth(titles: Sequence[str]) -> tuple[int, ...]:
    """Where latitude and longitude are; none if no or several columns are called so."""
    ends = [title.strip().lower().rpartition("_")[2] for title in titles]
    found = [[k for k, end in enumerate(ends) if end in known] for known in (_LATITUDE, _LONGITUDE)]
    return tuple(some[0] for some in found) if [len(some) for some in found] == [1, 1] else ()


def _note(titles: Sequence[str], columns: Columns) -> str:
    """What was taken, if that could surprise."""
    others = [k for k in range(len(titles)) if k not in (*columns.coordinates, *columns.names)]
    called = [titles[k] for k in columns.coordinates] if titles else []
    if columns.on_earth:
        left = f"; not used: {', '.join(titles[k] for k in others)}" if others else ""
        return f"{called[0]} and {called[1]} are latitude and longitude{left}"
    if {"x", "y"} < {one.lower() for one in called} and len(called) > 2 and "z" not in called:
        return f"every column is a coordinate: {', '.join(called)}"
    return ""


def of_table(
    points: Any, coordinates: Sequence[str] = (), name: str | None = None
) -> tuple[Any, Columns | None, tuple[str, ...] | None]:
    """The coordinates in a table of pandas, what is known of them, and the names of its points.

    Columns may be told, as of `chosen_columns`.  Else latitude and longitude are found by their titles,
    names in the index or in a column under "name", "label" or "id".  Whatever is no table is given back
    as it is.
    """
    if not is_table(points):
        return points, None, None
    titles = [str(title) for title in points.columns]
    texts = [
        k for k, kind in enumerate(points.dtypes) if not hasattr(kind, "kind") or kind.kind in "OSU"
    ]
    named = tuple(k for k in texts if titles[k].lower() in _NAMES)[:1]
    usual = Columns(tuple(k for k in range(len(titles)) if k not in named), named)
    columns = chosen_columns(titles, usual, coordinates, name)
    labels: tuple[str, ...] | None = tuple(map(str, points.index))
    if name is not None or labels == tuple(map(str, range(len(points)))):
        called = columns.names[:1]
        labels = tuple(map(str, points.iloc[:, called[0]])) if called else None
    return points.iloc[:, list(columns.coordinates)], columns, labels
