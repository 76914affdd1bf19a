"""A criterion with arguments, written as ``pfp:mode=random,images=50``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dispersion.parameters import read
from pruning.criteria import criteria


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """A criterion with arguments.

    Attributes
    ----------
    text : str
        As it was written; names the results.
    criterion : str
        A registered criterion.
    arguments : dict of str to object
        The arguments that were given.
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
        The text has another form, an argument is unknown or given twice, or a value has another type.
        Whether a value is in range is only checked when the criterion is run, as in
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
