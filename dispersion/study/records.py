"""What the journal of a study says: solves, criteria's selections and tested networks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from dispersion.solution import Solution, Status
from dispersion.study import entries
from dispersion.study.entries import row_of
from dispersion.study.journal import Record
from dispersion.study.selections import Method
from dispersion.study.tasks import KILLED, AccuracyRow, NetworkRow, SolveRow, TraceRow
from dispersion.version import __version__


@dataclass(frozen=True, eq=False)
class SolveRecord:
    """A finished solve: its row, the answer itself, and its place among the tasks of the study."""

    row: SolveRow
    solution: Solution
    place: int
    version: str = __version__  #: of this package

    def as_json(self) -> Record:
        """A line of the journal, from which `of_json` makes an equal record."""
        solution = self.solution
        return {
            "kind": "solve",
            "version": self.version,
            "place": self.place,
            "row": dataclasses.asdict(self.row),
            "selected": None if solution.selected is None else solution.selected.tolist(),
            "refutations": [list(dataclasses.astuple(one)) for one in solution.refutations],
            "trace": [list(dataclasses.astuple(point)) for point in solution.trace],
        }

    @classmethod
    def of_json(cls, content: Record) -> SolveRecord:
        """Read a line of the journal; `UnfitError` if no study writes such a one."""
        row = row_of(SolveRow, content.get("row"))
        selected = entries.selection_of(row, content.get("selected"))
        solution = Solution(
            solver=row.solver,
            objective_name=row.objective_name,
            instance_digest=row.instance_digest,
            seed=row.seed,
            selected=None if selected is None else np.array(selected, dtype=np.intp),
            objective=row.objective,
            bound=row.bound,
            status=Status(row.status),
            build_seconds=row.build_seconds,
            solve_seconds=row.solve_seconds,
            trace=entries.trace_of(content.get("trace")),
            message=row.message,
            refutations=entries.refutations_of(content.get("refutations")),
        )
        place = entries.whole("place", content.get("place"))
        return cls(row, solution, place, entries.text("version", content.get("version")))

    @property
    def named(self) -> Named:
        """What tells it from the others."""
        return Named(self.row.key, self.row.instance, self.row.keep)

    @property
    def failed(self) -> bool:
        """Whether it gave no answer of its own: an error, or it had to be killed."""
        return self.solution.status is Status.ERROR or self.solution.message.startswith(KILLED)

    @property
    def trace_rows(self) -> list[TraceRow]:
        """Its lines in ``traces.csv``."""
        row = self.row
        about = (row.key, row.instance, row.n, row.p, row.solver, row.seed)
        return [TraceRow(*about, one.seconds, one.objective, one.bound) for one in self.solution.trace]


@dataclass(frozen=True)
class NetworkRecord:
    """A tested network.

    Attributes
    ----------
    key, conditions : str
        Hashes of the filters it keeps, and of the network with how it was tested; what was tested under
        different conditions is not compared.
    place : int
        Its place among the networks of the study.
    row, accuracies
        Its lines in ``networks.csv`` and ``accuracies.csv``.
    faults : sequence of str
        Why repairs failed, which have no accuracy then; it is to be tested again.
    """

    key: str
    conditions: str
    place: int
    row: NetworkRow
    accuracies: Sequence[AccuracyRow]
    faults: Sequence[str] = ()

    def by(self, method: Method, place: int) -> NetworkRecord:
        """The same network as another method would have it, which keeps the same filters."""
        solver, keep, seed = method.solver, method.keep, method.seed
        assert keep is not None
        row = replace(self.row, method=solver, keep=keep, seed=seed)
        accuracies = [replace(one, method=solver, keep=keep, seed=seed) for one in self.accuracies]
        return replace(self, place=place, row=row, accuracies=accuracies)

    def as_json(self) -> Record:
        """A line of the journal."""
        return {"kind": "network", **dataclasses.asdict(self), "faults": list(self.faults)}

    @classmethod
    def of_json(cls, content: Record) -> NetworkRecord:
        """Read a line of the journal; `UnfitError` if no study writes such a one."""
        found = entries.items("accuracies", content.get("accuracies"))
        faults = entries.items("faults", content.get("faults", []))
        return cls(
            key=entries.text("key", content.get("key")),
            conditions=entries.text("conditions", content.get("conditions")),
            place=entries.whole("place", content.get("place")),
            row=row_of(NetworkRow, content.get("row")),
            accuracies=[row_of(AccuracyRow, one) for one in found],
            faults=tuple(entries.text("faults", one) for one in faults),
        )


@dataclass(frozen=True)
class SelectionRecord:
    """What a criterion that solves nothing keeps.

    Attributes
    ----------
    method : str
        Criterion, keep ratio and seed (`str` of a `Method`).
    kept : dict of str to list of int
        By layer, the filters that stay.
    conditions : str or None
        Hash of all that decides it; `None` if that was not written down.
    """

    method: str
    kept: dict[str, list[int]]
    conditions: str | None = None

    def as_json(self) -> Record:
        """A line of the journal."""
        return {"kind": "selection", **dataclasses.asdict(self)}

    @classmethod
    def of_json(cls, content: Record) -> SelectionRecord:
        """Read a line of the journal; `UnfitError` if no study writes such a one."""
        method = entries.text("method", content.get("method"))
        lists = entries.mapping("kept", content.get("kept"))
        kept = {layer: entries.points("kept", lists[layer]) for layer in lists}
        conditions = content.get("conditions")
        return cls(method, kept, None if conditions is None else entries.text("conditions", conditions))


class Named(NamedTuple):
    """What tells the solves of one study apart; those with equal keys have equal answers."""

    key: str
    instance: str
    keep: float | None


@dataclass(frozen=True)
class SessionRecord:
    """That a study was begun or gone on with, and where."""

    environment: dict[str, Any]

    @classmethod
    def of_json(cls, content: Record) -> SessionRecord:
        """Read a line of the journal; `UnfitError` if no study writes such a one."""
        return cls(entries.mapping("environment", content.get("environment")))


Entry = SolveRecord | NetworkRecord | SelectionRecord | SessionRecord
_KINDS: dict[str, type[Entry]] = {
    "solve": SolveRecord,
    "network": NetworkRecord,
    "selection": SelectionRecord,
    "session": SessionRecord,
}


def entry_of(content: Record) -> Entry | None:
    """What a line of a journal says; `None` if it is of a kind that only another version knows.

    Raises
    ------
    UnfitError
        No study writes such a line.
    """
    kind = _KINDS.get(entries.text("kind", content.get("kind")))
    return None if kind is None else kind.of_json(content)


@dataclass
class Records:
    """All that a journal says; where it says a thing twice, the later is meant.

    Attributes
    ----------
    solves : dict of Named to SolveRecord
        Every finished solve.
    answers : dict of str to SolveRecord
        By key, the latest of the solves that have it.
    networks : dict of str to dict
        By conditions, then by method, keep ratio and seed, every tested network.
    conditions : str or None
        Those of the network that was tested last.
    selections : dict of str to SelectionRecord
        By method, what criteria that solve nothing keep.
    environment : dict
        Where and with what the study went on last; empty before it has begun.
    """

    solves: dict[Named, SolveRecord] = field(default_factory=dict)
    answers: dict[str, SolveRecord] = field(default_factory=dict)
    networks: dict[str, dict[tuple[str, float, int], NetworkRecord]] = field(default_factory=dict)
    conditions: str | None = None
    selections: dict[str, SelectionRecord] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)

    def add(self, contents: Iterable[Record]) -> None:
        """Take in lines of the journal, which reads no others than `entry_of` takes."""
        for content in contents:
            match entry_of(content):
                case SolveRecord() as solve:
                    self.add_solve(solve)
                case NetworkRecord() as network:
                    self.add_network(network)
                case SelectionRecord() as selection:
                    self.selections[selection.method] = selection
                case SessionRecord(environment):
                    self.environment = environment

    def add_solve(self, record: SolveRecord) -> None:
        """Take in a finished solve."""
        self.solves[record.named] = self.answers[record.row.key] = record

    def add_network(self, record: NetworkRecord) -> None:
        """Take in a tested network."""
        row = record.row
        self.networks.setdefault(record.conditions, {})[row.method, row.keep, row.seed] = record
        self.conditions = record.conditions

    def solves_in_order(self) -> list[SolveRecord]:
        """Every finished solve, as the tables have them."""
        return sorted(self.solves.values(), key=lambda record: record.place)

    def tested(self, conditions: str, key: str) -> NetworkRecord | None:
        """A network that keeps these filters and was tested so, without faults, if there is one."""
        known = self.networks.get(conditions, {}).values()
        return next((record for record in known if record.key == key and not record.faults), None)

    def networks_in_order(self) -> list[NetworkRecord]:
        """The networks that were tested as the last one was, as the tables have them."""
        found = self.networks.get(self.conditions or "", {})
        return sorted(found.values(), key=lambda record: record.place)
