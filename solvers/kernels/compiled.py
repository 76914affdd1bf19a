"""How a kernel is compiled, in one place."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import types
from numba.extending import intrinsic

_PACKAGE = Path(__file__).parent
# numba recompiles a kernel when its own file changes, not when that of an inlined function does, so
# the folder of the machine code is named after all sources
_SOURCES = hashlib.sha256(
    b"".join(path.read_bytes() for path in sorted(_PACKAGE.glob("*.py")))
).hexdigest()[:16]

_CONFIGURING = threading.Lock()  # numba's configuration belongs to all threads

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(
    signature: str | list[str] | None = None, *, any_order: bool = False
) -> Callable[[Kernel], Kernel]:
    """Compile a function with numba; the machine code is cached on disk beside the module.

    With a `signature`, or several, this happens when the module is imported, so no clock ever counts
    it.  Without one the function is inlined into the kernels that call it.  With `any_order` sums
    of floats may be taken in any order, and so be vectorised; their last bits then depend on the
    processor.
    """

    def compile_(function: Kernel) -> Kernel:
        options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
        if any_order:
            options["fastmath"] = {"reassoc", "contract"}
        with _CONFIGURING:
            before = numba.config.CACHE_DIR
            numba.config.CACHE_DIR = str(Path(before or _PACKAGE / "__pycache__") / _SOURCES)
            try:
                jit = numba.njit(signature, **options) if signature else numba.njit(**options)
                return cast(Kernel, jit(function))
            finally:
                numba.config.CACHE_DIR = before

    return compile_


@intrinsic  # type: ignore[untyped-decorator]
def popcount(typing_context: Any, word: Any) -> Any:
    """Number of set bits of a uint64."""

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@intrinsic  # type: ignore[untyped-decorator]
def lowest_bit(typing_context: Any, word: Any) -> Any:
    """Position of the lowest set bit of a uint64 that is not 0."""

    def generate(context: Any, builder: Any, _: Any, arguments: Any) -> Any:
        never_zero = context.get_constant(types.boolean, True)
        return builder.cttz(arguments[0], never_zero)

    return types.uint64(types.uint64), generate
