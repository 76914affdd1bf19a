"""Calls of dense linear algebra, which nothing can interrupt."""

from __future__ import annotations

from solvers.run import Run

#: operations, times n^3
CHOLESKY, EIGENVALUES, EIGENVECTORS = 1.0 / 3.0, 4.0 / 3.0, 9.0
_RATE = 2e9  # operations a second; one thread of any processor of these years makes more


def need_dense(run: Run, n: int, operations: float) -> None:
    """Raise `TimeUp` unless there is time for a factorisation of n rows.

    LAPACK does not look at a clock.  A matrix of 2,000 rows takes about 5 s for its eigenvalues at the
    rate that is assumed, half of that or less where the rate is better; so a limit is overrun only
    where the machine is slower.
    """
    run.need(operations * float(n) ** 3 / _RATE)
