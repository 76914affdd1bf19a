"""Which filters each method keeps, layer by layer: what the solvers hand to the surgeon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispersion.solution import Solution
from dispersion.study.tasks import Task


@dataclass(frozen=True, order=True)
class Method:
    """What decides which filters stay: a solver at a keep ratio with a seed."""

    solver: str
    keep: float
    seed: int

    def __str__(self) -> str:
        return f"{self.solver}, keep {self.keep}, seed {self.seed}"  # exact: it is a key


Chosen = dict[Method, dict[str, NDArray[np.intp]]]


def selections(solved: Sequence[tuple[Task, Solution]]) -> Chosen:
    """For every method, the kept filters of every layer it has answered."""
    chosen: Chosen = {}
    for task, solution in solved:
        kept = chosen.setdefault(Method(task.solver, task.keep, task.limits.seed), {})
        if solution.selected is not None:
            kept[task.instance.name] = solution.selected
    return chosen


def as_json(chosen: Chosen) -> dict[str, object]:
    """Plain lists of indices, by method and layer."""
    return {
        str(method): {name: indices.tolist() for name, indices in kept.items()}
        for method, kept in chosen.items()
    }
