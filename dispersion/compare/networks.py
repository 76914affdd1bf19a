"""Solvers on the filters of a trained network, and what their choices are worth as a pruned network.

Everything of `pruning`, and with it torch, is imported when it is needed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console

from dispersion.compare.cli.options import NetworkOptions, Options
from dispersion.compare.cli.subjects import filters_of
from dispersion.compare.conditions import conditions_of
from dispersion.compare.criteria import chosen_by_criteria, named
from dispersion.compare.evaluating import evaluate_stage
from dispersion.compare.evaluation_data import load_evaluation_data
from dispersion.compare.session import CommandSession
from dispersion.compare.sizes import Counts, budgets, counts
from dispersion.compare.stages import finish, solve_and_check
from dispersion.errors import InputError
from dispersion.instance import Instance
from dispersion.study.folder.layers import keep_layers
from dispersion.study.rows import NetworkRow
from dispersion.study.selections import Chosen, Method, as_json
from dispersion.study.task import Task

if TYPE_CHECKING:
    from pruning import Calibration, FilterLayer, Network
    from pruning.variants import Variant


_TOLD = 5  # layers that are left out, on the terminal


def plan(
    layers: Sequence[FilterLayer],
    sizes: Mapping[float, Counts],
    subject: NetworkOptions,
    options: Options,
) -> list[Task]:
    """Every layer, at every keep ratio, for every solver; distances are computed once a layer."""
    tasks: list[Task] = []
    for layer in layers:
        base = _instance(layer, subject.metric)
        for keep, kept in sizes.items():
            asked = base.with_p(kept[layer.name])
            tasks += options.tasks_of(_with_fixed(asked, layer), keep)
    return tasks


def plan_packing(
    layers: Sequence[FilterLayer], subject: NetworkOptions, options: Options
) -> list[Task]:
    """Every layer, at every distance of ``--at-least``, for every solver."""
    tasks: list[Task] = []
    for layer in layers:
        base = _instance(layer, subject.metric)
        for distance in options.at_least:
            tasks += options.tasks_of(_with_fixed(base.with_at_least(distance), layer))
    return tasks


def _compare_packings(
    session: CommandSession, subject: NetworkOptions, layers: Sequence[FilterLayer], output: Console
) -> int:
    """Filters -> distances -> solutions -> report; nothing is pruned, as solvers differ in how many."""
    with session.timed("distances"):
        tasks = plan_packing(layers, subject, session.options)
    return finish(session, solve_and_check(session, tasks).checked, [], output)


def _instance(layer: FilterLayer, metric: str) -> Instance:
    try:
        return Instance.from_points(layer.points, 2, metric, name=layer.name)
    except InputError as error:
        raise InputError(f"layer {layer.name}: {error}") from error


def _with_fixed(instance: Instance, layer: FilterLayer) -> Instance:
    """With the filters of the layer that must stay or go."""
    try:
        return instance.with_fixed(layer.required, layer.excluded)
    except InputError as error:
        raise InputError(f"layer {layer.name}: {error}") from error


def compare_networks(session: CommandSession, subject: NetworkOptions, output: Console) -> int:
    """Network -> filters -> distances -> solutions -> pruned networks -> report; the exit code."""
    from pruning import filter_layers, fixed_filters, select_layers
    from pruning.repair.recoveries import in_order
    from pruning.spaces import spaces

    named(subject.methods)  # raises before anything is loaded, as do these three
    budgets(subject)
    in_order(subject.recover)
    needs_images = spaces[subject.space].needs_images
    network = _loaded(session, subject)
    with session.timed("extract"):
        prunable = filter_layers(network)
        layers = select_layers(prunable, subject.layers)
        layers = fixed_filters(layers, filters_of(subject.stay), filters_of(subject.go))
    _tell_left_out(session, network)
    packing = bool(session.options.at_least)
    with session.timed("load images"):
        skipped = packing and not needs_images
        data = None if skipped else load_evaluation_data(session, subject, network)
    if data is None and needs_images:
        raise InputError(f"--space {subject.space} looks at images, and there are none; give --data.")
    methods = _heeding(session, subject, named(subject.methods, data is not None))
    calibration = None if data is None else data.calibration
    with session.timed("extract"):
        layers = _seen(session, subject, layers, calibration)
    if packing:
        return _compare_packings(session, subject, layers, output)
    with session.timed("extract"):
        sizes = _sizes(session, subject, network, layers, calibration)
    with session.timed("distances"):
        tasks = plan(layers, sizes, subject, session.options)
    _expect(session, methods, sizes)
    answers = solve_and_check(session, tasks)
    chosen, faults = answers.chosen, answers.checked.faults
    if methods and not session.interrupted:
        conditions = {**conditions_of(session, subject, network), "space": subject.space}
        if subject.stay or subject.go:
            conditions |= {"stay": subject.stay, "go": subject.go}
        more, failed = chosen_by_criteria(session, layers, sizes, methods, conditions, calibration)
        chosen, faults = {**chosen, **more}, faults + failed
        session.keep(lambda: session.store.write_json("selections", as_json(chosen)))
    networks: list[NetworkRow] = []
    if not session.interrupted:
        whole = _whole(session, chosen, layers)
        networks, failed = evaluate_stage(session, subject, network, data, whole)
        faults = faults + failed
    first = prunable[0]
    session.keep(
        lambda: keep_layers(session.store, (t.instance for t in tasks), first.name, first.kernels[0])
    )
    return finish(session, replace(answers.checked, faults=faults), networks, output)


def _loaded(session: CommandSession, subject: NetworkOptions) -> Network:
    from pruning import load_network

    with session.timed("load network"):
        network = load_network(subject.model, subject.weights, subject.device)
    session.about["network"] = network.provenance
    if subject.weights is not None and network.provenance != f"the user's {subject.weights}":
        session.say(f"{network.name}: {network.provenance}")  # only some of the file was taken
    session.digests["weights_sha256"] = network.digest
    return network


def _tell_left_out(session: CommandSession, network: Network) -> None:
    """Say which layers cannot be pruned, and why; the report lists them all."""
    from pruning import survey

    reasons = {one.layer: one.reason for one in survey(network).left_out}
    if not reasons:
        return
    session.about["layers left out"] = reasons
    for layer, reason in list(reasons.items())[:_TOLD]:
        session.say(f"not pruned: layer {layer} {reason}")
    if len(reasons) > _TOLD:
        session.say(f"not pruned: {len(reasons) - _TOLD} more layers; report.html and run.json say why")


def _seen(
    session: CommandSession,
    subject: NetworkOptions,
    layers: Sequence[FilterLayer],
    calibration: Calibration | None,
) -> list[FilterLayer]:
    """The layers in the space that was asked for."""
    from pruning.spaces import in_space

    seed = session.options.limits.seed
    return [in_space(one, subject.space, calibration=calibration, seed=seed) for one in layers]


def _heeding(
    session: CommandSession, subject: NetworkOptions, methods: Sequence[Variant]
) -> list[Variant]:
    """The criteria that can be told which filters stay or go; all if none is told."""
    from pruning.criteria import criteria

    if not (subject.stay or subject.go):
        return list(methods)
    heeding = [one for one in methods if criteria[one.criterion].can_heed_fixed]
    for one in methods:
        if one not in heeding:
            session.say(
                f"{one.text} is skipped: it selects a set as a whole, and cannot be told which filters "
                "stay or go",
                logging.WARNING,
            )
    return heeding


def _sizes(
    session: CommandSession,
    subject: NetworkOptions,
    network: Network,
    layers: Sequence[FilterLayer],
    calibration: Calibration | None,
) -> dict[float, Counts]:
    """How many filters each of the layers keeps, by keep ratio or share of the budget."""
    sizes = counts(network, layers, subject, calibration, session.options.limits.seed)
    session.about["filters kept"] = sizes
    for budget in budgets(subject)[:1]:
        session.say(f"keep is the share of {budget.resource} that remains, within 1 %")
    return sizes


def _expect(session: CommandSession, methods: Sequence[Variant], shares: Iterable[float]) -> None:
    """Tell the journal which choices of criteria belong to this study."""
    session.store.study_log.expect_methods(
        str(Method(one.text, share, None, drawn))
        for one in methods
        for drawn in session.options.seeds(one.draws)
        for share in shares
    )


def _whole(session: CommandSession, chosen: Chosen, layers: Sequence[FilterLayer]) -> Chosen:
    """Those methods that answered for all layers; repeats are about times, the first one prunes."""
    chosen = {method: found for method, found in chosen.items() if not method.repeat}
    whole = {method: found for method, found in chosen.items() if len(found) == len(layers)}
    for method in sorted(chosen.keys() - whole.keys()):
        session.say(f"{method} answered too few layers to prune with")
    return whole
