"""Proofs derived again, in plain code that shares nothing with the prover.

::

    report         the result of a recheck
    chain          follow the refutations of a solution down to its bound
    clusters       proofs of `solve_points`, from their clusters
    sums           bounds on sums, by our branch and bound
    check          one refutation, by its argument and by engines
    question       the question asked, the clock, and the reply
    refuters       degrees, cores, colourings and eigenvalues, in numpy
    theta          the theta function, by a method of its own
    cover          weighted covers by cliques of conflicts, checked in exact integers
    search         a clique search in plain Python
    engine_checks  the question itself, asked of that search, of CP-SAT or of HiGHS
"""

from solvers.rechecking.chain import recheck
from solvers.rechecking.clusters import recheck_points
from solvers.rechecking.report import Checked, Finding, Recheck

__all__ = ["Checked", "Finding", "Recheck", "recheck", "recheck_points"]
