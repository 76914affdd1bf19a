"""Solvers on the filters of a trained network, and what their choices are worth as a pruned network.

Everything of `pruning`, and with it torch, is imported when it is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from dispersion.compare.conditions import conditions_of
from dispersion.compare.criteria import chosen_by_criteria, named
from dispersion.compare.exam import load_exam
from dispersion.compare.sizes import Counts, budgets, counts
from dispersion.compare.testing import evaluate_stage
from dispersion.errors import InputError
from dispersion.instance import Instance
from dispersion.study.embedding import keep_layers
from dispersion.study.options import NetworkOptions, Options
from dispersion.study.selections import Method, as_json
from dispersion.study.session import Session
from dispersion.study.stages import finish, solve_and_judge
from dispersion.study.tasks import NetworkRow, Task

if TYPE_CHECKING:
    from pruning import FilterLayer


def plan(
    layers: Sequence[FilterLayer],
    sizes: Mapping[float, Counts],
    subject: NetworkOptions,
    options: Options,
) -> list[Task]:
    """Every layer, at every keep ratio, for every solver; distances are computed once a layer."""
    tasks = []
    for layer in layers:
        try:
            base = Instance.from_points(layer.points, 2, subject.metric, name=layer.name)
        except InputError as error:
            raise InputError(f"layer {layer.name}: {error}") from error
        for keep, kept in sizes.items():
            instance = base.with_p(kept[layer.name])
            tasks += [
                Task(instance, keep, name, options.objective, limits, options.memory)
                for name, limits in options.seeded()
            ]
    return tasks


def compare_networks(session: Session, subject: NetworkOptions, output: Console) -> int:
    """Network -> filters -> distances -> solutions -> pruned networks -> report; the exit code."""
    from pruning import filter_layers, load_network, select_layers
    from pruning.spaces import in_space, spaces

    named(subject.methods)  # raises before anything is loaded, as do these two
    budgets(subject)
    needs_images = spaces[subject.space].needs_images
    with session.timed("load network"):
        network = load_network(subject.model, subject.weights, subject.device)
    session.about["network"] = network.provenance
    session.digests["weights_sha256"] = network.digest
    with session.timed("extract"):
        prunable = filter_layers(network)
        layers = select_layers(prunable, subject.layers)
    with session.timed("load images"):
        exam = load_exam(session, subject, network)
    if exam is None and needs_images:
        raise InputError(f"--space {subject.space} looks at images, and there are none; give --data.")
    calibration = None if exam is None else exam.calibration
    names = named(subject.methods, exam is not None)
    seed = session.options.limits.seed
    with session.timed("extract"):
        layers = [
            in_space(layer, subject.space, calibration=calibration, seed=seed) for layer in layers
        ]
        sizes = counts(network, layers, subject, calibration, seed)
    with session.timed("distances"):
        tasks = plan(layers, sizes, subject, session.options)
    session.about["filters kept"] = sizes
    for budget in budgets(subject)[:1]:
        session.say(f"keep is the share of {budget.resource} that remains, within 1 %")
    session.store.ledger.expect_methods(
        str(Method(one.text, share, None, drawn))
        for one in names
        for drawn in session.options.seeds(one.draws)
        for share in sizes
    )
    judgement, chosen = solve_and_judge(session, tasks)
    if names and not session.interrupted:
        conditions = {**conditions_of(session, subject, network), "space": subject.space}
        with session.interruptible(), session.timed("score"):
            chosen_by_criteria(
                session, layers, sizes, names, conditions, calibration, chosen, judgement.faults
            )
        session.keep(lambda: session.store.record("selections", as_json(chosen)))
    networks: list[NetworkRow] = []
    if not session.interrupted:
        methods = {method: found for method, found in chosen.items() if len(found) == len(layers)}
        for method in sorted(chosen.keys() - methods.keys()):
            session.say(f"{method} answered too few layers to prune with")
        networks = evaluate_stage(session, subject, network, exam, methods, judgement.faults)
    first = prunable[0]
    session.keep(
        lambda: keep_layers(session.store, (t.instance for t in tasks), first.name, first.kernels[0])
    )
    return finish(session, judgement, networks, output)
