"""A table of names that fills itself from the files of a package.

One file, one entry: a new solver, metric, criterion, network or data set is a new module that
decorates its entry with the registry; nothing else changes.  The modules of the package are
imported at the first look-up, so importing the registry's owner stays cheap.  Other threads wait until
all are; a module that looks names up while it is being discovered sees those that are there by then.
"""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from dispersion.errors import UnknownNameError

T = TypeVar("T")

# one for all registries, so that no two threads wait for each other's; the thread that has it may look
# names up, and adding one does not need it, as a module that another thread imports must not wait
_DISCOVERING = threading.RLock()


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
        self._full = not packages
        self._filling = False

    def add(self, name: str, entry: T) -> T:
        """Register `entry` under `name`; names must be unique."""
        if name in self._entries:
            raise ValueError(f"{self.kind} {name!r} is registered twice")
        self._entries[name] = entry
        return entry

    def register(self, name: str) -> Callable[[T], T]:
        """Decorate an entry with its `name`."""
        return lambda entry: self.add(name, entry)

    def __getitem__(self, name: str) -> T:
        self._discover()
        if not isinstance(name, str) or name not in self._entries:
            raise UnknownNameError(self.kind, name, self._entries)
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        self._discover()
        return isinstance(name, str) and name in self._entries

    def __iter__(self) -> Iterator[str]:
        self._discover()
        return iter(sorted(self._entries))

    def _discover(self) -> None:
        if self._full:
            return
        with _DISCOVERING:
            if self._full or self._filling:
                return
            self._filling = True
            try:
                self._import_all()
                self._full = True
            finally:  # Ctrl-C too: the next look-up must not see half of the names
                self._filling = False

    def _import_all(self) -> None:
        for package in self._packages:
            path = importlib.import_module(package).__path__
            for module in pkgutil.iter_modules(path):
                if not module.name.startswith("_"):
                    importlib.import_module(f"{package}.{module.name}")
