"""Everything this project raises on purpose.

::

    DispersionError                  caught by the command line: one sentence, no traceback
    ├── InputError (ValueError)      the user can mend it; exit code 2
    │   └── UnknownNameError         a name no registry holds; carries the nearest known ones
    ├── MissingExtraError            an optional package is absent; names what to install
    ├── EngineError                  a solving engine failed; what it had found is kept
    ├── DivergedError                training ran off to infinity; the last good epoch is kept
    ├── UnavailableError             data or weights could not be had; says how to get them
    └── ContradictionError           an answer is impossible: a defect, never the user's fault
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class DispersionError(Exception):
    """Base of every error raised on purpose; its message is one sentence for the user."""


class InputError(DispersionError, ValueError):
    """An argument, a file or a matrix is not usable; the message holds the offending value."""


class UnknownNameError(InputError):
    """A name is not registered.

    Parameters
    ----------
    kind : str
        What was looked up, in the singular ("solver", "metric", ...).
    name : object
        The name as the user gave it; a string if it is one at all.
    known : iterable of str
        Every registered name.
    """

    def __init__(self, kind: str, name: object, known: Iterable[str]) -> None:
        names = sorted(known)
        near = difflib.get_close_matches(str(name), names, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names)}."
        super().__init__(f"unknown {kind} {name!r}; {hint}")


class MissingExtraError(DispersionError):
    """An optional package is not installed; the message names the extra to install."""


class EngineError(DispersionError):
    """A solving engine stopped for no good reason; the message says what it reported."""


class DivergedError(DispersionError):
    """Training ran off to infinity; the message says in which epoch, and what to lower."""


class UnavailableError(DispersionError):
    """Data, weights or memory could not be obtained; the message says what to do."""


class ContradictionError(DispersionError):
    """Two answers exclude each other, or an answer breaks a theorem: a defect, never bad luck."""
