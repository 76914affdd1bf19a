"""What is read is what was written, and what is damaged is said in one sentence."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from dispersion.errors import InputError
from dispersion.study.folder.typed_tables import rows_of
from dispersion.study.reading import read_study
from dispersion.study.rows import SolveRow
from dispersion.study.selections import Method
from dispersion.study.study import Study


def test_a_study_survives_its_files(folder: Path, make_study: Callable[..., Study]) -> None:
    """Rows to the last bit, traces in order of time, selections, record and layers."""
    found, usual = read_study(folder), make_study()
    assert found.name == "one"
    assert found.solves == usual.solves
    assert found.networks == usual.networks
    assert found.accuracies == usual.accuracies
    assert found.traces == usual.traces
    assert found.selections == usual.selections
    assert found.run == usual.run
    assert found.layers is not None
    assert found.selected(Method("clique", 0.5, None, 0), "layer1.conv") == [0, 2, 4, 6]
    assert found.selected(Method("clique", 0.25, None, 0), "layer1.conv") is None


def test_names_are_text_whatever_they_look_like(folder: Path) -> None:
    """An instance called NA, or 007, keeps its name; columns nobody knows are passed over."""
    path = folder / "solves.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.loc[0, "instance"], frame.loc[1, "instance"] = "NA", "007"
    frame.assign(new=1).to_csv(path, index=False)
    assert [row.instance for row in read_study(folder).solves[:2]] == ["NA", "007"]


def test_frames_with_types_are_read_too(folder: Path) -> None:
    """A frame of numbers and NaN gives the rows that a frame of text gives."""
    typed = pd.read_csv(folder / "solves.csv")
    assert rows_of(SolveRow, typed, "solves") == read_study(folder).solves


def test_only_what_a_study_must_have_is_needed(folder: Path) -> None:
    """Without networks, accuracies, traces, selections and layers there is a study still."""
    for path in folder.iterdir():
        if path.name not in ("solves.csv", "run.json"):
            path.unlink()
    found = read_study(folder)
    assert (found.networks, found.accuracies, found.traces, found.layers) == ([], [], [], None)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("run.json", "{", "run.json cannot be read"),
        ("run.json", "[1]", "run.json cannot be read"),
        ("run.json", '{"options": 3}', "run.json: 'options' is 3"),
        ("run.json", '{"options": {"subject": []}}', "run.json: 'subject' is []"),
        ("run.json", '{"faults": "many"}', "run.json: 'faults' is 'many'"),
        ("run.json", '{"seconds": {"solve": "long"}}', "run.json: 'solve' took 'long'"),
        ("run.json", b"\xff\xfe", "run.json cannot be read"),
        ("solves.csv", "", "solves.csv cannot be read"),
        ("solves.csv", b"\x80\xff,1\n", "solves.csv cannot be read"),
        ("solves.csv", "instance,n\na,1\n", "column 'p' has an empty cell"),
        ("traces.csv", "instance,p\na,1\n", "traces of this study: column 'n' has an empty cell"),
        ("selections.json", '{"a": {"b": ["1"]}}', "'a' holds something else"),
        ("selections.json", '{"a": 1}', "'a' holds something else"),
        ("layers.npz", "x", "layers.npz cannot be read"),
    ],
)
def test_damage_is_one_sentence(
    folder: Path, name: str, content: str | bytes | None, sentence: str
) -> None:
    """What is missing or broken is named."""
    path = folder / name
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=re.escape(sentence)):
        read_study(folder)


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("n", "many", "'many' in column 'n' is no int"),
        ("n", "8.5", "8.5 in column 'n' is no int"),
        ("n", "inf", "inf in column 'n' is no int"),
        ("n", "", "column 'n' has an empty cell"),
        ("bound", "high", "'high' in column 'bound' is no float"),
        ("solve_seconds", "", "column 'solve_seconds' has an empty cell"),
    ],
)
def test_a_wrong_value_is_named(folder: Path, column: str, value: str, sentence: str) -> None:
    """Column and value stand in the message."""
    path = folder / "solves.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.loc[2, column] = value
    frame.to_csv(path, index=False)
    with pytest.raises(InputError, match=re.escape(sentence)):
        read_study(folder)


def test_a_file_is_no_folder(folder: Path) -> None:
    """Neither a file nor nothing at all is a study."""
    for path in (folder / "run.json", folder / "nothing"):
        with pytest.raises(InputError, match="holds no results"):
            read_study(path)


def test_an_interrupted_study_without_answers(folder: Path) -> None:
    """A table with a header only holds no rows, and selections may be empty."""
    header = (folder / "solves.csv").read_text().splitlines()[0]
    (folder / "solves.csv").write_text(header + "\n")
    (folder / "selections.json").write_text(json.dumps({}))
    assert read_study(folder).solves == []
