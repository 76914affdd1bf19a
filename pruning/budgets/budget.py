"""Budgets: the share of a network's MACs or parameters that may remain."""

from __future__ import annotations

from dataclasses import dataclass

from dispersion.errors import InputError, UnknownNameError

TOLERANCE = 0.01
"""A budget is met by a size this close to it, relative to the budget."""

RESOURCES = ("macs", "params")


@dataclass(frozen=True, slots=True)
class Budget:
    """A share of the original network's MACs or parameters that may remain.

    Parameters
    ----------
    resource : str
        "macs" or "params".
    share : float
        In (0, 1].

    Raises
    ------
    InputError
        Another resource, or a share outside (0, 1].

    Examples
    --------
    >>> Budget.parse("macs=0.5")
    Budget(resource='macs', share=0.5)
    """

    resource: str
    share: float

    def __post_init__(self) -> None:
        if self.resource not in RESOURCES:
            raise UnknownNameError("budget", self.resource, RESOURCES)
        if not 0 < self.share <= 1:
            raise InputError(
                f"the share of {self.resource} that may remain must lie in (0, 1], not {self.share!r}."
            )

    def __str__(self) -> str:
        return f"{self.resource}={self.share:g}"

    @classmethod
    def parse(cls, text: str) -> Budget:
        """Read ``macs=0.5`` or ``params=0.4``.

        Raises
        ------
        InputError
            The text does not have this form.
        """
        resource, _, written = text.partition("=")
        try:
            share = float(written)
        except ValueError as error:
            raise InputError(f"a budget reads like macs=0.5 or params=0.4, not {text!r}.") from error
        return cls(resource.strip(), share)

    def target(self, whole: int) -> float:
        """What may remain of a network of size `whole`."""
        return self.share * whole

    def met_by(self, size: int, whole: int) -> bool:
        """Whether `size` is within 1 % of what may remain of `whole`."""
        return abs(size - self.target(whole)) <= TOLERANCE * self.target(whole)
