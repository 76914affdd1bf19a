"""The engines that solvers call: loading, limits, interrupts, callbacks and endings, once for each.

::

    common        labels, and how a run of an engine ends
    highs         HiGHS, for linear and mixed-integer programs, called directly
    cp_sat        OR-tools' CP-SAT, for constraint programs
    mip           engines that take any integer program: one file each, which registers itself
    registration  the decorator of those, with what an engine can, and versions
    program       what is asked of an integer program in an engine, and what it answers
    pyomo         models written in Pyomo, handed over to such an engine
    executables   engines that are programs of their own
    interrupts    Ctrl-C for engines that would swallow it

Importing this package imports no engine: each is loaded by the solver that needs it.
"""
