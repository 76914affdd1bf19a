"""Proofs looked at again, in plain code that shares nothing with the prover.

::

    report      what came of it
    chain       follow the refutations of a solution down to its bound
    sums        bounds on sums, by our branch and bound
    arguments   degrees, cores, colourings and eigenvalues, in numpy
    theta       the theta function, by a method of its own
    cover       weighted covers by cliques of conflicts, checked in exact integers
    search      a clique search in plain Python
    engines     the question itself, put to that search, to CP-SAT or to HiGHS
    check       one refutation, by its argument and by engines
    clock       how much time is left
"""

from solvers.rechecking.chain import recheck
from solvers.rechecking.report import Checked, Finding, Recheck

__all__ = ["Checked", "Finding", "Recheck", "recheck"]
