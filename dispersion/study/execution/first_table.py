"""A table of the solvers so far, for whoever would wait long for the engines."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from dispersion.study.execution.turns import Turn
from dispersion.study.folder.journal_entries import SolveEntry
from dispersion.study.progress import Stage
from dispersion.study.session import Session
from dispersion.study.tables import summary_lines

_WORTH_SECONDS = 20.0  # of solves to come


class FirstTable:
    """Says once what is known when only engines are left, if these will take long.

    Parameters
    ----------
    session : Session
        Where it is said.
    turns : sequence of Turn
        Of all tasks of the study, by their place.
    """

    def __init__(self, session: Session, turns: Sequence[Turn]) -> None:
        self._session, self._turns = session, turns
        self._said = all(turn is Turn.ENGINE for turn in turns)  # nobody else would be in it

    def look(
        self, progress: Stage, waiting: Collection[int], answered: Mapping[int, SolveEntry]
    ) -> None:
        """Say the table as soon as it is worth it.

        Parameters
        ----------
        progress : Stage
            Knows how long the rest will take.
        waiting, answered : collection of int, mapping of int to SolveEntry
            Places of the tasks without and with an answer.
        """
        if self._said or (progress.seconds_left() or 0.0) <= _WORTH_SECONDS:
            return
        if any(self._turns[k] is not Turn.ENGINE for k in waiting):
            return
        self._said = True
        title = f"Solvers so far, {len(answered)} of {len(self._turns)} solves"
        for line in summary_lines(title, [answered[k].row for k in sorted(answered)]):
            self._session.say(line)
