"""Formats of instance files; one file a format, recognised by content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dispersion.library.content import Content
from dispersion.library.source import Source
from dispersion.library.tables import kind_of
from dispersion.registry import Registry

Read = Callable[[Source], Content]
Recognises = Callable[[Source], str]
OF_POINTS = ("coordinates", "label")  #: what may be told of tables of points


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
        What makes a file look like this format, in words; "" if it does not.  No two formats recognise
        the same file.
    read : callable
        Distances from a file, or `InputError` with file and line.
    takes : tuple of str
        What a caller may say of such a file: fields of `Told`.
    """

    name: str
    summary: str
    recognises: Recognises
    read: Read
    takes: tuple[str, ...] = ()


formats: Registry[Format] = Registry("format", "dispersion.library.formats")


def file_format(
    name: str, *, summary: str, recognises: Recognises, takes: tuple[str, ...] = ()
) -> Callable[[Read], Read]:
    """Register the decorated function as the reader of the format `name`; see `Format`."""

    def register(read: Read) -> Read:
        formats.add(name, Format(name, summary, recognises, read, takes))
        return read

    return register


def table_of(name: str) -> Recognises:
    """What makes the table in a file one of the format `name`."""

    def recognises(source: Source) -> str:
        kind = kind_of(source)
        return kind.why if kind is not None and kind.name == name else ""

    return recognises


def detect(source: Source) -> tuple[Format, str]:
    """The format of a file, and what it was recognised by.

    Raises
    ------
    InputError
        No format recognises it, or it could be of several; the message says how to name one.
    """
    for name in formats:
        why = formats[name].recognises(source)
        if why:
            return formats[name], why
    kind = kind_of(source)
    if kind is not None:
        raise source.fault(f"{kind.why} ({naming()})")
    raise source.fault(
        f"its format is not recognised; known are {', '.join(formats)} (--list formats says what they "
        "are, --input-format names one)"
    )


def naming() -> str:
    """How a format is named, for messages."""
    return f"a format is named with --input-format, in Python format=: {', '.join(formats)}"
