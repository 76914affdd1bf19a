"""Calls of dense linear algebra, which nothing can interrupt."""

from __future__ import annotations

from solvers.run import Run

#: operations, times n^3
CHOLESKY, EIGENVALUES, EIGENVECTORS = 1.0 / 3.0, 4.0 / 3.0, 6.0  # the last with a product to check
_RATE = 5e9  # operations a second: a third of what one core was seen to make


def need_dense(run: Run, n: int, operations: float) -> None:
    """Raise `TimeUp` unless there is time for a factorisation of n rows; the message says for which.

    LAPACK does not look at a clock, so a limit would be overrun: at the rate that is assumed, a slow
    one, 2,000 rows take 2 s for their eigenvalues and 10 s for their eigenvectors.
    """
    what = {CHOLESKY: "a Cholesky factorisation", EIGENVALUES: "eigenvalues"}.get(operations)
    run.need(operations * float(n) ** 3 / _RATE, f"{what or 'eigenvectors'} of {n:,} rows")
