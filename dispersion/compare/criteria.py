"""Criteria of filter pruning beside the solvers: they choose filters as well, but solve nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dispersion.compare.sizes import Counts
from dispersion.errors import InputError, UnknownNameError
from dispersion.study.arguments import ALL, SOLVERS_TOO
from dispersion.study.progress import stage
from dispersion.study.selections import Chosen, Method
from dispersion.study.session import Session

if TYPE_CHECKING:
    from pruning import Calibration, FilterLayer
    from pruning.criteria import Indices
    from pruning.variants import Variant


def named(methods: Sequence[str], images: bool = True) -> list[Variant]:
    """The criteria asked for, every one for `all`; without images, `all` are those that need none.

    Raises
    ------
    UnknownNameError
        There is no such criterion, or it has no such argument.
    InputError
        It is a solver here, an argument is of no use, or it needs images and there are none.
    """
    from pruning.criteria import criteria
    from pruning.rehearsal import rehearse
    from pruning.variants import variant

    known = [name for name in criteria if name not in SOLVERS_TOO]
    found: list[str] = []
    for text in methods:
        name, colon, _ = text.partition(":")
        if name in SOLVERS_TOO:
            raise InputError(f"{name} is a matter of solvers here; leave it to --solvers.")
        if text == ALL:
            found += [one for one in known if images or not criteria[one].needs_images]
        elif name not in known:
            raise UnknownNameError("method", name, known if colon else [*known, ALL])
        else:
            needs_images = rehearse(text) if colon else criteria[name].needs_images
            if needs_images and not images:
                raise InputError(
                    f"{text} looks at images, and there are none; leave it out, or give --data."
                )
            found.append(text)
    return [variant(text) for text in dict.fromkeys(found)]


def chosen_by_criteria(
    session: Session,
    layers: Sequence[FilterLayer],
    sizes: Mapping[float, Counts],
    variants: Sequence[Variant],
    calibration: Calibration | None,
    chosen: Chosen,
    faults: list[str],
) -> None:
    """Add to `chosen` what every criterion keeps of every layer; by chance, with several seeds.

    One that fails costs its own rows: it is added to `faults`.
    """
    runs = [(one, seed) for one in variants for seed in session.options.seeds(one.draws)]
    with stage("choosing by criteria", len(layers) * len(runs), session.console) as progress:
        for variant, seed in runs:  # layer by layer in forward order, as calibration likes it
            for layer in layers:
                wanted = [counts[layer.name] for counts in sizes.values()]
                try:
                    found = _kept(layer, wanted, variant, seed=seed, calibration=calibration)
                    for share, kept in zip(sizes, found, strict=True):
                        method = Method(variant.text, share, None, seed)
                        chosen.setdefault(method, {})[layer.name] = kept
                except Exception as error:  # whatever a criterion meets in one layer
                    faults.append(f"{variant.text} on {layer.name}: {type(error).__name__}: {error}")
                progress.step(f"{variant.text} on {layer.name}")


def _kept(
    layer: FilterLayer, sizes: Sequence[int], variant: Variant, **offered: Any
) -> Iterator[Indices]:
    """What a criterion keeps of a layer at every size; scores are worked out once."""
    from pruning.criteria import best, criteria, keep, scores

    how = {**offered, **variant.arguments}
    if criteria[variant.criterion].select is None:
        found = scores(layer, variant.criterion, **how)
        yield from (best(found, p) for p in sizes)
    else:
        yield from (keep(layer, p, variant.criterion, **how) for p in sizes)
