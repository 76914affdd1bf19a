"""``python -m dispersion.compare``: from a trained network to gap, time and accuracy of every solver.

This is the roof: it wires the rooms together and is imported by none of them.
"""

from __future__ import annotations

import dataclasses
import io
import re
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from dispersion.errors import DispersionError, InputError, UnavailableError
from dispersion.instance import Instance
from dispersion.solution import Solution
from dispersion.study.environment import environment
from dispersion.study.judge import judge
from dispersion.study.options import Options, parse
from dispersion.study.plots import accuracy_against_keep, gap_against_time
from dispersion.study.progress import stage
from dispersion.study.selections import Chosen, Method, as_json, selections
from dispersion.study.session import Session
from dispersion.study.store import Store
from dispersion.study.tables import print_study
from dispersion.study.tasks import NetworkRow, SolveRow, Task
from dispersion.study.workers import solve_all
from solvers import prepare

if TYPE_CHECKING:
    from pruning import FilterLayer, Network
    from pruning.evaluation import Exam

EXIT_FAULT, EXIT_INPUT, EXIT_INTERRUPTED = 1, 2, 130


def plan(layers: Sequence[FilterLayer], options: Options) -> list[Task]:
    """Every layer, at every keep ratio, for every solver; distances are computed once a layer."""
    from pruning import uniform

    seeded = [
        (name, replace(options.limits, seed=options.limits.seed + k))
        for name in options.solvers
        for k in range(options.random_seeds if name == "random" else 1)
    ]
    tasks = []
    for layer in layers:
        try:
            base = Instance.from_points(layer.points, 2, options.metric, name=layer.name)
        except InputError as error:
            raise InputError(f"layer {layer.name}: {error}") from error
        for keep in options.keep:
            instance = base.with_p(uniform(base.n, keep))
            tasks += [Task(instance, keep, name, options.objective, limits) for name, limits in seeded]
    return tasks


def solve_stage(session: Session, tasks: Sequence[Task]) -> list[tuple[Task, Solution]]:
    """Solve all tasks, in their order; fewer if interrupted."""
    options = session.options
    with session.timed("load engines"):
        for name in options.solvers:
            try:
                prepare(name, options.objective)
            except Exception as error:  # its solves will fail for the same reason, each with a row
                session.say(f"{name} cannot be loaded: {type(error).__name__}: {error}")
    session.say(
        f"{len(tasks)} solves, {options.jobs} at a time, at most {options.limits.seconds:g} s each "
        f"(engines loaded in {session.seconds['load engines']:.1f} s; compiled kernels are cached)"
    )
    solved: dict[int, Solution] = {}
    with (
        session.interruptible(),
        session.timed("solve"),
        stage("solving", len(tasks), session.console) as progress,
    ):
        for k, solution in solve_all(tasks, options.jobs):
            solved[k] = solution
            progress.step(f"{solution.solver} on {tasks[k].instance.name}: {solution.status.value}")
    return [(tasks[k], solved[k]) for k in sorted(solved)]


