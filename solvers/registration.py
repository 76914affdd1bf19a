"""The solvers: the decorator `solver` that registers one, with everything that is true of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from dispersion.instance import Instance
from dispersion.objectives import objectives
from dispersion.parameters import defaults
from dispersion.registry import Registry


class Guarantee(Enum):
    """What a solver guarantees."""

    EXACT = "exact"  #: proves optimality, given time
    APPROXIMATION = "approximation"  #: proves a factor
    HEURISTIC = "heuristic"  #: proves nothing


Method = Callable[..., None]  #: takes a `Run`, and parameters by keyword
ModelBuilder = Callable[[Instance], Any]  #: an instance to a ``pyomo.environ.ConcreteModel``


@dataclass(frozen=True, slots=True)
class SolverInfo:
    """A registered solver: everything that is true of it.

    Attributes
    ----------
    name, objective_name : str
        Its name, and the objective that it maximises.
    guarantee : Guarantee
        What it guarantees.
    summary : str
        One line for ``--help`` and for tables.
    method : callable
        Takes a `Run` and reports to it; its keyword-only arguments are the parameters of the solver.
    prepare : callable or None
        Imports engines and compiles kernels, so that no clock counts it.
    by_default : bool
        Whether ``python -m dispersion.compare`` runs it unless told which solvers to run.
    engine : str or None
        The engine from outside that solves its models, such as "HiGHS"; `None` if all of it is ours.
    model : callable or None
        Builds the Pyomo model it solves, for `solvers.export_model`; `None` if it has none.
    model_unit : bool
        Whether multiplying all distances by a number multiplies the objective of that model by it, so
        that an exported file may be written in another unit.
    stochastic : bool
        Whether its answer is drawn by chance, so that one seed says little: a comparison gives it
        several.  An exact solver is not, although its engine takes a seed.
    baseline : bool
        Whether the others are compared against it: a uniformly random selection.
    shares_process : bool
        Whether its answers in a process that has solved before are those of a fresh process, as tests
        show.  In a study every solve of the others has a process that has solved nothing: on Linux a
        fork of one that has imported what the solver needs, elsewhere a new one.
    takes_start : bool
        Whether it begins from a selection that is known, where one is given.
    takes_quotas : bool
        Whether it heeds ``run.instance.quota``; the others are skipped where that asks for anything.
    reference : str
        Authors and year of the method, for tables; "" if it is ours.
    """

    name: str
    objective_name: str
    guarantee: Guarantee
    summary: str
    method: Method
    prepare: Callable[[], None] | None = None
    by_default: bool = True
    engine: str | None = None
    model: ModelBuilder | None = None
    model_unit: bool = False
    stochastic: bool = False
    baseline: bool = False
    shares_process: bool = False
    takes_start: bool = False
    takes_quotas: bool = False
    reference: str = ""

    @property
    def parameters(self) -> str:
        """Its parameters with their defaults, ``patience=100``, as they can be written; "" if none."""
        return defaults(self.method)

    def __repr__(self) -> str:
        """Name, objective and guarantee."""
        return f"SolverInfo({self.name!r}, {self.objective_name!r}, {self.guarantee.value})"


registry: Registry[SolverInfo] = Registry(
    "solver", "solvers.maxmin", "solvers.maxsum", "solvers.packing", "solvers.baselines"
)


def solver(
    name: str,
    *,
    objective: str,
    guarantee: Guarantee,
    summary: str,
    prepare: Callable[[], None] | None = None,
    by_default: bool = True,
    engine: str | None = None,
    model: ModelBuilder | None = None,
    model_unit: bool = False,
    stochastic: bool = False,
    baseline: bool = False,
    shares_process: bool = False,
    takes_start: bool = False,
    takes_quotas: bool = False,
    reference: str = "",
) -> Callable[[Method], Method]:
    """Register the decorated function as the solver `name` of an objective.

    Parameters
    ----------
    name : str
        Unique among the solvers of the objective.
    objective : str
        A registered objective: "max-min", "max-sum" or "packing".
    guarantee, summary, prepare, by_default, engine, model, model_unit, stochastic, baseline, \
shares_process, takes_start, takes_quotas, reference
        See `SolverInfo`.

    Raises
    ------
    ValueError
        The objective has a solver of this name already.
    UnknownNameError
        There is no such objective.
    """
    objectives[objective]

    def register(method: Method) -> Method:
        info = SolverInfo(
            name=name,
            objective_name=objective,
            guarantee=guarantee,
            summary=summary,
            method=method,
            prepare=prepare,
            by_default=by_default,
            engine=engine,
            model=model,
            model_unit=model_unit,
            stochastic=stochastic,
            baseline=baseline,
            shares_process=shares_process,
            takes_start=takes_start,
            takes_quotas=takes_quotas,
            reference=reference,
        )
        registry.add(f"{objective}/{name}", info)
        return method

    return register


def list_solvers(objective: str | None = None) -> list[SolverInfo]:
    """The registered solvers, by objective and name.

    Parameters
    ----------
    objective : str, optional
        "max-min", "max-sum" or "packing"; by default the solvers of all objectives.

    Returns
    -------
    list of SolverInfo
        Each has a `name`, an `objective_name`, a `guarantee` and a `summary`.

    Raises
    ------
    UnknownNameError
        There is no such objective.

    Examples
    --------
    >>> [info.name for info in list_solvers("max-min") if info.guarantee is Guarantee.APPROXIMATION]
    ['fair-greedy-flow', 'greedy']
    """
    if objective is not None:
        objectives[objective]
    known = [registry[key] for key in registry]
    return [info for info in known if objective in (None, info.objective_name)]
