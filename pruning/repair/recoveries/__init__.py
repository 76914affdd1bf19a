"""Recoveries: what brings the accuracy of a pruned network back; one file per recovery.

A recovery is a function that returns a better copy of a pruned network.  Its keyword arguments say
what else it needs: ``calibration``, the unpruned network with calibration images, or ``training``,
labelled images and a schedule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dispersion.parameters import keyword_arguments
from dispersion.registry import Registry
from pruning.calibration import Calibration
from pruning.training import TrainingPlan
from pruning.zoo.network import Network

Recovering = Callable[..., Network]


@dataclass(frozen=True, slots=True)
class Recovery:
    """A registered recovery.

    Attributes
    ----------
    name : str
        Its name in options and tables.
    label : str
        Its name in headings, as in "after fine-tuning".
    order : int
        Recoveries are tried from the lowest order to the highest.
    recover : callable
        Maps ``(network, **needs)`` to the recovered copy.
    continues : bool
        Whether it starts from what the recovery tried before it returned; otherwise from the network
        as it was cut.
    """

    name: str
    label: str
    order: int
    recover: Recovering
    continues: bool = False

    @property
    def trains(self) -> bool:
        """Whether it learns from labelled training images."""
        return "training" in keyword_arguments(self.recover)

    def __call__(self, network: Network, calibration: Calibration, training: TrainingPlan) -> Network:
        """Recover a network.

        Parameters
        ----------
        network : Network
            A pruned one; left as it is.
        calibration : Calibration
            The unpruned network with calibration images.
        training : TrainingPlan
            Labelled images, and how to train.
        """
        offered = {"calibration": calibration, "training": training}
        needs = keyword_arguments(self.recover)
        return self.recover(network, **{name: offered[name] for name in needs})


recoveries: Registry[Recovery] = Registry("recovery", __name__)
"""Every recovery by name."""


def recovery(
    name: str, *, label: str, order: int, continues: bool = False
) -> Callable[[Recovering], Recovering]:
    """Register the decorated function as the recovery `name`."""

    def register(recover: Recovering) -> Recovering:
        recoveries.add(name, Recovery(name, label, order, recover, continues))
        return recover

    return register


def in_order(names: Iterable[str]) -> list[Recovery]:
    """Sort named recoveries into the order in which they are tried, each once.

    Raises
    ------
    UnknownNameError
        No recovery has one of the names.
    """
    return sorted((recoveries[name] for name in set(names)), key=lambda one: (one.order, one.name))
