"""``python -m dispersion.compare``: from a trained network to gap, time and accuracy of every solver.

This is the roof: it wires the rooms together and is imported by none of them.
"""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from dispersion.errors import DispersionError, UnavailableError
from dispersion.instance import Instance
from dispersion.solution import Solution
from dispersion.study.environment import environment
from dispersion.study.judge import Judgement, judge
from dispersion.study.options import Options, parse
from dispersion.study.plots import accuracy_against_keep, gap_against_time
from dispersion.study.progress import stage
from dispersion.study.store import Store
from dispersion.study.tables import print_study
from dispersion.study.tasks import NetworkRow, Task
from dispersion.study.workers import solve_all
from solvers import prepare

if TYPE_CHECKING:
    from pruning import FilterLayer, Network
    from pruning.evaluation import Exam

EXIT_FAULT, EXIT_INPUT, EXIT_INTERRUPTED = 1, 2, 130


@dataclass
class Session:
    """What all stages share: where to speak, where to write, what it took, whether to stop."""

    options: Options
    store: Store
    console: Console
    seconds: dict[str, float] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    interrupted: bool = False

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the wall time of the block to ``seconds[name]``."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Ctrl-C ends the block, not the session: what is finished will be reported."""
        try:
            yield
        except KeyboardInterrupt:
            self.interrupted = True
            self.say("interrupted; keeping what is finished")

    def say(self, text: str) -> None:
        """One plain line for the person at the terminal."""
        self.console.out(text, highlight=False)


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
        base = Instance.from_points(layer.points, 2, options.metric, name=layer.name)
        for keep in options.keep:
            instance = base.with_p(uniform(base.n, keep))
            tasks += [Task(instance, keep, name, options.objective, limits) for name, limits in seeded]
    return tasks


def solve_stage(session: Session, tasks: Sequence[Task]) -> list[tuple[Task, Solution]]:
    """Solve all tasks, in their order; fewer if interrupted."""
    options = session.options
    with session.timed("load engines"):
        for name in options.solvers:
            prepare(name, options.objective)
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


@dataclass(frozen=True, order=True)
class Method:
    """What decides which filters stay: a solver at a keep ratio with a seed."""

    solver: str
    keep: float
    seed: int

    def __str__(self) -> str:
        return f"{self.solver}, keep {self.keep:g}, seed {self.seed}"


Chosen = dict[Method, dict[str, NDArray[np.intp]]]


def selections(solved: Sequence[tuple[Task, Solution]]) -> Chosen:
    """For every method, the kept filters of every layer it has answered."""
    chosen: Chosen = {}
    for task, solution in solved:
        kept = chosen.setdefault(Method(task.solver, task.keep, task.limits.seed), {})
        if solution.selected is not None:
            kept[task.instance.name] = solution.selected
    return chosen


def load_exam(session: Session, network: Network) -> Exam | None:
    """The test and calibration images, or `None` after saying how to get them."""
    from pruning import calibration_images, load_images
    from pruning.evaluation import Exam

    options = session.options
    name = options.data or network.dataset
    if name is None:
        session.say(f"no data: {network.name} names no data set; give --data FOLDER for accuracies")
        return None
    try:
        images = load_images(name)
    except UnavailableError as error:
        session.say(f"no data: {error}")
        return None
    session.digests["images_sha256"] = images.digest
    return Exam(
        images.test[: options.test_images],
        images.test_labels[: options.test_images],
        calibration_images(images, options.calibration_images, options.limits.seed),
    )


def evaluate_stage(session: Session, network: Network, chosen: Chosen, layers: int) -> list[NetworkRow]:
    """Measure the unpruned network, then that of every method that answered every layer."""
    from pruning.evaluation import Evaluation, evaluate

    with session.timed("load images"):
        exam = load_exam(session, network)
    rows: list[NetworkRow] = []
    complete = {method: kept for method, kept in chosen.items() if len(kept) == layers}
    for method in sorted(chosen.keys() - complete.keys()):
        session.say(f"{method} answered too few layers to prune with")
    known: dict[tuple[bytes, ...], Evaluation] = {}  # equal selections make equal networks
    with (
        session.interruptible(),
        session.timed("evaluate"),
        stage("pruning and testing", len(complete) + 1, session.console) as progress,
    ):
        unpruned = Method("unpruned", 1.0, session.options.limits.seed)
        for method, kept in {unpruned: {}, **complete}.items():
            key = tuple(part for name in kept for part in (name.encode(), kept[name].tobytes()))
            if key not in known:
                known[key] = evaluate(network, kept, exam)
            result = dataclasses.asdict(known[key])
            rows.append(NetworkRow(network.name, method.solver, method.keep, method.seed, **result))
            progress.step(str(method))
    return rows


def report(
    session: Session, judgement: Judgement, networks: Sequence[NetworkRow], output: Console
) -> None:
    """Print everything and draw the pictures."""
    options, store = session.options, session.store
    print_study(options.format, judgement.rows, networks, output)
    store.picture("gap-against-time.png", gap_against_time(judgement.rows))
    if len(options.keep) > 1 and any(row.accuracy_bn is not None for row in networks):
        store.picture("accuracy-against-keep.png", accuracy_against_keep(networks))
    for fault in judgement.faults:
        session.say(f"FAIL {fault}")
    if not judgement.faults:
        session.say("no contradictions: every bound holds against every answer")
    session.say(f"results in {store.folder}")


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
    from pruning import filter_layers, load_network, resolve_device, select_layers

    options = session.options
    resolve_device(options.device)
    with session.timed("load network"):
        network = load_network(options.model, options.weights, options.device)
    with session.timed("extract"):
        layers = select_layers(filter_layers(network), options.layers)
    with session.timed("distances"):
        tasks = plan(layers, options)
    record(session, network, "running")
    solved = solve_stage(session, tasks)
    judgement = judge(solved)
    session.store.solves(judgement.rows)
    chosen = selections(solved)
    session.store.record(
        "selections",
        {
            str(method): {name: indices.tolist() for name, indices in kept.items()}
            for method, kept in chosen.items()
        },
    )
    networks: list[NetworkRow] = []
    if not session.interrupted:
        networks = evaluate_stage(session, network, chosen, len(layers))
        session.store.networks(networks)
    report(session, judgement, networks, output)
    outcome = "interrupted" if session.interrupted else "failed" if judgement.faults else "complete"
    record(session, network, outcome)
    return {"complete": 0, "failed": EXIT_FAULT, "interrupted": EXIT_INTERRUPTED}[outcome]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code (see ``--help``)."""
    console = Console(stderr=True)
    output = Console(width=None if sys.stdout.isatty() else 140)
    try:
        options = parse(arguments)
        default = (
            Path("results") / f"{options.model.replace(':', '-')}-{time.strftime('%Y%m%d-%H%M%S')}"
        )
        session = Session(options, Store(options.out or default), console)
        return compare(session, output)
    except DispersionError as error:
        console.print(f"error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        return EXIT_INPUT
    except KeyboardInterrupt:
        console.print("interrupted before anything was finished", style="red")
        return EXIT_INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
