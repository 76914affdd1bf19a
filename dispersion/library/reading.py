"""An instance from a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from os import PathLike
from pathlib import Path

from dispersion.errors import InputError, shown
from dispersion.instance import Instance
from dispersion.library.content import Content
from dispersion.library.formats import Format, detect, formats, naming
from dispersion.library.source import Source, Told
from dispersion.metrics import metrics


def read_instance(
    path: str | PathLike[str],
    p: int | None = None,
    format: str | None = None,  # noqa: A002 - it is what people would try
    *,
    metric: str | None = None,
    symmetric: str | None = None,
    coordinates: Sequence[str | int] = (),
    label: str | int | None = None,
    nodes: Sequence[str | int] = (),
    unreachable: str | float = "refuse",
) -> Instance:
    """Read an instance file.

    Parameters
    ----------
    path : path-like
        A file of MDPLIB (any family), of TSPLIB95, a ``.npy`` matrix, a table (a matrix, points, or
        pairs of points), a graph, ...; ``dispersion.library.formats`` has all.
    p : int, optional
        How many points to choose; by default what the file says.
    format : str, optional
        A registered format: geo, geojson, matrix, pairs, points, tsplib, ...; by default it is
        recognised by content.
    metric : str, optional
        A registered metric for the distances of points; by default Euclidean, and haversine of
        columns that are called latitude and longitude.
    symmetric : str, optional
        "mean", "min" or "max": what to take if the two distances of a pair differ; by default they must
        agree up to rounding.
    coordinates : sequence of str or int
        The columns of a table that are coordinates, by their titles, or by their positions from 0; by
        default latitude and longitude, and else all columns of numbers.
    label : str or int, optional
        The column with the names of the points; by default one of text before the numbers, or one
        called "name", "label" or "id".
    nodes : sequence of str or int
        The nodes of a graph that may be chosen, by their names in the file; by default all.
    unreachable : "refuse", "largest" or float
        Of a graph whose nodes are not all joined: refuse it, keep the largest component, or set the
        distance between components.

    Returns
    -------
    Instance
        Named by the file's name; ``labels`` are what the file calls the points, if it does.

    Raises
    ------
    InputError
        The file is missing, malformed, too large for this machine's memory, could be of several
        formats, or says no p where none is given; or something is told that such a file has not.  The
        message is one sentence with file and line.
    UnknownNameError
        No format or metric has this name.
    """
    source = Source(Path(path), _told_of(coordinates, label, nodes, unreachable))
    chosen, why = detect(source) if format is None else (formats[format], "")
    if metric is not None:
        metrics[metric]
    name, what = source.path.name, f"'{source.path}'"
    with _told(f"; it was read as {chosen.name}, because {why} ({naming()})" if why else "", what):
        _check_told(source.told, chosen)
        content = chosen.read(source)
        if metric is not None:
            content = content.under(metric)
        made = _instance_of(content, 2, name, symmetric)
    with _told("", what):
        return made.with_p(_p_of(content, p, what))


def _told_of(
    coordinates: Sequence[object], label: object, nodes: Sequence[object], unreachable: str | float
) -> Told:
    """What is said of a file, in text: names and positions of columns, names of nodes."""
    for what, names in (("coordinates", coordinates), ("nodes", nodes)):
        if isinstance(names, str):
            raise InputError(f"{what} must be a list of names, got {shown(names)}; write [{names!r}].")
    named = None if label is None else str(label)
    return Told(tuple(map(str, coordinates)), named, tuple(map(str, nodes)), unreachable)


def _check_told(told: Told, chosen: Format) -> None:
    """Refuse what is said of a file, and is not about files of its format."""
    for field in fields(told):
        if getattr(told, field.name) != field.default and field.name not in chosen.takes:
            raise InputError(
                f"{field.name} (--{field.name}) says nothing of a file of the format {chosen.name}; "
                "leave it out"
            )


@contextmanager
def _told(reading: str, what: str) -> Iterator[None]:
    """Begin errors with `what` it is, and end them with how it was read."""
    try:
        yield
    except InputError as error:
        text = str(error) if str(error).startswith(what) else f"{what}: {error}"
        raise InputError(f"{text.rstrip('.')}{reading}.") from error
    except MemoryError as error:
        raise InputError(f"{what} does not fit into the memory that is free.") from error


def instance_of(content: Content, p: int | None, name: str, what: str) -> Instance:
    """Check `content` and give it a name; errors begin with `what` it is."""
    with _told("", what):
        return _instance_of(content, _p_of(content, p, what), name, None)


def _p_of(content: Content, p: int | None, what: str) -> int:
    chosen = content.p if p is None else p
    if chosen is None:
        raise InputError(f"{what} does not say how many points to choose; give p (--p).")
    return chosen


def _instance_of(content: Content, p: int, name: str, symmetric: str | None) -> Instance:
    made = Instance.from_matrix(content.distances(), p, symmetric, name, content.metric)
    return made.described(content.note, content.labels, content.points, content.is_metric)
