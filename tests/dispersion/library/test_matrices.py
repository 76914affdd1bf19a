"""Plain matrices, as text and as numpy saves them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dispersion import read_instance
from dispersion.errors import InputError
from dispersion.library.source import HEAD_BYTES

Write = Callable[..., Path]


@pytest.mark.parametrize(
    "text", ["0,1\n1,0", "0;1\n1;0\n", "0 1\n1 0", "0\t1\n1\t0", " 0.0, 1.0\n1e0 ,0 "]
)
def test_cells_are_parted_in_any_usual_way(text: str, write: Write) -> None:
    """Commas, semicolons, blanks and tabs."""
    assert read_instance(write("m.csv", text), 2).distances.tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0,1,2\n1,0,3", ": a square matrix is needed, got 2 rows of 3 numbers."),
        ("0,1\n1,0\n2,3", ": a square matrix is needed, got 3 rows of 2 numbers."),
        ("0,1\n1", ", line 2: 2 numbers are expected, got 1."),
        ("0,1\n1,x", ", line 2: 'x' is not a number."),
        ("0,1\n\n1,nan", ", line 3: nan is not a finite number."),
        ("0,1\n2,0", ": distances are not symmetric: [0, 1] = 1.0 but [1, 0] = 2.0;"),
        ("0,-1\n-1,0", ": distance [0, 1] = -1.0 is negative; distances must be >= 0."),
        ("1,1\n1,0", ": distance [0, 0] = 1.0 is on the diagonal, which must be 0."),
    ],
)
def test_faulty_text(text: str, told: str, write: Write) -> None:
    """The file, and where there is one the line, are named."""
    path = write("m.csv", text)
    with pytest.raises(InputError, match=re.escape(f"'{path}'{told}".removesuffix("."))):
        read_instance(path, 2)


def saved(array: np.ndarray, pickled: bool = False) -> bytes:
    content = io.BytesIO()
    np.save(content, array, allow_pickle=pickled)
    return content.getvalue()


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int8, np.uint64])
def test_every_number_type_will_do(kind: type, write: Write) -> None:
    """Whatever numpy can turn into real numbers is read."""
    path = write("m.npy", saved(np.array([[0, 3], [3, 0]], dtype=kind)))
    assert read_instance(path, 2).distances.tolist() == [[0, 3], [3, 0]]


@pytest.mark.parametrize("mark", [",", " "])
def test_long_rows_are_read_whole(mark: str, write: Write) -> None:
    """Rows that are longer than what formats are told by."""
    n = 150
    matrix = np.full((n, n), 1.5) - 1.5 * np.eye(n)
    text = "\n".join(mark.join(f"{cell:.600f}" for cell in row) for row in matrix)
    assert len(text.partition("\n")[0]) > HEAD_BYTES
    assert (read_instance(write("m.csv", text), 2).distances == matrix).all()


class Evil:
    """Would write a file if it were unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (open, ("evil-was-run", "w"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (saved(np.zeros((2, 3))), "': distances must be a square (n, n) matrix, got shape (2, 3)."),
        (saved(np.zeros(4)), "': distances must be a square (n, n) matrix, got shape (4,)."),
        (saved(np.zeros((2, 2), dtype=complex)), "': a numeric square matrix of distances is needed"),
        (
            saved(np.array([["a", "b"], ["c", "d"]])),
            "': a numeric square matrix of distances is needed",
        ),
        (saved(np.full((2, 2), np.nan)), "': distance [0, 0] = nan is not finite;"),
        (saved(np.array([[0.0, 1], [2, 0]])), "': distances are not symmetric: [0, 1] = 1.0 but"),
        (
            saved(np.zeros((3, 3)))[:-8],
            "': it is no whole .npy file of numbers: mmap length is greater",
        ),
        (
            saved(np.zeros((3, 3)))[:20],
            "': it is no whole .npy file of numbers: EOF: reading array header",
        ),
        (
            saved(np.array([[Evil()]], dtype=object), pickled=True),
            "': it is no whole .npy file of numbers",
        ),
    ],
)
def test_faulty_arrays(
    content: bytes, told: str, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong shapes and kinds, cut files, and objects that would run code are refused."""
    monkeypatch.chdir(tmp_path)
    path = write("m.npy", content)
    with pytest.raises(InputError, match=re.escape(told.removesuffix("."))):
        read_instance(path, 2)
    assert not (tmp_path / "evil-was-run").exists()
