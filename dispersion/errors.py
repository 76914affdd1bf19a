"""Everything this project raises on purpose.

::

    DispersionError                  caught by the command line: one sentence, no traceback
    ├── InputError (ValueError)      the user can mend it; exit code 2
    │   ├── UnknownNameError         a name no registry holds; carries the nearest known ones
    │   └── NotApplicableError       a solver does not take such an instance; in a study it is skipped
    ├── MissingExtraError            an optional package is absent; names what to install
    ├── EngineError                  a solving engine failed; what it had found is kept
    ├── DivergedError                training ran off to infinity; the last good epoch is kept
    ├── UnavailableError             data or weights could not be had; says how to get them
    │   └── DamagedError             what is kept is not what was fetched; names what to delete
    └── ContradictionError           an answer is impossible: a defect, never the user's fault
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_SHOWN = 60  # characters of a value that a message repeats
_BITS = 1000  # of a whole number that is repeated; Python writes none of more than 4,300 digits
_NAME = 200  # characters of a name, beyond which nobody has misspelt one


def shown(value: object) -> str:
    """`value` as messages repeat it: in quotes if it is text, and of long ones the beginning only."""
    if isinstance(value, int) and value.bit_length() > _BITS:
        return f"a number of about {value.bit_length() * 0.30103:,.0f} digits"
    if not isinstance(value, str):
        text = repr(value)
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    if len(value) <= _SHOWN:
        return repr(value)
    return f"{value[:_SHOWN]!r}... ({len(value):,} characters)"


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
        text = str(name)
        near = difflib.get_close_matches(text, names, n=3, cutoff=0.5) if len(text) <= _NAME else []
        hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names)}."
        super().__init__(f"unknown {kind} {shown(name)}; {hint}")


class NotApplicableError(InputError):
    """A solver does not take such an instance; the message says why, and what to use in its place."""


class MissingExtraError(DispersionError):
    """An optional package is not installed; the message names the extra to install."""


class EngineError(DispersionError):
    """A solving engine stopped for no good reason; the message says what it reported."""


class DivergedError(DispersionError):
    """Training ran off to infinity; the message says in which epoch, and what to lower."""


class UnavailableError(DispersionError):
    """Data, weights or memory could not be obtained; the message says what to do."""


class DamagedError(UnavailableError):
    """What the cache holds is not what was fetched, be it rot or tampering; it is not used."""


class ContradictionError(DispersionError):
    """Two answers exclude each other, or an answer breaks a theorem: a defect, never bad luck."""
