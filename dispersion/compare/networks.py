"""Solvers on the filters of a trained network, and what their choices are worth as a pruned network.

Everything of `pruning`, and with it torch, is imported when it is needed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from dispersion.compare.criteria import chosen_by_criteria, named
from dispersion.errors import InputError, UnavailableError
from dispersion.instance import Instance
from dispersion.study.options import NetworkOptions, Options
from dispersion.study.progress import stage
from dispersion.study.selections import Chosen, Method, as_json
from dispersion.study.session import Session
from dispersion.study.stages import finish, solve_and_judge
from dispersion.study.tasks import NetworkRow, Task

if TYPE_CHECKING:
    from pruning import FilterLayer, Network
    from pruning.evaluation import Exam


def plan(layers: Sequence[FilterLayer], subject: NetworkOptions, options: Options) -> list[Task]:
    """Every layer, at every keep ratio, for every solver; distances are computed once a layer."""
    from pruning import uniform

    tasks = []
    for layer in layers:
        try:
            base = Instance.from_points(layer.points, 2, subject.metric, name=layer.name)
        except InputError as error:
            raise InputError(f"layer {layer.name}: {error}") from error
        for keep in subject.keep:
            instance = base.with_p(uniform(base.n, keep))
            tasks += [
                Task(instance, keep, name, options.objective, limits)
                for name, limits in options.seeded()
            ]
    return tasks


def load_exam(session: Session, subject: NetworkOptions, network: Network) -> Exam | None:
    """The test and calibration images, or `None` after saying how to get them.

    They are loaded before anything is solved, so that images that do not fit cost no results.
    """
    from pruning import accuracy, calibration_images, datasets, load_images
    from pruning.evaluation import Exam

    name = subject.data or network.dataset
    if name is None or (subject.data is None and name not in datasets):
        fits = network.input_shape == (3, 32, 32) and network.classes == 10
        ways = "--data FOLDER or --data cifar10" if fits else "--data FOLDER"
        session.say(f"no data: for accuracies of {network.name} give {ways}")
        return None
    try:
        images = load_images(name)
    except UnavailableError as error:
        session.say(f"no data: {error}")
        return None
    if subject.calibration_images > len(images.train):
        raise InputError(
            f"--calibration-images {subject.calibration_images} are more than the {len(images.train)} "
            f"training images of {name}; ask for fewer."
        )
    session.digests["images_sha256"] = images.digest
    extremes = [images.test_labels.argmin(), images.test_labels.argmax()]
    accuracy(network, images.test[extremes], images.test_labels[extremes])  # raises unless they fit
    return Exam(
        images.test[: subject.test_images],
        images.test_labels[: subject.test_images],
        calibration_images(images, subject.calibration_images, session.options.limits.seed),
    )


def evaluate_stage(
    session: Session, network: Network, exam: Exam | None, chosen: Chosen, faults: list[str]
) -> list[NetworkRow]:
    """Measure the unpruned network, then that of every method; add to `faults` what fails."""
    from pruning.evaluation import Evaluation, evaluate

    rows: list[NetworkRow] = []
    known: dict[tuple[bytes, ...], Evaluation] = {}  # equal selections make equal networks
    with (
        session.interruptible(),
        session.timed("evaluate"),
        stage("pruning and testing", len(chosen) + 1, session.console) as progress,
    ):
        unpruned = Method("unpruned", 1.0, None, session.options.limits.seed)
        for method, kept in {unpruned: {}, **chosen}.items():
            key = tuple(part for name in kept for part in (name.encode(), kept[name].tobytes()))
            assert method.keep is not None
            try:
                if key not in known:
                    known[key] = evaluate(network, kept, exam)
                result = dataclasses.asdict(known[key])
                rows.append(NetworkRow(network.name, method.solver, method.keep, method.seed, **result))
            except Exception as error:  # a network that cannot be pruned costs a row, not the study
                faults.append(f"{method}: not evaluated: {type(error).__name__}: {error}")
            progress.step(str(method))
    return rows


def compare_networks(session: Session, subject: NetworkOptions, output: Console) -> int:
    """Network -> filters -> distances -> solutions -> pruned networks -> report; the exit code."""
    from pruning import filter_layers, load_network, select_layers

    named(subject.methods)  # raises before anything is loaded
    with session.timed("load network"):
        network = load_network(subject.model, subject.weights, subject.device)
    session.about["network"] = network.provenance
    session.digests["weights_sha256"] = network.digest
    with session.timed("extract"):
        layers = select_layers(filter_layers(network), subject.layers)
    with session.timed("distances"):
        tasks = plan(layers, subject, session.options)
    with session.timed("load images"):
        exam = load_exam(session, subject, network)
    judgement, chosen = solve_and_judge(session, tasks)
    if subject.methods and not session.interrupted:
        with session.timed("score"):
            chosen |= chosen_by_criteria(layers, subject, session.options.limits.seed)
        session.keep(lambda: session.store.record("selections", as_json(chosen)))
    networks: list[NetworkRow] = []
    if not session.interrupted:
        methods = {method: kept for method, kept in chosen.items() if len(kept) == len(layers)}
        for method in sorted(chosen.keys() - methods.keys()):
            session.say(f"{method} answered too few layers to prune with")
        networks = evaluate_stage(session, network, exam, methods, judgement.faults)
        session.keep(lambda: session.store.networks(networks))
    return finish(session, judgement, networks, output)
