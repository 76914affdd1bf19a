"""Criteria of filter pruning beside the solvers: they choose filters as well, but solve nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dispersion.errors import InputError, UnknownNameError
from dispersion.study.arguments import ALL, SOLVERS_TOO
from dispersion.study.options import NetworkOptions
from dispersion.study.selections import Chosen, Method

if TYPE_CHECKING:
    from pruning import FilterLayer


def named(methods: Sequence[str]) -> list[str]:
    """The criteria asked for, every one for `all`.

    Raises
    ------
    UnknownNameError
        There is no such criterion.
    InputError
        It is a solver here.
    """
    from pruning.criteria import criteria

    known = [name for name in criteria if name not in SOLVERS_TOO]
    for name in methods:
        if name in SOLVERS_TOO:
            raise InputError(f"{name} is a matter of solvers here; leave it to --solvers.")
        if name not in (*known, ALL):
            raise UnknownNameError("method", name, [*known, ALL])
    return known if ALL in methods else list(methods)


def chosen_by_criteria(layers: Sequence[FilterLayer], subject: NetworkOptions, seed: int) -> Chosen:
    """What every criterion keeps of every layer at every keep ratio, with its default arguments."""
    from pruning import uniform
    from pruning.criteria import keep

    return {
        Method(name, share, None, seed): {
            layer.name: keep(layer, uniform(len(layer.points), share), name, seed=seed)
            for layer in layers
        }
        for share in subject.keep
        for name in named(subject.methods)
    }
