"""Plots: what one is, and the table of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from dispersion.registry import Registry

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    Draw = TypeVar("Draw", bound=Callable[..., Axes])


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture of the rows of one table.

    Attributes
    ----------
    table : str
        Whose rows it draws: "solves", "networks" or "accuracies".
    draw : callable
        From rows, and the axes `ax` to draw into or `None`, to the axes.
    """

    table: str
    draw: Callable[..., Axes]

    def __call__(self, rows: Sequence[Any], ax: Axes | None = None, **options: Any) -> Axes:
        """Draw these rows."""
        return self.draw(rows, ax=ax, **options)


plots: Registry[Plot] = Registry("plot", "dispersion.study.plots")


def plot(name: str, table: str = "solves") -> Callable[[Draw], Draw]:
    """Register a function that draws the rows of a table as the plot `name`."""

    def register(draw: Draw) -> Draw:
        plots.add(name, Plot(table, draw))
        return draw

    return register
