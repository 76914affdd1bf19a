"""A study: what was asked and answered, as rows with types, with its tables, scores and pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from dispersion.errors import UnavailableError, UnknownNameError
from dispersion.registry import Registry
from dispersion.solution import TracePoint
from dispersion.study.analysis.pairwise import Comparison, compare_pair
from dispersion.study.analysis.profiles import middle_repeats
from dispersion.study.analysis.scores import scores
from dispersion.study.folder.atomic_writing import write_whole
from dispersion.study.folder.frames import frame_of
from dispersion.study.folder.layers import Layers
from dispersion.study.paver import trace_files
from dispersion.study.plotting.plot import plots
from dispersion.study.rows import AccuracyRow, NetworkRow, SolveRow, TraceKey, TraceRow
from dispersion.study.selections import Method, as_lists
from dispersion.study.solve_tables import summary_cells

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from dispersion.study.folder.store import Store

pages: Registry[Callable[[Study], str]] = Registry("page", "dispersion.report")
"""Makers of pages about a study; `dispersion.report` registers its own here."""

_TABLES = {"solves": SolveRow, "networks": NetworkRow, "accuracies": AccuracyRow, "traces": TraceRow}


@dataclass(frozen=True, eq=False)
class Study:
    """Everything that is known of a study; `run_study` makes one, `read_study` reads one.

    Attributes
    ----------
    name : str
        Of its folder.
    solves, networks, accuracies, traces : list
        The rows of the tables; `frame` gives them as pandas tables.
    selections : mapping of str to mapping of str to list of int
        Selected points, counted from 0, by method (`str` of a `Method`) and instance.
    run : mapping
        The content of ``run.json``; empty if the study died before it was written.
    refutations : mapping
        By method and instance, how bounds came down, as in ``refutations.json``.
    layers : Layers or None
        The filters in the plane, if they were kept.
    warnings : tuple of str
        What was damaged and left out, a sentence each.
    """

    name: str
    solves: list[SolveRow]
    networks: list[NetworkRow] = field(default_factory=list)
    accuracies: list[AccuracyRow] = field(default_factory=list)
    traces: list[TraceRow] = field(default_factory=list)
    selections: Mapping[str, Mapping[str, list[int]]] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=dict)
    refutations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    layers: Layers | None = None
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        instances = {row.question for row in self.solves}
        solvers = {row.solver for row in self.solves}
        counts = f"{len(self.solves)} solves of {len(instances)} instances by {len(solvers)} solvers"
        return f"Study({self.name!r}: {counts}, {self.outcome}, {len(self.faults)} faults)"

    @property
    def outcome(self) -> str:
        """How it ended: "complete", "failed" for any fault, "interrupted", "running" or "unknown"."""
        return str(self.run.get("outcome", "unknown"))

    @property
    def faults(self) -> list[str]:
        """Every contradiction and every failed solve, a sentence each."""
        return [str(fault) for fault in self.run.get("faults", [])]

    @property
    def model(self) -> str | None:
        """The network whose layers were the instances; `None` if they were none."""
        model: str | None = self.run.get("options", {}).get("subject", {}).get("model")
        return model

    def selected(self, method: Method, instance: str) -> list[int] | None:
        """The points that a method selected of an instance; `None` if it selected none."""
        return self.selections.get(str(method), {}).get(instance)

    def trace_points(self) -> dict[TraceKey, list[TracePoint]]:
        """Improvements of incumbent and bound of every solve, in the order of time."""
        points: dict[TraceKey, list[TracePoint]] = {}
        for row in self.traces:
            point = TracePoint(row.seconds, row.objective, row.bound)
            points.setdefault(TraceKey.of(row), []).append(point)
        for some in points.values():
            some.sort(key=lambda point: point.seconds)
        return points

    def frame(self, table: str = "solves") -> pd.DataFrame:
        """One of its tables for pandas: "solves", "networks", "accuracies" or "traces".

        Raises
        ------
        UnknownNameError
            There is no such table.
        """
        if table not in _TABLES:
            raise UnknownNameError("table", table, _TABLES)
        return frame_of(_TABLES[table], getattr(self, table))

    def summary(self) -> pd.DataFrame:
        """One line a solver over all instances, as the command prints it; the cells are text."""
        header, lines = summary_cells(self.solves)
        return pd.DataFrame(lines, columns=header)

    def scores(self) -> pd.DataFrame:
        """The measures of solver competitions: one line per solver, and the virtual best.

        They are proofs, shifted geometric mean and PAR10 of the times, virtual best and primal
        integral, each with the number of questions, seeds and repeats behind it: see
        `dispersion.study.analysis.scores.SCORE_DEFINITIONS`.
        """
        lines = scores(self.solves, self.trace_points())
        cells = [asdict(one) | {"proven": one.proven.mean} for one in lines]
        return pd.DataFrame(cells).set_index("solver")

    def compare(self, one: str, other: str, by: str = "time") -> Comparison:
        """Whether two solvers differ by more than the choice of instances explains.

        By "time", their times to a proof; by "score", what their selections are worth.  The `sentence`
        of the result says it, with the effect, its 95 % interval and the number of instances.

        Raises
        ------
        UnknownNameError
            The study has no such solver, or `by` is another word.
        """
        return compare_pair(self.solves, one, other, by)

    def plot(self, name: str, ax: Axes | None = None, **options: Any) -> Axes:
        """Draw a plot such as "cactus" into `ax`, or into axes of its own.

        Raises
        ------
        UnknownNameError
            There is no such plot.
        """
        rows = getattr(self, plots[name].table)
        return plots[name](middle_repeats(rows) if rows is self.solves else rows, ax, **options)

    def performance_profile(
        self, of: Literal["time", "value"] = "time", ax: Axes | None = None
    ) -> Axes:
        """Share of the instances that each solver answers within a ratio of the best."""
        return self.plot("performance-profile", ax, of=of)

    def gap_against_time(self, ax: Axes | None = None) -> Axes:
        """How far from its own proof every solve ended, against the time it took."""
        return self.plot("gap-against-time", ax)

    def report(self, path: Path | str) -> Path:
        """Write one self-contained page of HTML, and say where it is.

        Raises
        ------
        UnavailableError
            It cannot be written.
        """
        page = pages["html"](self)
        return write_whole(Path(path), partial(_write_text, text=page))

    def write_paver(self, folder: Path | str) -> list[Path]:
        """Write trace files of GAMS into a folder, one a solver, and say where they are.

        PAVER and other tools that compare solvers read them; see `dispersion.study.paver`.

        Raises
        ------
        UnavailableError
            The folder cannot be made, or one cannot be written.
        """
        place = Path(folder)
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnavailableError(f"cannot make the folder {place}: {error.strerror}.") from error
        return [
            write_whole(place / name, partial(_write_text, text=text))
            for name, text in trace_files(self.solves).items()
        ]

    def write_tables(self, store: Store) -> None:
        """Write all that has rows into the folder of a study."""
        for table in _TABLES:
            if getattr(self, table):
                store.write_frame(table, self.frame(table))
        store.write_json("selections", as_lists(self.selections, self.solves))
        store.write_json("refutations", dict(self.refutations))


def _write_text(part: Path, text: str) -> None:
    part.write_text(text, encoding="utf-8")
