"""Networks pruned as every method says, and tested; what was tested before is not tested again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dispersion.compare.conditions import conditions_of
from dispersion.compare.rows import accuracy_rows, network_row
from dispersion.study.options import NetworkOptions
from dispersion.study.progress import Stage, duration, stage
from dispersion.study.records import NetworkRecord
from dispersion.study.selections import Chosen, Method
from dispersion.study.session import Session
from dispersion.study.tasks import NetworkRow, digest_of

if TYPE_CHECKING:
    from pruning import Network
    from pruning.evaluation import Evaluation, Exam
    from pruning.training import Headway

Kept = Mapping[str, NDArray[np.intp]]


def evaluate_stage(
    session: Session,
    subject: NetworkOptions,
    network: Network,
    exam: Exam | None,
    chosen: Chosen,
    faults: list[str],
) -> list[NetworkRow]:
    """Measure the unpruned network, then that of every method, writing down each as it is done.

    What fails is added to `faults`.
    """
    records: list[NetworkRecord] = []
    ledger = session.store.ledger
    conditions = _conditions(session, subject, network)
    test = _examiner(session, subject, network, exam)
    unpruned = Method("unpruned", 1.0, None, session.options.limits.seed)
    with (
        session.interruptible(),
        session.timed("evaluate"),
        stage("pruning and testing", len(chosen) + 1, session.console) as progress,
    ):
        for place, (method, kept) in enumerate({unpruned: {}, **chosen}.items()):
            key = digest_of({name: kept[name].tolist() for name in kept})
            progress.begin(method, f"{method}:")
            try:
                ledger.refresh()  # another process may have tested it
                record = ledger.records.tested(conditions, key)
                if record is None:
                    found = test(kept, watch=partial(_tell, progress, method))
                    row = network_row(network.name, method, found)
                    accuracies = accuracy_rows(network.name, method, found)
                    record = NetworkRecord(key, conditions, place, row, accuracies)
                records.append(record.by(method, place))
                session.keep(lambda: ledger.keep_network(records[-1]))
                ledger.records.add_network(records[-1])  # known even if it could not be written
            except Exception as error:  # a network that cannot be pruned costs a row, not the study
                faults.append(f"{method}: not evaluated: {type(error).__name__}: {error}")
            _write(session, records)
            progress.step(str(method), key=method)
    return [record.row for record in records]


def _examiner(
    session: Session, subject: NetworkOptions, network: Network, exam: Exam | None
) -> Callable[..., Evaluation]:
    """What prunes a network and tests it: ``test(kept, watch=callable)``."""
    from pruning.evaluation import evaluate
    from pruning.training import Schedule

    schedule = Schedule.fine_tuning(subject.epochs, seed=session.options.limits.seed)
    return lambda kept, watch: evaluate(
        network,
        kept,
        exam,
        recoveries=subject.recover,
        schedule=schedule,
        timed=subject.latency and bool(kept),
        watch=watch,
    )


def _tell(progress: Stage, method: Method, headway: Headway) -> None:
    """Say how far a fine-tuning is, which takes minutes to hours."""
    progress.tell(
        method,
        f"fine-tuning, epoch {headway.epoch}/{headway.epochs}, {headway.images:,} of "
        f"{headway.of:,} images, loss {headway.loss:.4f}, about {duration(headway.seconds_left)} left",
    )


def _conditions(session: Session, subject: NetworkOptions, network: Network) -> str:
    """Hash of all that decides what a test of given filters says."""
    return digest_of(
        {
            **conditions_of(session, subject, network),
            "test images": subject.test_images,
            "recover": subject.recover,
            "epochs": subject.epochs,
            "latency": subject.latency,
        }
    )


def _write(session: Session, records: list[NetworkRecord]) -> None:
    store = session.store
    session.keep(lambda: store.networks([record.row for record in records]))
    accuracies = [row for record in records for row in record.accuracies]
    if accuracies:
        session.keep(lambda: store.accuracies(accuracies))
