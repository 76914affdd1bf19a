"""The folder a study leaves behind."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from dispersion.errors import InputError
from dispersion.study.folder.atomic_writing import save
from dispersion.study.folder.frames import Kind, frame_of, write_csv
from dispersion.study.folder.presence import Presence
from dispersion.study.folder.study_log import JOURNAL, LOCKS, StudyLog
from dispersion.study.logs import CONFIG_NAME, LOG_NAME
from dispersion.study.opening import LOCK, FolderLock, refuse_links, require_locks
from dispersion.study.rows import AccuracyRow, NetworkRow, SolveRow, TraceRow


class Store:
    """Writes tables and records into one folder, each file whole or not at all, and the journal.

    An earlier run in the folder is resumed: see `study_log`.  Several processes may write to it.

    Parameters
    ----------
    folder : Path
        Made if missing.

    Attributes
    ----------
    study_log : StudyLog
        What is done already.

    Raises
    ------
    InputError
        The folder cannot be made, written to or locked, holds other files than those of a study, or a
        link in place of one, or a run that left no journal to go on from.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FolderLock(folder)
        try:
            self._made = not folder.exists()
            folder.mkdir(parents=True, exist_ok=True)
            refuse_links(folder, (JOURNAL, LOG_NAME, LOCK, LOCKS))
            _refuse_foreign(folder)
            self._resumes = (folder / "run.json").exists()  # of a run that may have finished no solve
            self._probe()
            self._presence = Presence(folder / LOCKS, self._lock)
            self.study_log = StudyLog(folder, self._lock)
        except OSError as error:
            raise InputError(
                f"cannot write to the folder {folder}: {error.strerror}; choose another with --out."
            ) from error

    def _probe(self) -> None:
        """See that files can be written and locked; under no lock, which may be what cannot be had."""
        try:
            with tempfile.TemporaryDirectory(prefix=".write-test-", dir=self.folder) as scratch:
                file = Path(scratch) / "file"
                file.write_text("")
                require_locks(file)
        except (InputError, OSError):
            if self._made:
                with suppress(OSError):
                    self.folder.rmdir()
            raise

    def enter(self) -> None:
        """Let others see that this process is at work on the study, until the store is closed."""
        self._presence.enter()

    def alone(self) -> bool:
        """Whether no other process is at work on the study."""
        return self._presence.alone()

    def nothing_came(self) -> bool:
        """Whether no solve is written down, no earlier run left results, and no process is at work."""
        self.study_log.refresh()
        return not (self._resumes or self.study_log.entries.solves) and self.alone()

    def close(self) -> None:
        """Give the locks back; where nothing came of the run, take away the folder made for it."""
        self.study_log.locks.release_all()
        with suppress(OSError), self._lock:  # there are other files, or the folder is gone
            nothing = self.nothing_came() and not (self.folder / "run.json").exists()
            self._presence.leave()
            if not nothing:
                return
            with suppress(OSError):
                (self.folder / LOCKS).rmdir()
            for name in (JOURNAL, LOCK, *((LOG_NAME, CONFIG_NAME) if self._made else ())):
                (self.folder / name).unlink(missing_ok=True)
            if self._made:
                self.folder.rmdir()

    def write_solves(self, rows: Sequence[SolveRow]) -> None:
        """Write ``solves.csv`` and ``solves.parquet``."""
        self._table(SolveRow, rows)

    def write_traces(self, rows: Sequence[TraceRow]) -> None:
        """Write ``traces.csv`` and ``traces.parquet``."""
        self._table(TraceRow, rows)

    def write_networks(self, rows: Sequence[NetworkRow]) -> None:
        """Write ``networks.csv`` and ``networks.parquet``."""
        self._table(NetworkRow, rows)

    def write_accuracies(self, rows: Sequence[AccuracyRow]) -> None:
        """Write ``accuracies.csv`` and ``accuracies.parquet``."""
        self._table(AccuracyRow, rows)

    def write_json(self, name: str, content: Mapping[str, object]) -> None:
        """Write `content` as ``name``.json."""
        text = json.dumps(content, indent=2, default=str)
        self.save(f"{name}.json", lambda path: path.write_text(text + "\n"))

    def write_picture(self, name: str, figure: Figure) -> None:
        """Write a figure as the PNG `name`."""
        self.save(name, lambda path: figure.savefig(path, dpi=150, format="png"))

    def save(self, name: str, write: Callable[[Path], object]) -> None:
        """Let `write` make the file `name`, whole or not at all; see `atomic_writing`."""
        save(self.folder / name, write, self._lock)

    def _table(self, kind: Kind, rows: Sequence[object]) -> None:
        self.write_frame(kind.table, frame_of(kind, rows))

    def write_frame(self, name: str, frame: pd.DataFrame) -> None:
        """Write a table as ``name``.csv and ``name``.parquet."""
        self.save(f"{name}.csv", lambda path: write_csv(frame, path))
        self.save(f"{name}.parquet", lambda path: _write_parquet(frame, path))


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    with path.open("wb") as file:  # pyarrow itself opens no path that is no UTF-8
        frame.to_parquet(file, index=False)


def _refuse_foreign(folder: Path) -> None:
    """Refuse a folder in which there is anything, unless it is that of a study.

    Raises
    ------
    InputError
        It holds a run without a journal, or files of which a study would overwrite some.
    """
    if (folder / JOURNAL).exists():
        return
    if (folder / "run.json").exists():
        raise InputError(
            f"{folder} holds the results of an earlier run, and no journal to go on from; "
            "choose another folder with --out."
        )
    ours = {CONFIG_NAME, *([LOG_NAME] if (folder / LOCK).exists() else [])}  # of a run just begun
    names = sorted(path.name for path in folder.iterdir())
    others = [name for name in names if name[0] != "." and name not in ours]
    if others:
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        raise InputError(
            f"{folder} is not the folder of a study, and holds {others[0]!r}{more}; choose another "
            "folder with --out, or one that is empty."
        )
