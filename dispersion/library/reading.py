"""An instance from a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

from dispersion.errors import InputError
from dispersion.instance import Instance
from dispersion.library.content import Content
from dispersion.library.formats import detect, formats, naming
from dispersion.library.source import Source
from dispersion.metrics import metrics


def read_instance(
    path: str | PathLike[str],
    p: int | None = None,
    format: str | None = None,  # noqa: A002 - it is what people would try
    *,
    metric: str | None = None,
    symmetric: str | None = None,
) -> Instance:
    """Read an instance file.

    Parameters
    ----------
    path : path-like
        A file of MDPLIB (any family), of TSPLIB95, a ``.npy`` matrix, or a table as text: a matrix,
        points, or pairs of points.
    p : int, optional
        How many points to choose; by default what the file says.
    format : str, optional
        A registered format: geo, matrix, npy, pairs, points, tsplib; by default it is recognised by
        content.
    metric : str, optional
        A registered metric for the distances of points; by default Euclidean.
    symmetric : str, optional
        "mean", "min" or "max": what to take if the two distances of a pair differ; by default they must
        agree up to rounding.

    Returns
    -------
    Instance
        Named by the file's name; ``labels`` are what the file calls the points, if it does.

    Raises
    ------
    InputError
        The file is missing, malformed, too large for this machine's memory, could be of several
        formats, or says no p where none is given; the message is one sentence with file and line.
    UnknownNameError
        No format or metric has this name.
    """
    source = Source(Path(path))
    chosen, why = detect(source) if format is None else (formats[format], "")
    if metric is not None:
        metrics[metric]
    name, what = source.path.name, f"'{source.path}'"
    with _told(f"; it was read as {chosen.name}, because {why} ({naming()})" if why else "", what):
        content = chosen.read(source)
        if metric is not None:
            content = content.under(metric)
        made = _instance_of(content, 2, name, symmetric)
    with _told("", what):
        return made.with_p(_p_of(content, p, what))


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
    made = Instance.from_matrix(content.distances, p, symmetric, name, content.metric)
    return made.described(content.note, content.labels, content.points)
