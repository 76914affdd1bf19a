"""Every format, read back: recognised by content, exact, and whatever is wrong is one sentence."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.io import mmwrite

from dispersion import read_instance
from dispersion.errors import InputError, UnknownNameError
from dispersion.library import formats
from dispersion.library.formats import detect
from dispersion.library.source import Source

Write = Callable[..., Path]


def random_matrix(seed: int, n: int) -> np.ndarray:
    upper = np.triu(np.random.default_rng(seed).random((n, n)), k=1)
    return upper + upper.T


def _npy(matrix: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.save(content, matrix)
    return content.getvalue()


def _pairs(matrix: np.ndarray) -> bytes:
    rows = [
        f"{i} {j} {float(matrix[i, j])!r}"
        for i, j in zip(*np.triu_indices(len(matrix), 1), strict=True)
    ]
    return "\n".join([f"{len(matrix)}", *rows]).encode()


def _text(matrix: np.ndarray, mark: str = ",") -> bytes:
    return "\n".join(mark.join(repr(float(cell)) for cell in row) for row in matrix).encode()


def _explicit(matrix: np.ndarray) -> bytes:
    head = (
        f"NAME: x\nTYPE: TSP\nDIMENSION: {len(matrix)}\nEDGE_WEIGHT_TYPE: EXPLICIT\n"
        "EDGE_WEIGHT_FORMAT: FULL_MATRIX\nEDGE_WEIGHT_SECTION\n"
    )
    return head.encode() + _text(matrix, " ") + b"\nEOF\n"


def _parquet(matrix: np.ndarray) -> bytes:
    content = io.BytesIO()
    pd.DataFrame(matrix, columns=[f"c{k}" for k in range(len(matrix))]).to_parquet(content)
    return content.getvalue()


def _phylip(matrix: np.ndarray) -> bytes:
    rows = [f"species{i}  {' '.join(map(repr, row))}" for i, row in enumerate(matrix.tolist())]
    return "\n".join([f"  {len(matrix)}", *rows]).encode()


def _mtx(matrix: np.ndarray) -> bytes:
    content = io.BytesIO()
    mmwrite(content, matrix, precision=17)
    return content.getvalue()


WRITERS: dict[str, Callable[[np.ndarray], bytes]] = {
    "npy": _npy,
    "pairs": _pairs,
    "matrix": _text,
    "tsplib": _explicit,
    "parquet": _parquet,
    "phylip": _phylip,
    "mtx": _mtx,
}
POINTS = b"x,y\n0.0,0.0\n3.0,4.0\n0.0,1.0\n"
GEO = b"3\n2\n0 0.0 0.0\n1 3.0 4.0\n2 0.0 1.0\n"
OTHERS = {
    "points": POINTS,
    "geo": GEO,
    "geojson": b'{"type": "FeatureCollection",\n"features": []}',
    "pmed": b"3 3 2\n1 2 3\n2 3 4\n3 1 9\n",
    "gr": b"c roads\np sp 2 2\na 1 2 3\na 2 1 3\n",
    "gml": b"graph [\n  node [\n    id 0\n  ]\n]\n",
    "graphml": b"<?xml version='1.0'?>\n<graphml>\n</graphml>\n",
}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("n", [2, 3, 9])
def test_distances_come_back_to_the_last_bit(name: str, n: int, write: Write) -> None:
    """Each format is recognised without being named, and every distance survives."""
    matrix = random_matrix(n, n)
    path = write("file", WRITERS[name](matrix))
    assert detect(Source(path))[0].name == name
    instance = read_instance(path, 2)
    assert (instance.distances == matrix).all()
    assert (instance.name, instance.p, instance.metric) == ("file", 2, None)
    assert read_instance(path, 2, format=name).digest == instance.digest


def test_every_format_is_tested_here(write: Write) -> None:
    """A new format without a file in this module fails."""
    assert {*WRITERS, *OTHERS, "edges"} == set(formats)
    for name, content in OTHERS.items():
        assert detect(Source(write(name, content)))[0].name == name


@pytest.mark.parametrize("name", [*WRITERS, *OTHERS])
def test_no_file_is_of_two_formats(name: str, write: Write) -> None:
    """Recognition does not depend on the order in which formats are asked."""
    source = Source(write("file", OTHERS.get(name) or WRITERS[name](random_matrix(0, 5))))
    assert [known for known in formats if formats[known].recognises(source)] == [name]


def test_a_format_can_be_named(write: Write) -> None:
    """A named format is not guessed; an unknown name brings the nearest."""
    path = write("a.txt", GEO)
    with pytest.raises(InputError, match=r"'.*a\.txt', line 2: 3 numbers are expected, got 1\."):
        read_instance(path, 2, format="pairs")
    with pytest.raises(UnknownNameError, match="unknown format 'tsplip'; did you mean tsplib"):
        read_instance(path, 2, format="tsplip")


def test_p_comes_from_the_caller_or_the_file(write: Write) -> None:
    """A header's p is used unless another is given; without either there is one sentence."""
    with_p, without = write("a", "3 2\n0 1 1\n0 2 1\n1 2 1\n"), write("b", "3\n0 1 1\n0 2 1\n1 2 1\n")
    assert read_instance(with_p).p == 2
    assert read_instance(with_p, 3).p == read_instance(without, 3).p == 3
    with pytest.raises(InputError, match=r"'.*b' does not say how many points to choose; give p "):
        read_instance(without)
    with pytest.raises(InputError, match=r"'.*b': p must lie between 2 and n = 3, got 4\."):
        read_instance(without, 4)


