"""Folders and files of the user that Python takes for packages of this project."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from dispersion.errors import InputError

_ROOT = Path(__file__).resolve().parents[2]  # where all packages of this project lie


def refuse_shadow(package: str) -> None:
    """Refuse to go on where `package` would be something else; nothing of that is run.

    Python looks in the folder where a command is started, or beside a script, before it looks where
    packages are installed.

    Raises
    ------
    InputError
        Another folder or file has the name of this project's package; the message says which.
    """
    module = sys.modules.get(package)
    spec = find_spec(package) if module is None else module.__spec__
    found = [] if spec is None else [*(spec.submodule_search_locations or ()), spec.origin]
    places = [Path(place).resolve() for place in found if place is not None]
    if spec is None or _ROOT / package in places:
        return  # what is not there at all is told when it is imported
    raise InputError(
        f"{places[0]} hides the package {package!r} of p-dispersion; rename it, or start the command "
        "from another folder."
    )
