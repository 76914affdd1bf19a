"""Solvers of p-dispersion: one file a method, found by name.

Importing this package loads no engine: OR-tools, HiGHS, Pyomo and numba are imported by the solver
that needs them, when it is asked for.
"""

from solvers.base import Kind, Limits, Run, SolverInfo, prepare, solve, solvers, solvers_for
from solvers.coresets import CoreSet, core_set, solve_core_set
from solvers.export import export_model
from solvers.points import farthest_from_points
from solvers.rechecking import Checked, Finding, Recheck, recheck

__all__ = [
    "Checked",
    "CoreSet",
    "Finding",
    "Kind",
    "Limits",
    "Recheck",
    "Run",
    "SolverInfo",
    "core_set",
    "export_model",
    "farthest_from_points",
    "prepare",
    "recheck",
    "solve",
    "solve_core_set",
    "solvers",
    "solvers_for",
]