def test_files_as_they_come(write: Write) -> None:
    """Blank lines, a byte-order mark, Windows ends of line and missing last ones change nothing."""
    plain = read_instance(write("a", GEO), 2)
    for k, changed in enumerate(
        (b"\xef\xbb\xbf" + GEO, GEO.replace(b"\n", b"\r\n"), GEO.replace(b"\n", b"\n\n"), GEO.rstrip())
    ):
        assert read_instance(write(str(k), changed), 2).digest == plain.digest


def test_the_name_of_a_file_says_nothing(write: Write) -> None:
    """Text called .gz is text, and so is a folder with a dash for a name a folder."""
    for name in ("a.gz", "a.bz2", "a.xz", "a.npy", "-"):
        assert read_instance(write(name, GEO), 2).n == 3


def test_comments_in_latin_1(write: Write) -> None:
    """Names and remarks of old files are no UTF-8; control characters in them end no line."""
    text = "NAME: Caf\xe9 \x85 \x0c\nCOMMENT: M\xf6hring\nTYPE: TSP\nDIMENSION: 2\n"
    text += "EDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 3 x\nEOF\n"
    with pytest.raises(InputError, match="line 8: 'x' is not a number"):
        read_instance(write("a.tsp", text.encode("latin-1")), 2)
    fine = write("b.tsp", text.replace("3 x", "3 4").encode("latin-1"))
    assert read_instance(fine, 2).distances[0, 1] == 5


NOT_INSTANCES = [
    ("", "is empty"),
    (" \n\n", "is empty"),
    (b"\x00\x01\x02" * 100, "its format is not recognised; known are edges, geo, geojson,"),
    (b"\x89PNG\r\n\x1a\n\x00\x00", "its format is not recognised"),
    (b"PK\x03\x04 an archive", "it is a zip archive, as .npz and .xlsx files are; save the matrix"),
    (b"\x1f\x8b\x08 packed", "it is compressed; unpack it first (gunzip)."),
    ("3\n0 1".encode("utf-16"), "it is text in UTF-16; save it as UTF-8."),
    ("once upon a time there was a file\nof words", "its format is not recognised"),
    ("5", "its format is not recognised"),
    (b"3\n0 1 1\n0 2 \xff\n1 2 1", "line 3: 'ÿ' is not a number"),
]


@pytest.mark.parametrize(("content", "told"), NOT_INSTANCES, ids=range(len(NOT_INSTANCES)))
def test_what_is_no_instance(content: str | bytes, told: str, write: Write) -> None:
    """Empty files, binary junk and prose are named and refused."""
    path = write("junk.bin", content)
    with pytest.raises(InputError, match=re.escape(told)) as caught:
        read_instance(path, 2)
    assert str(path) in str(caught.value)


