"""Solvers of p-dispersion: one file a method, found by name.

Importing this package loads no engine: OR-tools, HiGHS, Pyomo and numba are imported by the solver
that needs them, when it is asked for.
"""

from solvers.export import export_model
from solvers.points import solve_points
from solvers.rechecking import Checked, Finding, Recheck, recheck, recheck_points
from solvers.registration import Guarantee, SolverInfo, list_solvers, solver
from solvers.run import Limits, Run
from solvers.scale import CoreSet, core_set, farthest_from_points, solve_core_set
from solvers.solving import pack, prepare, solve

__all__ = [
    "Checked",
    "CoreSet",
    "Finding",
    "Guarantee",
    "Limits",
    "Recheck",
    "Run",
    "SolverInfo",
    "core_set",
    "export_model",
    "farthest_from_points",
    "list_solvers",
    "pack",
    "prepare",
    "recheck",
    "recheck_points",
    "solve",
    "solve_core_set",
    "solve_points",
    "solver",
]
