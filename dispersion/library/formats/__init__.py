"""Formats of instance files; one file a format, recognised by content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dispersion.library.content import Content
from dispersion.library.source import Source
from dispersion.registry import Registry

Read = Callable[[Source], Content]


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write an instance into a file.

    Attributes
    ----------
    name : str
        The registered name.
    summary : str
        One line for ``--help`` and for error messages.
    recognises : callable
        Whether a file looks like this format, judged by its head.  No two formats recognise the same
        file.
    read : callable
        Distances from a file, or `InputError` with file and line.
    """

    name: str
    summary: str
    recognises: Callable[[Source], bool]
    read: Read


formats: Registry[Format] = Registry("format", "dispersion.library.formats")


def file_format(
    name: str, *, summary: str, recognises: Callable[[Source], bool]
) -> Callable[[Read], Read]:
    """Register the decorated function as the reader of the format `name`."""

    def register(read: Read) -> Read:
        formats.add(name, Format(name, summary, recognises, read))
        return read

    return register


def detect(source: Source) -> Format:
    """The format of a file.

    Raises
    ------
    InputError
        No format recognises it; the message says which there are.
    """
    for name in formats:
        if formats[name].recognises(source):
            return formats[name]
    known = "; ".join(f"{name}: {formats[name].summary}" for name in formats)
    raise source.fault(f"its format is not recognised; known are {known}")
