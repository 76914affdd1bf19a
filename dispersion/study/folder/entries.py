"""All that the journal of a study says, by what it is looked up by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dispersion.study.folder.journal import Record
from dispersion.study.folder.journal_entries import (
    Named,
    NetworkEntry,
    SelectionEntry,
    SessionEntry,
    SolveEntry,
    entry_of,
)


@dataclass
class Entries:
    """All that a journal says; where it says a thing twice, the later is meant.

    Attributes
    ----------
    solves : dict of Named to SolveEntry
        Every finished solve.
    answers : dict of str to SolveEntry
        By key, the latest of the solves that have it.
    networks : dict of str to dict
        By conditions, then by method, keep ratio and seed, every tested network.
    conditions : str or None
        Those of the network that was tested last.
    selections : dict of str to SelectionEntry
        By method, what criteria that solve nothing keep.
    environment : dict
        Where and with what the study went on last; empty before it has begun.
    """

    solves: dict[Named, SolveEntry] = field(default_factory=dict)
    answers: dict[str, SolveEntry] = field(default_factory=dict)
    networks: dict[str, dict[tuple[str, float, int], NetworkEntry]] = field(default_factory=dict)
    conditions: str | None = None
    selections: dict[str, SelectionEntry] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)

    def add(self, contents: Iterable[Record]) -> None:
        """Take in lines of the journal, which reads no others than `entry_of` takes."""
        for content in contents:
            match entry_of(content):
                case SolveEntry() as solve:
                    self.add_solve(solve)
                case NetworkEntry() as network:
                    self.add_network(network)
                case SelectionEntry() as selection:
                    self.selections[selection.method] = selection
                case SessionEntry(environment):
                    self.environment = environment

    def add_solve(self, entry: SolveEntry) -> None:
        """Take in a finished solve."""
        self.solves[entry.named] = self.answers[entry.row.key] = entry

    def add_network(self, entry: NetworkEntry) -> None:
        """Take in a tested network."""
        row = entry.row
        self.networks.setdefault(entry.conditions, {})[row.method, row.keep, row.seed] = entry
        self.conditions = entry.conditions

    def solves_in_order(self) -> list[SolveEntry]:
        """Every finished solve, as the tables have them."""
        return sorted(self.solves.values(), key=lambda entry: entry.place)

    def tested(self, conditions: str, key: str) -> NetworkEntry | None:
        """A network that keeps these filters and was tested so, without faults, if there is one."""
        known = self.networks.get(conditions, {}).values()
        return next((entry for entry in known if entry.key == key and not entry.faults), None)

    def networks_in_order(self) -> list[NetworkEntry]:
        """The networks that were tested as the last one was, as the tables have them."""
        found = self.networks.get(self.conditions or "", {})
        return sorted(found.values(), key=lambda entry: entry.place)
