"""A criterion with arguments, written as ``pfp:mode=random,images=50``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pruning.criteria import criteria
from pruning.parameters import read


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """A criterion and what it is told.

    Attributes
    ----------
    text : str
        As it was written; what its results are called.
    criterion : str
        A registered criterion.
    arguments : dict of str to object
        Those that were given.
    """

    text: str
    criterion: str
    arguments: dict[str, Any]

    @property
    def draws(self) -> bool:
        """Whether another seed may give another answer."""
        return criteria[self.criterion].draws(**self.arguments)


def variant(text: str) -> Variant:
    """Read a criterion with its arguments.

    Parameters
    ----------
    text : str
        ``NAME`` or ``NAME:key=value,key=value``.  Values are read by the types of the arguments.

    Raises
    ------
    InputError
        It reads otherwise, an argument is unknown or comes twice, or a value is of another type.
        Whether a value is in range is seen when the criterion is run, or rehearsed; see
        `pruning.dry_run.dry_run`.
    UnknownNameError
        No criterion has this name.

    Examples
    --------
    >>> variant("whc:variant=hc").arguments
    {'variant': 'hc'}
    """
    name, colon, given = text.partition(":")
    arguments = read(name, criteria[name].writable, given) if colon else {}
    return Variant(text, name, arguments)
