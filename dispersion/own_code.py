"""Code of the user's, named on the command line as ``package.module:function``."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dispersion.errors import InputError


def is_own(name: object) -> bool:
    """Whether a name reads ``package.module:function``."""
    return isinstance(name, str) and all(part.strip() for part in name.partition(":"))


def own_function(
    module: str, function: str, unknown: Callable[[], InputError]
) -> Callable[..., object]:
    """Import a module of the user's and return the function in it.

    The current folder is searched last, so that it works for installed commands too and hides nothing.

    Parameters
    ----------
    module, function : str
        The dotted name of the module, and what it calls the function.
    unknown : callable
        Makes the error where there is no such module.

    Raises
    ------
    InputError
        There is no such module, it cannot be imported, or it has no such function.
    """
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:
        sys.path.append(here)
    try:
        attribute: Any = getattr(importlib.import_module(module), function, None)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{module}.".startswith(f"{error.name}."):
            raise unknown() from error
        raise InputError(f"the module {module!r} cannot be imported ({said(error)})") from error
    except (Exception, SystemExit) as error:  # it is the user's code: anything may go wrong in it
        raise InputError(f"the module {module!r} cannot be imported ({said(error)})") from error
    if not callable(attribute):
        instead = "" if attribute is None else f", but one of type {type(attribute).__name__}"
        raise InputError(f"the module {module!r} has no function {function!r}{instead}")
    own: Callable[..., object] = attribute
    return own


def said(error: BaseException) -> str:
    """Name an exception with the first line of what it says."""
    line = str(error).strip().split("\n")[0]
    return f"{type(error).__name__}: {line}" if line else type(error).__name__
