"""What ``--list`` prints: the names of one kind, each with a line that says what it is.

Registries are imported only when their names are asked for, so that the help needs neither engines
nor torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dispersion.errors import UnknownNameError
from dispersion.terminal.shadows import refuse_shadow

Names = Iterable[tuple[str, str]]  #: a name, and what it is

_NAMED = "* compared only if named, or with all"
_WIDEST = 26  # of a name that others are aligned with


def listed(kind: str) -> Iterator[str]:
    """The lines for one kind of names.

    Raises
    ------
    UnknownNameError
        There is no such kind.
    """
    if kind not in LISTS:
        raise UnknownNameError("list", kind, LISTS)
    names = list(LISTS[kind]())
    width = max((len(name) for name, _ in names if len(name) <= _WIDEST), default=0)
    yield from (f"{name:<{width}}  {text}" for name, text in names)
    if any(name.endswith("*") for name, _ in names):
        yield f"\n{_NAMED}"


def _solvers() -> Names:
    from dispersion.objectives import objectives
    from solvers.registration import list_solvers

    for goal in objectives:
        for info in list_solvers(goal):
            yield (
                info.name + ("" if info.by_default else " *"),
                f"{goal}, {info.guarantee.value}: {info.summary}"
                + (f" [{info.parameters}]" if info.parameters else ""),
            )


def _engines() -> Names:
    from solvers.engines.registration import list_engines

    for info in list_engines():
        found = info.version()
        here = (
            f"{info.label} {found}" if found else f"{info.label} is not here; get it by: {info.install}"
        )
        yield info.name, "; ".join(filter(None, [here, info.abilities]))


def _objectives() -> Names:
    from dispersion.objectives import objectives

    return ((name, objectives[name].summary) for name in objectives)


def _metrics() -> Names:
    from dispersion.metrics import metrics

    return ((name, metrics[name].summary) for name in metrics)


def _criteria() -> Names:
    refuse_shadow("pruning")
    from pruning.criteria import criteria

    for name in criteria:
        found = criteria[name]
        yield name, " ".join(filter(None, [found.described, found.defaults]))


def _allocations() -> Names:
    refuse_shadow("pruning")
    from pruning.allocation import allocations

    return ((name, allocations[name].described) for name in allocations)


def _spaces() -> Names:
    refuse_shadow("pruning")
    from pruning.spaces import spaces

    return ((name, spaces[name].summary) for name in spaces)


def _recoveries() -> Names:
    refuse_shadow("pruning")
    from pruning.repair.recoveries import in_order, recoveries

    return ((one.name, one.label) for one in in_order(recoveries))


def _models() -> Names:
    refuse_shadow("pruning")
    from pruning.zoo.networks import networks
    from pruning.zoo.own import OwnSource

    yield from ((name, networks[name].summary) for name in networks)
    yield "package.module:function", OwnSource.summary


def _data() -> Names:
    refuse_shadow("pruning")
    from pruning.zoo.datasets import datasets

    yield from ((name, datasets[name].summary) for name in datasets)
    yield "FOLDER", "images of yours, as train/CLASS/*.png and test/CLASS/*.png"


def _formats() -> Names:
    from dispersion.library import formats

    return ((name, formats[name].summary) for name in formats)


def _families() -> Names:
    from dispersion.library import families

    return ((name, families[name].summary) for name in families)


LISTS: dict[str, Callable[[], Names]] = {
    "solvers": _solvers,
    "engines": _engines,
    "objectives": _objectives,
    "metrics": _metrics,
    "criteria": _criteria,
    "spaces": _spaces,
    "allocations": _allocations,
    "recoveries": _recoveries,
    "models": _models,
    "data": _data,
    "formats": _formats,
    "families": _families,
}
