"""The engines that solvers call: loading, limits, interrupts, callbacks and endings, once for each.

::

    common      names and versions, and how a run of an engine ends
    highs       HiGHS, for linear and mixed-integer programs
    cp_sat      OR-tools' CP-SAT, for constraint programs
    pyomo       models written in Pyomo, handed over to HiGHS
    interrupts  Ctrl-C for engines that would swallow it

Importing this package imports no engine: each is loaded by the solver that needs it.
"""
