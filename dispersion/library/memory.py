"""How many points this machine can hold."""

from __future__ import annotations

from dispersion.errors import InputError

MATRICES = 8  #: reading, checking and ranking n points takes memory for up to this many (n, n) matrices


def need(n: int, what: str) -> None:
    """Refuse `what`, which has `n` points, unless its matrix fits `MATRICES` times into memory.

    Raises
    ------
    InputError
        It does not fit; the message says how much memory it would take, and how much there is.
    """
    import psutil  # only asked for here: the core needs numpy alone

    matrix, memory = 8 * n * n, psutil.virtual_memory().total
    if matrix * MATRICES > memory:
        most = int((memory / (8 * MATRICES)) ** 0.5)
        raise InputError(
            f"{what} has {n:,} points, whose distances take {matrix / 2**30:,.1f} GiB, which is more "
            f"than 1/{MATRICES} of the {memory / 2**30:,.1f} GiB of memory here (room to work with "
            f"them); at most {most:,} points can be used on this machine."
        )
