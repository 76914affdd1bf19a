"""Networks pruned as every method says, and tested; what was tested before is not tested again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dispersion.compare.cli.options import NetworkOptions
from dispersion.compare.conditions import conditions_of
from dispersion.compare.network_rows import accuracy_rows, network_row
from dispersion.compare.session import CommandSession
from dispersion.study.execution.pending import in_turn
from dispersion.study.folder.journal_entries import NetworkEntry
from dispersion.study.progress import Stage, stage
from dispersion.study.rows import NetworkRow
from dispersion.study.selections import Chosen, Method
from dispersion.study.task import digest_of
from dispersion.terminal.printable import duration

if TYPE_CHECKING:
    from pruning import Network
    from pruning.evaluation import Evaluation, EvaluationData
    from pruning.training import TrainingProgress

Kept = Mapping[str, NDArray[np.intp]]


def evaluate_stage(
    session: CommandSession,
    subject: NetworkOptions,
    network: Network,
    data: EvaluationData | None,
    chosen: Chosen,
) -> tuple[list[NetworkRow], list[str]]:
    """Measure the unpruned network, then that of every method, writing down each as it is done.

    Several processes on one folder share the work.

    Returns
    -------
    list of NetworkRow, list of str
        One row per network, and what failed, a sentence each.
    """
    testing = _Testing(session, network, _conditions(session, subject, network, data))
    test = _examiner(session, subject, network, data)
    methods = {Method("unpruned", 1.0, None, session.options.limits.seed): {}, **chosen}
    networks = [_Pruned(place, method, methods[method]) for place, method in enumerate(methods)]
    with (
        session.interruptible(),
        session.timed("evaluate"),
        stage("pruning and testing", len(networks), session.console) as progress,
    ):
        work = [(digest_of({"of": testing.conditions, "kept": one.key}), one) for one in networks]
        for one in in_turn(session.store.study_log.locks, work):
            progress.begin(one.method, f"{one.method}:")
            tell = partial(_tell, progress, one.method)
            tested = testing.enter(one, partial(test, watch=tell, checkpoint=testing.checkpoint(one)))
            progress.step(str(one.method), key=one.method, worked=tested)
    return [record.row for record in testing.in_order()], testing.faults


@dataclass(frozen=True, eq=False)
class _Pruned:
    """A network to be tested: what a method keeps, and its place among the rows."""

    place: int
    method: Method
    kept: Kept

    @property
    def key(self) -> str:
        """Hash of the filters it keeps."""
        return digest_of({name: self.kept[name].tolist() for name in self.kept})


@dataclass
class _Testing:
    """The networks tested so far, under equal conditions, each written down at once."""

    session: CommandSession
    network: Network
    conditions: str
    records: dict[int, NetworkEntry] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def enter(self, one: _Pruned, test: Callable[[Kept], Evaluation]) -> bool:
        """Test a network, unless that was done before or by another process; whether it had to be."""
        study_log, known = self.session.store.study_log, None
        try:
            study_log.refresh()
            known = study_log.entries.tested(self.conditions, one.key)
            record = (known or self._record(one, test(one.kept))).by(one.method, one.place)
            self.records[one.place] = record
            self.faults += [f"{one.method}: {fault}" for fault in record.faults]
            self._keep(one, record)
        except Exception as error:  # a network that cannot be pruned costs a row, not the study
            self.faults.append(f"{one.method}: not evaluated: {type(error).__name__}: {error}")
        self._write()
        return known is None

    def checkpoint(self, one: _Pruned) -> Callable[[Network], Path] | None:
        """Where a fine-tuning keeps its epochs until the network is written down."""
        if self.session.unwritten:
            return None
        stem = self._stem(one)
        return lambda start: self.session.store.folder / f"{stem}{start.digest[:16]}.checkpoint"

    def _stem(self, one: _Pruned) -> str:
        return f"fine-tuning-{digest_of({'of': self.conditions, 'kept': one.key})[:16]}-"

    def _keep(self, one: _Pruned, record: NetworkEntry) -> None:
        study_log = self.session.store.study_log
        self.session.keep(lambda: study_log.keep_network(record))
        study_log.entries.add_network(record)  # known even if it could not be written
        if not self.session.unwritten and not record.faults:
            for left in self.session.store.folder.glob(f"{self._stem(one)}*"):
                left.unlink(missing_ok=True)

    def in_order(self) -> list[NetworkEntry]:
        """As the tables have them."""
        return [self.records[place] for place in sorted(self.records)]

    def _record(self, one: _Pruned, found: Evaluation) -> NetworkEntry:
        row = network_row(self.network.name, one.method, found)
        accuracies = accuracy_rows(self.network.name, one.method, found)
        return NetworkEntry(one.key, self.conditions, one.place, row, accuracies, found.faults)

    def _write(self) -> None:
        store, records = self.session.store, self.in_order()
        self.session.keep(lambda: store.write_networks([record.row for record in records]))
        accuracies = [row for record in records for row in record.accuracies]
        if accuracies:
            self.session.keep(lambda: store.write_accuracies(accuracies))


def _examiner(
    session: CommandSession, subject: NetworkOptions, network: Network, data: EvaluationData | None
) -> Callable[..., Evaluation]:
    """What prunes a network and tests it: ``test(kept, watch=callable, checkpoint=callable)``."""
    from pruning.evaluation import evaluate
    from pruning.training import Schedule

    seed = session.options.limits.seed
    schedule = Schedule.fine_tuning(subject.epochs, rate=subject.lr, seed=seed)
    return lambda kept, watch, checkpoint: evaluate(
        network,
        kept,
        data,
        recoveries=subject.recover,
        schedule=schedule,
        timed=subject.latency and bool(kept),
        watch=watch,
        checkpoint=checkpoint,
    )


def _tell(progress: Stage, method: Method, headway: TrainingProgress) -> None:
    """Say how far a fine-tuning is, which takes minutes to hours."""
    progress.tell(
        method,
        f"fine-tuning, epoch {headway.epoch}/{headway.epochs}, {headway.images:,} of "
        f"{headway.of:,} images, loss {headway.loss:.4f}, about {duration(headway.seconds_left)} left",
    )


def _conditions(
    session: CommandSession,
    subject: NetworkOptions,
    network: Network,
    data: EvaluationData | None,
) -> str:
    """Hash of all that decides what a test of given filters says."""
    from pruning.repair.recoveries import in_order

    tuned = subject.epochs, subject.lr, subject.train_images
    trains = any(recovery.trains for recovery in in_order(subject.recover))
    return digest_of(
        {
            **conditions_of(session, subject, network),
            "test images": None if data is None else len(data.images),
            "recover": sorted(subject.recover),
            "fine-tuning": tuned if trains else None,
            "latency": subject.latency,
        }
    )
