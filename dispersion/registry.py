"""A table of names that fills itself from the files of a package.

One file, one entry: a new solver, metric, criterion, network or data set is a new module that
decorates its entry with the registry; nothing else changes.  The modules of the package are
imported at the first look-up, so importing the registry's owner stays cheap.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from dispersion.errors import UnknownNameError

T = TypeVar("T")


class Registry(Generic[T]):
    """Names of one kind of thing, found in the modules of `packages`.

    Parameters
    ----------
    kind : str
        What an entry is, in the singular; used in error messages.
    *packages : str
        Dotted names of the packages whose modules register entries when imported.
    """

    def __init__(self, kind: str, *packages: str) -> None:
        self.kind = kind
        self._packages = packages
        self._entries: dict[str, T] = {}
        self._discovered = False

    def add(self, name: str, entry: T) -> T:
        """Register `entry` under `name`; a name can be taken once."""
        if name in self._entries:
            raise ValueError(f"{self.kind} {name!r} is registered twice")
        self._entries[name] = entry
        return entry

    def register(self, name: str) -> Callable[[T], T]:
        """Decorate an entry with its `name`."""
        return lambda entry: self.add(name, entry)

    def __getitem__(self, name: str) -> T:
        self._discover()
        if name not in self._entries:
            raise UnknownNameError(self.kind, name, self._entries)
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        self._discover()
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        self._discover()
        return iter(sorted(self._entries))

    def _discover(self) -> None:
        if self._discovered:
            return
        self._discovered = True
        try:
            for package in self._packages:
                path = importlib.import_module(package).__path__
                for module in pkgutil.iter_modules(path):
                    if not module.name.startswith("_"):
                        importlib.import_module(f"{package}.{module.name}")
        except BaseException:  # Ctrl-C too: the next look-up must not see half of the names
            self._discovered = False
            raise
