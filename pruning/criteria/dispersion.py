"""Filters as far apart as possible: p-dispersion, by any solver."""

from __future__ import annotations

from dispersion.errors import EngineError
from dispersion.instance import Instance
from pruning.criteria import Indices, selecting
from pruning.filters import FilterLayer
from solvers import solve
from solvers.lookup import find


@selecting(
    "dispersion",
    summary="p-dispersion of the filters, by any solver, objective and metric (FFP: Wang et al.)",
    reconstruction="the objective, the distance and the two stages: only the abstract was read",
    chance=lambda arguments: find(arguments["solver"], arguments["objective"]).stochastic,
    solver_too=True,
    heeds_fixed=True,
)
def dispersion(
    layer: FilterLayer,
    p: int,
    *,
    objective: str = "max-min",
    metric: str = "euclidean",
    solver: str = "greedy",
    time_limit: float = 60.0,
    threads: int = 1,
    seed: int = 0,
) -> Indices:
    """Select p filters by p-dispersion.

    Fast Filter Pruning (Wang, Chen, Hua, Zhou and Lin, INFORMS Journal on Computing, doi
    10.1287/ijoc.2024.0991) frames pruning so, with a factor-2 algorithm.  **A reconstruction**: which
    distance and objective it takes was not available to us.

    Parameters
    ----------
    layer : FilterLayer
        Its filters.
    p : int
        How many to select, at least 2.
    objective, metric, solver : str
        Registered names; the greedy 2-approximation for max-min by default.
    time_limit : float
        Seconds of wall-clock time.
    threads, seed : int
        Passed to the solver.

    Raises
    ------
    EngineError
        The solver found no selection in the time.
    """
    whole = Instance.from_points(layer.points, p, metric, name=layer.name)
    instance = whole.with_fixed(layer.required, layer.excluded)
    solution = solve(
        instance, solver, objective=objective, time_limit=time_limit, threads=threads, seed=seed
    )
    if solution.selected is None:
        raise EngineError(f"{solver} selected no filters of {layer.name}: {solution.message}")
    return solution.selected
