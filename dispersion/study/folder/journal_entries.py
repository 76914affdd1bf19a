"""What the journal of a study says: solves, criteria's selections and tested networks."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from dispersion.solution import Solution, Status
from dispersion.study.folder import validation
from dispersion.study.folder.journal import Record
from dispersion.study.folder.validation import row_of
from dispersion.study.rows import AccuracyRow, NetworkRow, SolveRow, TraceRow
from dispersion.study.selections import Method
from dispersion.study.task import KILLED
from dispersion.version import __version__


@dataclass(frozen=True, eq=False)
class SolveEntry:
    """A finished solve: its row, the answer itself, and its place among the tasks of the study."""

    row: SolveRow
    solution: Solution
    place: int
    version: str = __version__  #: of this package

    def as_json(self) -> Record:
        """A line of the journal, from which `of_json` makes an equal entry."""
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
    def of_json(cls, content: Record) -> SolveEntry:
        """Read a line of the journal; `UnfitError` if no study writes such a one."""
        row = row_of(SolveRow, content.get("row"))
        selected = validation.selection_of(row, content.get("selected"))
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
            trace=validation.trace_of(content.get("trace")),
            message=row.message,
            refutations=validation.refutations_of(content.get("refutations")),
            engine=row.engine,
        )
        place = validation.whole("place", content.get("place"))
        return cls(row, solution, place, validation.text("version", content.get("version")))

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
class NetworkEntry:
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

    def by(self, method: Method, place: int) -> NetworkEntry:
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
    def of_json(cls, content: Record) -> NetworkEntry:
        """Read a line of the journal; `UnfitError` if no study writes such a one."""
        found = validation.items("accuracies", content.get("accuracies"))
        faults = validation.items("faults", content.get("faults", []))
        return cls(
            key=validation.text("key", content.get("key")),
            conditions=validation.text("conditions", content.get("conditions")),
            place=validation.whole("place", content.get("place")),
            row=row_of(NetworkRow, content.get("row")),
            accuracies=[row_of(AccuracyRow, one) for one in found],
            faults=tuple(validation.text("faults", one) for one in faults),
        )


@dataclass(frozen=True)
class SelectionEntry:
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
    def of_json(cls, content: Record) -> SelectionEntry:
        """Read a line of the journal; `UnfitError` if no study writes such a one."""
        method = validation.text("method", content.get("method"))
        lists = validation.mapping("kept", content.get("kept"))
        kept = {layer: validation.points("kept", lists[layer]) for layer in lists}
        conditions = content.get("conditions")
        return cls(
            method, kept, None if conditions is None else validation.text("conditions", conditions)
        )


class Named(NamedTuple):
    """What tells the solves of one study apart; those with equal keys have equal answers."""

    key: str
    instance: str
    keep: float | None


@dataclass(frozen=True)
class SessionEntry:
    """That a study was begun or resumed, and where."""

    environment: dict[str, Any]

    @classmethod
    def of_json(cls, content: Record) -> SessionEntry:
        """Read a line of the journal; `UnfitError` if no study writes such a one."""
        return cls(validation.mapping("environment", content.get("environment")))


Entry = SolveEntry | NetworkEntry | SelectionEntry | SessionEntry
_KINDS: dict[str, type[Entry]] = {
    "solve": SolveEntry,
    "network": NetworkEntry,
    "selection": SelectionEntry,
    "session": SessionEntry,
}


def entry_of(content: Record) -> Entry | None:
    """What a line of a journal says; `None` if it is of a kind that only another version knows.

    Raises
    ------
    UnfitError
        No study writes such a line.
    """
    kind = _KINDS.get(validation.text("kind", content.get("kind")))
    return None if kind is None else kind.of_json(content)