def load_exam(session: Session, network: Network) -> Exam | None:
    """The test and calibration images, or `None` after saying how to get them.

    They are loaded before anything is solved, so that images that do not fit cost no results.
    """
    from pruning import accuracy, calibration_images, datasets, load_images
    from pruning.evaluation import Exam

    options = session.options
    name = options.data or network.dataset
    if name is None or (options.data is None and name not in datasets):
        session.say(f"no data: for accuracies of {network.name} give --data FOLDER or --data cifar10")
        return None
    try:
        images = load_images(name)
    except UnavailableError as error:
        session.say(f"no data: {error}")
        return None
    if options.calibration_images > len(images.train):
        raise InputError(
            f"--calibration-images {options.calibration_images} are more than the {len(images.train)} "
            f"training images of {name}; ask for fewer."
        )
    session.digests["images_sha256"] = images.digest
    extremes = [images.test_labels.argmin(), images.test_labels.argmax()]
    accuracy(network, images.test[extremes], images.test_labels[extremes])  # raises unless they fit
    return Exam(
        images.test[: options.test_images],
        images.test_labels[: options.test_images],
        calibration_images(images, options.calibration_images, options.limits.seed),
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
        unpruned = Method("unpruned", 1.0, session.options.limits.seed)
        for method, kept in {unpruned: {}, **chosen}.items():
            key = tuple(part for name in kept for part in (name.encode(), kept[name].tobytes()))
            try:
                if key not in known:
                    known[key] = evaluate(network, kept, exam)
                result = dataclasses.asdict(known[key])
                rows.append(NetworkRow(network.name, method.solver, method.keep, method.seed, **result))
            except Exception as error:  # a network that cannot be pruned costs a row, not the study
                faults.append(f"{method}: not evaluated: {type(error).__name__}: {error}")
            progress.step(str(method))
    return rows


def draw(session: Session, rows: Sequence[SolveRow], networks: Sequence[NetworkRow]) -> None:
    """Draw the pictures that these rows allow."""
    store = session.store
    session.keep(lambda: store.picture("gap-against-time.png", gap_against_time(rows)))
    if len(session.options.keep) > 1 and any(row.accuracy_bn is not None for row in networks):
        session.keep(
            lambda: store.picture("accuracy-against-keep.png", accuracy_against_keep(networks))
        )


def conclude(session: Session, faults: Sequence[str]) -> None:
    """Say what is wrong, or that nothing is, and where the results are."""
    for fault in faults:
        session.say(f"FAIL {fault}")
    if not faults:
        session.say("no contradictions: every bound holds against every answer")
    session.say(f"results in {session.store.folder}{', not all of them' if session.unwritten else ''}")


def record(session: Session, network: Network, outcome: str) -> None:
    """Write ``run.json``: what was asked, of what, where, how long it took, and how it ended."""
    options = dataclasses.asdict(session.options)
    session.store.record(
        "run",
        {
            "outcome": outcome,
            "options": options,
            "network": network.provenance,
            "digests": {"weights_sha256": network.digest, **session.digests},
            "seconds": session.seconds,
            "environment": environment(),
        },
    )


def compare(session: Session, output: Console) -> int:
    """Network -> filters -> distances -> solutions -> pruned networks -> report; the exit code."""
    from pruning import filter_layers, load_network, select_layers

    options, store = session.options, session.store
    with session.timed("load network"):
        network = load_network(options.model, options.weights, options.device)
    with session.timed("extract"):
        layers = select_layers(filter_layers(network), options.layers)
    with session.timed("distances"):
        tasks = plan(layers, options)
    with session.timed("load images"):
        exam = load_exam(session, network)
    record(session, network, "running")
    solved = solve_stage(session, tasks)
    judgement = judge(solved)
    session.keep(lambda: store.solves(judgement.rows))
    chosen = selections(solved)
    session.keep(lambda: store.record("selections", as_json(chosen)))
    networks: list[NetworkRow] = []
    if not session.interrupted:
        methods = {method: kept for method, kept in chosen.items() if len(kept) == len(layers)}
        for method in sorted(chosen.keys() - methods.keys()):
            session.say(f"{method} answered too few layers to prune with")
        networks = evaluate_stage(session, network, exam, methods, judgement.faults)
        session.keep(lambda: store.networks(networks))
    draw(session, judgement.rows, networks)
    outcome = "interrupted" if session.interrupted else "failed" if judgement.faults else "complete"
    session.keep(lambda: record(session, network, outcome))
    print_study(options.format, judgement.rows, networks, output)
    conclude(session, judgement.faults)
    code = {"complete": 0, "failed": EXIT_FAULT, "interrupted": EXIT_INTERRUPTED}[outcome]
    return EXIT_INPUT if code == 0 and session.unwritten else code


def default_folder(model: str) -> Path:
    """Where results go unless told: named by the model and the time."""
    return Path("results") / f"{re.sub(r'[^A-Za-z0-9_]+', '-', model)}-{time.strftime('%Y%m%d-%H%M%S')}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code (see ``--help``)."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a narrow encoding costs a character, not the table
    console = Console(stderr=True)
    terminal = sys.stdout is not None and sys.stdout.isatty()
    output = Console(width=None if terminal else 250)  # tables take what they need
    try:
        options = parse(arguments)
        with closing(Store(options.out or default_folder(options.model))) as store:
            return compare(Session(options, store, console), output)
    except (DispersionError, OSError) as error:  # OSError: a file that the system refuses
        console.print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        return EXIT_INPUT
    except KeyboardInterrupt:
        console.print("interrupted; files already written are whole", style="red")
        return EXIT_INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
