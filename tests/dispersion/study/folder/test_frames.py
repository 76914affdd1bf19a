"""Tables of rows as files."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dispersion.study.folder.frames import frame_of, write_csv
from dispersion.study.folder.store import Store
from dispersion.study.reading import read_study
from dispersion.study.rows import SolveRow

NAMES = ["=1+1", "+1", "-1", "@a", "\ta", "\ra", "a\rb", 'a"b\nc', "'=1", "usual"]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_no_formulas_and_come_back(
    name: str, solve_row: Callable[..., SolveRow], tmp_path: Path
) -> None:
    """In the CSV file; numbers are numbers, and Parquet holds the name as it is."""
    store = Store(tmp_path / "out")
    store.write_json("run", {"outcome": "complete"})
    rows = [solve_row(instance=name, published=-1.5), solve_row(instance=name, solver="greedy")]
    store.write_solves(rows)
    cells = pd.read_csv(store.folder / "solves.csv", keep_default_na=False, na_values=[""])
    assert cells["instance"][0] == (f"'{name}" if name[0] in "=+-@\t\r'" else name)
    assert cells["published"][0] == -1.5
    assert ",-1.5," in (store.folder / "solves.csv").read_text()
    assert list(pd.read_parquet(store.folder / "solves.parquet")["instance"]) == [name, name]
    (store.folder / "solves.parquet").unlink()
    found = read_study(store.folder).frame("solves")
    assert list(found["instance"]) == [name, name]
    assert list(found["objective"]) == [0.1 + 0.2] * 2


def test_bytes_that_are_no_text(solve_row: Callable[..., SolveRow], tmp_path: Path) -> None:
    """Neither a name nor the folder itself keeps a table from being written."""
    store = Store(tmp_path / "caf\udce9")
    store.write_json("run", {})
    store.write_solves([solve_row(message="no file \udce9")])
    assert list(read_study(store.folder).frame("solves")["message"]) == ["no file \\udce9"]


def test_usual_tables_are_as_before(solve_row: Callable[..., SolveRow], tmp_path: Path) -> None:
    """Nothing is quoted that need not be."""
    frame = frame_of(SolveRow, [solve_row()])
    write_csv(frame, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == frame.to_csv(None, index=False)
