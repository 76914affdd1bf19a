"""Criteria of filter pruning beside the solvers: they choose filters as well, but solve nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dispersion.compare.cli.words import ALL
from dispersion.compare.session import CommandSession
from dispersion.compare.sizes import Counts
from dispersion.errors import InputError, UnknownNameError
from dispersion.study.folder.journal_entries import SelectionEntry
from dispersion.study.progress import Stage, stage
from dispersion.study.selections import Chosen, Method
from dispersion.study.task import digest_of

if TYPE_CHECKING:
    from pruning import Calibration, FilterLayer
    from pruning.criteria import Indices
    from pruning.variants import Variant

Kept = dict[str, NDArray[np.intp]]


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
    from pruning.dry_run import dry_run
    from pruning.variants import variant

    known = [name for name in criteria if not criteria[name].solver_too]
    found: list[str] = []
    for text in methods:
        name, colon, _ = text.partition(":")
        if name in criteria and criteria[name].solver_too:
            raise InputError(f"{name} is a matter of solvers here; leave it to --solvers.")
        if text == ALL:
            found += [one for one in known if images or not criteria[one].needs_images]
        elif name not in known:
            raise UnknownNameError("method", name, known if colon else [*known, ALL])
        else:
            needs_images = dry_run(text) if colon else criteria[name].needs_images
            if needs_images and not images:
                raise InputError(
                    f"{text} looks at images, and there are none; leave it out, or give --data."
                )
            found.append(text)
    return [variant(text) for text in dict.fromkeys(found)]


@dataclass(frozen=True)
class _Run:
    """A criterion with a seed, and what it is known to keep, by keep ratio."""

    variant: Variant
    seed: int
    known: dict[float, Kept]

    def method(self, share: float) -> Method:
        """What it is called at a keep ratio."""
        return Method(self.variant.text, share, None, self.seed)


def chosen_by_criteria(
    session: CommandSession,
    layers: Sequence[FilterLayer],
    sizes: Mapping[float, Counts],
    variants: Sequence[Variant],
    conditions: Mapping[str, object],
    calibration: Calibration | None,
) -> tuple[Chosen, list[str]]:
    """Ask every criterion what it keeps of every layer; one that draws by chance with several seeds.

    What is in the journal already, under equal `conditions`, is not worked out again; the rest is
    written down criterion by criterion.

    Returns
    -------
    dict, list of str
        What each keeps, and which failed on which layer: that costs only its own rows.
    """
    chosen: Chosen = {}
    faults: list[str] = []
    study_log = session.store.study_log
    digests = {share: digest_of({**conditions, "filters": sizes[share]}) for share in sizes}
    points = {layer.name: len(layer.points) for layer in layers}
    runs = [
        _Run(one, seed, _known(session, one, seed, sizes, digests, points))
        for one in variants
        for seed in session.options.seeds(one.draws)
    ]
    if known := sum(len(run.known) for run in runs):
        asked = len(runs) * len(sizes)
        session.say(f"{known} of {asked} choices of criteria are in {session.store.folder} already")
    left = sum(len(run.known) < len(sizes) for run in runs)
    with (
        session.interruptible(),
        session.timed("score"),
        stage("choosing by criteria", len(layers) * left, session.console) as progress,
    ):
        for run in runs:
            by_share, failed = _choose(run, layers, sizes, calibration, progress)
            faults += failed
            for share, kept in by_share.items():
                method = run.method(share)
                chosen[method] = kept
                lists = {name: kept[name].tolist() for name in kept}
                record = SelectionEntry(str(method), lists, digests[share])
                session.keep(partial(study_log.keep_selection, record))
    return chosen, faults


def _known(
    session: CommandSession,
    variant: Variant,
    seed: int,
    sizes: Mapping[float, Counts],
    digests: Mapping[float, str],
    points: Mapping[str, int],
) -> dict[float, Kept]:
    """What the journal has, by keep ratio; an answer for too few layers or filters is none."""
    found: dict[float, Kept] = {}
    for share, counts in sizes.items():
        name = str(Method(variant.text, share, None, seed))
        record = session.store.study_log.entries.selections.get(name)
        if not record or record.conditions != digests[share]:
            continue
        if record.kept.keys() == counts.keys() and all(
            len(record.kept[layer]) == counts[layer]
            and max(record.kept[layer], default=0) < points[layer]
            for layer in counts
        ):
            found[share] = {layer: np.array(record.kept[layer], dtype=np.intp) for layer in counts}
    return found


def _choose(
    run: _Run,
    layers: Sequence[FilterLayer],
    sizes: Mapping[float, Counts],
    calibration: Calibration | None,
    progress: Stage,
) -> tuple[dict[float, Kept], list[str]]:
    """What a criterion keeps at every keep ratio, if it answers anywhere; and where it failed."""
    by_share: dict[float, Kept] = {share: run.known.get(share, {}) for share in sizes}
    faults: list[str] = []
    wanted = [share for share in sizes if share not in run.known]
    for layer in layers if wanted else ():  # in forward order, as calibration likes it
        counts = [sizes[share][layer.name] for share in wanted]
        try:
            kept = _kept(layer, counts, run.variant, seed=run.seed, calibration=calibration)
            for share, indices in zip(wanted, kept, strict=True):
                by_share[share][layer.name] = indices
        except Exception as error:  # whatever a criterion meets in one layer
            faults.append(f"{run.variant.text} on {layer.name}: {type(error).__name__}: {error}")
        progress.step(f"{run.variant.text} on {layer.name}")
    return {share: kept for share, kept in by_share.items() if kept}, faults


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
