"""An instance from a file."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from dispersion.errors import InputError
from dispersion.instance import Instance
from dispersion.library.content import Content
from dispersion.library.formats import detect, formats
from dispersion.library.source import Source


def read_instance(
    path: str | PathLike[str],
    p: int | None = None,
    format: str | None = None,  # noqa: A002 - it is what people would try
) -> Instance:
    """Read an instance file.

    Parameters
    ----------
    path : path-like
        A file of MDPLIB (any family), of TSPLIB95, a ``.npy`` matrix, or a matrix as text.
    p : int, optional
        How many points to choose; by default what the file says.
    format : str, optional
        A registered format: geo, matrix, npy, pairs, tsplib; by default it is recognised by content.

    Returns
    -------
    Instance
        Named by the file's name.

    Raises
    ------
    InputError
        The file is missing, malformed, too large for this machine's memory, or says no p where none is
        given; the message is one sentence with file and line.
    UnknownNameError
        No format has this name.
    """
    source = Source(Path(path))
    chosen = detect(source) if format is None else formats[format]
    content = chosen.read(source)
    return instance_of(content, p, source.path.name, f"'{source.path}'")


def instance_of(content: Content, p: int | None, name: str, what: str) -> Instance:
    """Check `content` and give it a name; errors begin with `what` it is."""
    chosen = content.p if p is None else p
    if chosen is None:
        raise InputError(f"{what} does not say how many points to choose; give p (--p).")
    try:
        return Instance(content.distances, chosen, name=name, metric=content.metric)
    except InputError as error:
        raise InputError(f"{what}: {error}") from error
