"""The folder a study leaves behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from filelock import FileLock
from matplotlib.figure import Figure

from dispersion.errors import InputError
from dispersion.study.frames import Kind, frame_of
from dispersion.study.ledger import JOURNAL, Ledger
from dispersion.study.logs import CONFIG_NAME, LOG_NAME
from dispersion.study.saving import LOCK, save
from dispersion.study.tasks import AccuracyRow, NetworkRow, SolveRow, TraceRow


class Store:
    """Writes tables and records into one folder, each file whole or not at all, and the journal.

    A folder with an earlier run is gone on with: see `ledger`.  Several processes may write to it.

    Parameters
    ----------
    folder : Path
        Made if missing.

    Attributes
    ----------
    ledger : Ledger
        What is done already.

    Raises
    ------
    InputError
        The folder cannot be made or written to, or holds a run that left no journal to go on from.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / LOCK)
        try:
            self._made = not folder.exists()
            folder.mkdir(parents=True, exist_ok=True)
            if (folder / "run.json").exists() and not (folder / JOURNAL).exists():
                raise InputError(
                    f"{folder} holds the results of an earlier run, and no journal to go on from; "
                    "choose another folder with --out."
                )
            with self._lock:
                probe = folder / ".write-test"
                probe.write_text("")
                probe.unlink()
            self.ledger = Ledger(folder, self._lock)
        except OSError as error:
            raise InputError(
                f"cannot write to the folder {folder}: {error.strerror}; choose another with --out."
            ) from error

    def close(self) -> None:
        """Give claims back; where nothing came of the run, take away the folder made for it."""
        self.ledger.claims.release_all()
        with suppress(OSError), self._lock:  # there are other files, or the folder is gone
            self.ledger.refresh()
            if self.ledger.records.solves or (self.folder / "run.json").exists():
                return  # of this process, or of another meanwhile
            for name in (JOURNAL, LOCK, *((LOG_NAME, CONFIG_NAME) if self._made else ())):
                (self.folder / name).unlink(missing_ok=True)
            if self._made:
                self.folder.rmdir()

    def solves(self, rows: Sequence[SolveRow]) -> None:
        """Write ``solves.csv`` and ``solves.parquet``."""
        self._table(SolveRow, rows)

    def traces(self, rows: Sequence[TraceRow]) -> None:
        """Write ``traces.csv`` and ``traces.parquet``."""
        self._table(TraceRow, rows)

    def networks(self, rows: Sequence[NetworkRow]) -> None:
        """Write ``networks.csv`` and ``networks.parquet``."""
        self._table(NetworkRow, rows)

    def accuracies(self, rows: Sequence[AccuracyRow]) -> None:
        """Write ``accuracies.csv`` and ``accuracies.parquet``."""
        self._table(AccuracyRow, rows)

    def record(self, name: str, content: Mapping[str, object]) -> None:
        """Write `content` as ``name``.json."""
        text = json.dumps(content, indent=2, default=str)
        self.save(f"{name}.json", lambda path: path.write_text(text + "\n"))

    def picture(self, name: str, figure: Figure) -> None:
        """Write a figure as the PNG `name`."""
        self.save(name, lambda path: figure.savefig(path, dpi=150, format="png"))

    def save(self, name: str, write: Callable[[Path], object]) -> None:
        """Let `write` make the file `name`, whole or not at all; see `dispersion.study.saving`."""
        save(self.folder / name, write, self._lock)

    def _table(self, kind: Kind, rows: Sequence[object]) -> None:
        frame = frame_of(kind, rows)
        self.save(f"{kind.table}.csv", lambda path: frame.to_csv(path, index=False))
        self.save(f"{kind.table}.parquet", lambda path: frame.to_parquet(path, index=False))