def test_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file, a folder, a name the system refuses, and a file that may not be read."""
    with pytest.raises(InputError, match=r"there is no file '.*none\.txt'"):
        read_instance(tmp_path / "none.txt", 2)
    with pytest.raises(InputError, match="is a folder; give the files in it"):
        read_instance(tmp_path, 2)
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        read_instance(tmp_path / ("x" * 300), 2)
    with pytest.raises(
        InputError, match=r"'x{60}'\.\.\. \(500,000 characters\) cannot be read: File name"
    ):
        read_instance("x" * 500_000, 2)
    with pytest.raises(InputError, match="cannot be read: embedded null byte"):
        read_instance("a\0b", 2)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "secret").touch()
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        read_instance(tmp_path / "secret", 2)


def test_what_would_wait_for_ever(tmp_path: Path) -> None:
    """A pipe is not opened, nor a device; standard input is none of the files."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is a pipe or a device; save what it says in a file first"):
        read_instance(tmp_path / "pipe", 2)
    with pytest.raises(InputError, match="is a pipe or a device"):
        read_instance("/dev/zero", 2)
    with pytest.raises(
        InputError, match=r"there is no file '-'; standard input is not read, save it in"
    ):
        read_instance("-", 2)


LONG = 500_000
ECHOES = [
    "x" * LONG + "\n0 1 2",
    f"3\n0 1 {'x' * LONG}\n0 2 1\n1 2 1",
    f"{'9' * LONG}\n0 1 2",
    f"3 {'9' * 4301}\n0 1 2",
    f"NAME: x\nDIMENSION: {'9' * LONG}\n",
    f"NAME: x\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: {'E' * LONG}\n",
    f"NAME: x\n{'?' * LONG}\n",
    f"NAME: x\nDIMENSION: 2\nDIMENSION: {'3' * LONG}\n",
    f",{'A' * LONG},B\nA,0,1\nB,1,0\n",
    f"0,1\n1,{'y' * LONG}\n",
    f"A,B,{'z' * LONG}\n",
    "(" * LONG,
]


@pytest.mark.parametrize("text", ECHOES, ids=range(len(ECHOES)))
def test_messages_do_not_repeat_the_file(text: str, write: Write) -> None:
    """Of a long value the beginning is told."""
    path = write("long.txt", text)
    for name in (None, "pairs", "tsplib", "matrix"):
        with pytest.raises(InputError) as caught:
            read_instance(path, 2, format=name)
        assert len(str(caught.value)) < 1500
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("whole", "broken"),
    [(b"}", b" "), (b" 'shape'", b"b'shape'"), (b"'<f8'", b"'<z8'"), (b"(4, 4)", b"(4, x)")],
)
def test_broken_headers_of_npy(whole: bytes, broken: bytes, tmp_path: Path) -> None:
    """Whatever numpy raises for a header that it cannot read, one sentence names the file."""
    content = WRITERS["npy"](random_matrix(1, 4))
    assert content.count(whole) == 1
    path = tmp_path / "broken.npy"
    path.write_bytes(content.replace(whole, broken))
    with pytest.raises(InputError, match=r"broken\.npy': it is no whole \.npy file of numbers: "):
        read_instance(path, 2)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(data=st.data(), name=st.sampled_from([*WRITERS, "geo"]))
def test_damaged_files_are_refused_or_valid(data: st.DataObject, name: str, tmp_path: Path) -> None:
    """Cut off, or with bytes changed, a file is an instance all the same or one sentence; no crash."""
    content = bytearray(GEO if name == "geo" else WRITERS[name](random_matrix(1, 4)))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=3)):
        content[place] = data.draw(st.sampled_from(b"0123456789.-+e \n,:naif\x00\xff_xX"))
    content = content[: data.draw(st.integers(0, len(content)))]
    path = tmp_path / "damaged"
    path.write_bytes(content)
    refusal = None
    try:
        assert read_instance(path, 2).n >= 2
    except InputError as error:
        refusal = str(error)
    assert refusal is None or (str(path) in refusal and "\n" not in refusal)
