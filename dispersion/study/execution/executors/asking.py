"""Whether a Dask scheduler is at an address, asked before a client of it is made.

A client that finds something else there waits for ever, or for long, and ends with tracebacks.
"""

from __future__ import annotations

import asyncio
import threading
from importlib import import_module
from typing import Any

_MARGIN_SECONDS = 5.0  # to look up a name, which nothing can interrupt


def no_scheduler(address: str, seconds: float) -> str | None:
    """Why there is no Dask scheduler at an address; `None` if one answers within so many seconds."""
    found = ["no answer"]

    def ask() -> None:
        try:
            found[0] = asyncio.run(_type_at(address, seconds))
        except Exception as error:  # whatever answers there can break the protocol in any way
            found[0] = _reason(error)

    asking = threading.Thread(target=ask, daemon=True)  # a notebook has a loop of its own
    asking.start()
    asking.join(timeout=seconds + _MARGIN_SECONDS)
    return None if found[0] == "Scheduler" else found[0]


async def _type_at(address: str, seconds: float) -> str:
    """What is at an address, in Dask's words: Scheduler, Worker, Nanny."""
    distributed = import_module("distributed")

    async def identity() -> Any:
        async with distributed.rpc(address, timeout=seconds) as remote:
            return await remote.identity()

    answer = await asyncio.wait_for(identity(), seconds + 1.0)  # it gives up by itself, and says why
    kind = str(answer["type"])
    return kind if kind == "Scheduler" else f"a Dask {kind.lower()} does"


def _reason(error: Exception) -> str:
    """What went wrong in a few words; the innermost cause, as the outer ones only repeat it."""
    while isinstance(error.__cause__, Exception):
        error = error.__cause__
    if isinstance(error, TimeoutError | asyncio.CancelledError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, MemoryError):  # what came was read as a length
        return "what answers there does not speak Dask's protocol"
    return " ".join(str(error).split())[:200] or type(error).__name__
