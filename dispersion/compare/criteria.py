"""Criteria of filter pruning beside the solvers: they choose filters as well, but solve nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dispersion.compare.sizes import Counts
from dispersion.errors import InputError, UnknownNameError
from dispersion.study.arguments import ALL, SOLVERS_TOO
from dispersion.study.progress import stage
from dispersion.study.selections import Chosen, Method
from dispersion.study.session import Session

if TYPE_CHECKING:
    from pruning import Calibration, FilterLayer


def named(methods: Sequence[str], images: bool = True) -> list[str]:
    """The criteria asked for, every one for `all`; without images, `all` are those that need none.

    Raises
    ------
    UnknownNameError
        There is no such criterion.
    InputError
        It is a solver here, or needs images and there are none.
    """
    from pruning.criteria import criteria

    known = [name for name in criteria if name not in SOLVERS_TOO]
    for name in methods:
        if name in SOLVERS_TOO:
            raise InputError(f"{name} is a matter of solvers here; leave it to --solvers.")
        if name not in (*known, ALL):
            raise UnknownNameError("method", name, [*known, ALL])
        if name != ALL and not images and criteria[name].needs_images:
            raise InputError(
                f"{name} looks at images, and there are none; leave it out, or give --data."
            )
    possible = [name for name in known if images or not criteria[name].needs_images]
    return possible if ALL in methods else list(methods)


def chosen_by_criteria(
    session: Session,
    layers: Sequence[FilterLayer],
    sizes: Mapping[float, Counts],
    names: Sequence[str],
    calibration: Calibration | None,
    chosen: Chosen,
    faults: list[str],
) -> None:
    """Add to `chosen` what every criterion keeps of every layer, with its default arguments.

    One that fails costs its own rows: it is added to `faults`.
    """
    from pruning.criteria import keep

    seed = session.options.limits.seed
    with stage("choosing by criteria", len(layers) * len(names), session.console) as progress:
        for name in names:  # layer by layer in forward order, as calibration likes it
            for layer in layers:
                try:
                    for share, counts in sizes.items():
                        found = keep(
                            layer, counts[layer.name], name, seed=seed, calibration=calibration
                        )
                        chosen.setdefault(Method(name, share, None, seed), {})[layer.name] = found
                except Exception as error:  # whatever a criterion meets in one layer
                    faults.append(f"{name} on {layer.name}: {type(error).__name__}: {error}")
                progress.step(f"{name} on {layer.name}")
