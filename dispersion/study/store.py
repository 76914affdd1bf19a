"""The folder a study leaves behind."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from dispersion.errors import InputError, UnavailableError
from dispersion.study.tasks import COLUMNS, AccuracyRow, NetworkRow, SolveRow


class Store:
    """Writes rows, selections and the record of the run into one folder, each file whole or not at all.

    Parameters
    ----------
    folder : Path
        Made if missing; must not hold an earlier run.

    Raises
    ------
    InputError
        The folder cannot be made or written to, or holds an earlier run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self._made = not folder.exists()
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / ".write-test"
            probe.write_text("")
            probe.unlink()
        except OSError as error:
            raise InputError(
                f"cannot write to the folder {folder}: {error.strerror}; choose another with --out."
            ) from error
        if (folder / "run.json").exists():
            raise InputError(
                f"{folder} holds the results of an earlier run; choose another folder with --out."
            )

    def close(self) -> None:
        """Take the folder away again if it was made for this run and nothing was written into it."""
        if self._made:
            with suppress(OSError):  # not empty
                self.folder.rmdir()

    def solves(self, rows: Sequence[SolveRow]) -> None:
        """Write ``solves.csv`` and ``solves.parquet``."""
        self._table("solves", rows, COLUMNS[SolveRow])

    def networks(self, rows: Sequence[NetworkRow]) -> None:
        """Write ``networks.csv`` and ``networks.parquet``."""
        self._table("networks", rows, COLUMNS[NetworkRow])

    def accuracies(self, rows: Sequence[AccuracyRow]) -> None:
        """Write ``accuracies.csv`` and ``accuracies.parquet``."""
        self._table("accuracies", rows, COLUMNS[AccuracyRow])

    def record(self, name: str, content: Mapping[str, object]) -> None:
        """Write `content` as ``name``.json."""
        text = json.dumps(content, indent=2, default=str)
        self.save(f"{name}.json", lambda path: path.write_text(text + "\n"))

    def picture(self, name: str, figure: Figure) -> None:
        """Write a figure as the PNG `name`."""
        self.save(name, lambda path: figure.savefig(path, dpi=150, format="png"))

    def save(self, name: str, write: Callable[[Path], object]) -> None:
        """Let `write` make the file `name`; it appears only once it is complete.

        Raises
        ------
        UnavailableError
            It cannot be written (a full disk, say); earlier files stay as they are.
        """
        final = self.folder / name
        part = final.with_name(f".part-{name}")
        try:
            write(part)
            os.replace(part, final)
        except OSError as error:
            raise UnavailableError(
                f"cannot write {final}: {error.strerror or error}; files written before are whole."
            ) from error
        finally:
            with suppress(OSError):  # there only if something went wrong
                part.unlink()

    def _table(
        self,
        name: str,
        rows: Sequence[SolveRow] | Sequence[NetworkRow] | Sequence[AccuracyRow],
        columns: list[str],
    ) -> None:
        frame = pd.DataFrame([dataclasses.asdict(row) for row in rows], columns=columns)
        self.save(f"{name}.csv", lambda path: frame.to_csv(path, index=False))
        self.save(f"{name}.parquet", lambda path: frame.to_parquet(path, index=False))
