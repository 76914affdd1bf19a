"""The engines for integer programs: the decorator `engine` that registers one, with what it can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

from dispersion.errors import NotApplicableError
from dispersion.registry import Registry
from solvers.engines.common import CP_SAT
from solvers.engines.program import Program

DEFAULT_ENGINE = "highs"


class Ability(Enum):
    """What an engine may lack."""

    START = "a start"  #: it begins with the selection that is known
    INCUMBENTS = (
        "an incumbent trace"  #: it reports better selections while it runs, not only at the end
    )
    BOUNDS = "a bound trace"  #: it reports bounds while it runs, not only at the end
    SEED = "a seed"
    THREADS = "several threads"


Reader = Callable[[Path], Program]  #: takes an LP file, which is gone afterwards
R = TypeVar("R", bound=Reader)


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """A registered engine: everything that is true of it.

    Attributes
    ----------
    name : str
        As in ``kuby:engine=scip``.
    label : str
        What its bounds are signed with, before the version.
    read : callable
        Takes an LP file to a program that it can solve.
    version : callable
        Its version; `None` if it is not here.
    install : str
        The command that brings it.
    modules : tuple of str
        What is to be imported before the clock starts; nothing for a program of its own.
    lacks : tuple of Ability
        What it does not have, or its interface does not pass on.
    licence : str
        What it may solve without a licence of the user's own; "" if everything.
    """

    name: str
    label: str
    read: Reader
    version: Callable[[], str | None]
    install: str
    modules: tuple[str, ...] = ()
    lacks: tuple[Ability, ...] = ()
    licence: str = ""

    @property
    def abilities(self) -> str:
        """What it lacks, and what its licence allows, in words; "" if neither is limited."""
        lacks = ", ".join(one.value for one in self.lacks)
        return "; ".join(filter(None, [lacks and f"without {lacks}", self.licence]))

    def require(self) -> str:
        """Its version.

        Raises
        ------
        NotApplicableError
            It is not here; the message says how to get it.
        """
        found = self.version()
        if found is None:
            raise NotApplicableError(f"{self.label} is not installed; get it by: {self.install}")
        return found

    def load(self) -> None:
        """Import it, so that no clock counts that.

        Raises
        ------
        NotApplicableError
            It is not here, or does not run on this machine.
        """
        self.require()
        for module in self.modules:
            try:
                import_module(module)
            except ImportError as error:
                raise NotApplicableError(f"{self.label} cannot be imported: {error}") from error


registry: Registry[EngineInfo] = Registry("engine", "solvers.engines.mip")


def engine(
    name: str,
    *,
    label: str,
    version: Callable[[], str | None],
    install: str,
    modules: tuple[str, ...] = (),
    lacks: tuple[Ability, ...] = (),
    licence: str = "",
) -> Callable[[R], R]:
    """Register the decorated function, which reads an LP file, as the engine `name`.

    Parameters
    ----------
    name, label, version, install, modules, lacks, licence
        See `EngineInfo`.

    Raises
    ------
    ValueError
        There is an engine of this name already.
    """

    def register(read: R) -> R:
        info = EngineInfo(name, label, read, version, install, modules, lacks, licence)
        registry.add(name, info)
        return read

    return register


def package(name: str) -> str | None:
    """The version of an installed Python package; `None` if it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def list_engines() -> list[EngineInfo]:
    """The registered engines by name, whether they are here or not."""
    return [registry[name] for name in registry]


def takes_seed(label: str) -> bool:
    """Whether the engine of this label can be given a seed."""
    return all(one.label != label or Ability.SEED not in one.lacks for one in list_engines())


@cache
def with_version(label: str) -> str:
    """The label of an engine with its version, such as "HiGHS 1.16.0": it signs bounds."""
    if label == CP_SAT:
        return f"{label} {version('ortools')}"
    known = {one.label: one for one in list_engines()}
    return f"{label} {known[label].require()}" if label in known else label


def engine_of(by: str) -> str | None:
    """The label of the engine that signed a bound; `None` for an argument of our own."""
    labels = [CP_SAT, *(one.label for one in list_engines())]
    return next((label for label in labels if by.startswith(f"{label} ")), None)
