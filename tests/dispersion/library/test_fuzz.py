"""Damaged files of every kind: an instance or one sentence, never another exception, and soon."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dispersion.compare.cli.config import read_config
from dispersion.compare.cli.parser import parser
from dispersion.errors import InputError
from dispersion.library import formats, read_instance, read_known
from dispersion.study.folder.layers import LAYERS, read_layers

Reader = Callable[[Path], object]
MOST_SECONDS = 2.0  # of CPU time for a file

NUMBERS = [b"nan", b"inf", b"-1", b"1e999", b"1e-400", b"1_000", b"0x10", b"\xbd", b"", b"-0.0", b"1,5"]
NUMBERS += [
    b"9" * 30,
    b"9" * 5000,
    b"1e308",
    b"5e-324",
    b"0",
    b"2",
    b"3",
    b"4",
    b"1.5.2",
    b"True",
    b"+",
]
PIECES = [
    b" " * 3000,
    b"\n" * 50,
    b"\t",
    b",",
    b";",
    b":",
    b"\0",
    b"\r",
    b"\x85",
    b"\xff\xfe",
    b'"',
    b"#",
]
PIECES += [b"\xef\xbb\xbf", b"EOF\n", b"-1\n", b"x" * 3000, b"[" * 3000, b"a." * 500, b"NAME:", b"\x1a"]


def _parquet() -> bytes:
    content = io.BytesIO()
    pd.DataFrame({"name": ["Ulm", "Rome"], "lat": [48.4, 41.9], "lon": [10.0, 12.5]}).to_parquet(
        content
    )
    return content.getvalue()


def _arrays() -> dict[str, bytes]:
    matrix, layers = io.BytesIO(), io.BytesIO()
    np.save(matrix, np.array([[0.0, 1, 2], [1, 0, 3], [2, 3, 0]]))
    arrays = {"coordinates_0": np.zeros((3, 2)), "kernels": np.ones((3, 1, 2, 2))}
    names = {"names": np.array(["a"]), "first": np.array("a"), "shares": np.ones(1)}
    np.savez_compressed(layers, **arrays, **names)
    return {"npy": matrix.getvalue(), "layers": layers.getvalue()}


TSPLIB = b"NAME: x y\nCOMMENT: a b\nTYPE: TSP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: "
SEEDS = {
    "geo": b"3\n2\n0 0.0 0.5\n1 3.0 4.0\n2 0.0 1.0\n",
    "pairs": b"3 2\n0 1 5.0\n0 2 4.0\n1 2 3.0\n",
    "gkd-d": b"3\n0 1 5.0\n0 2 4.0\n1 2 3.0\n0.0 0.0\n3.0 4.0\n0.0 4.0\n",
    "named-pairs": b"origin,destination,km\nA,B,5\nA,C,6\nB,C,7\n",
    "matrix": b"0 1.5 2\n1.5 0 3\n2 3 0\n",
    "counted": b"3\n0 1 2\n1 0 4\n2 4 0\n",
    "named-matrix": b",A,B,C\nA,0.0,1.5,2\nB,1.5,0,3\nC,2,3,0\n",
    "semicolons": b"0;1,5;2\n1,5;0;3\n2;3;0\n",
    "points": b"name,x,y\nA,0,0\nB,3,4\nC,10,0\nD,0,10\n",
    "coordinates": TSPLIB + b"EUC_2D\nNODE_COORD_SECTION\n1 0 0\n2 3 4\n3 6 8\n-1\nEOF\n",
    "geographic": TSPLIB + b"GEO\nNODE_COORD_SECTION\n1 38.24 20.42\n2 39.57 26.15\n3 40.5 25.3\n",
    "explicit": TSPLIB + b"EXPLICIT\nEDGE_WEIGHT_FORMAT: UPPER_ROW\nEDGE_WEIGHT_SECTION\n1 2\n3\nEOF\n",
    "pmed": b"5 4 2\n1 2 10\n2 3 20\n3 4 30\n4 5 40\n",
    "gr": b"c roads\np sp 3 4\na 1 2 3\na 2 1 3\na 2 3 4\na 3 2 4\n",
    "gml": b'graph [\n node [ id 0 label "A" ]\n node [ id 1 label "B" ]\n'
    b" edge [ source 0 target 1 weight 2.5 ]\n]\n",
    "graphml": b'<?xml version="1.0"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    b'<key id="d0" for="edge" attr.name="weight" attr.type="double"/><graph edgedefault="undirected">'
    b'<node id="A"/><node id="B"/><edge source="A" target="B"><data key="d0">2.5</data></edge>'
    b"</graph></graphml>\n",
    "phylip": b"3\nAlpha 0 1 2.5\nBeta 1 0 3\nGamma 2.5 3 0\n",
    "mtx": b"%%MatrixMarket matrix coordinate real symmetric\n% c\n3 3 3\n2 1 1\n3 1 2.5\n3 2 3\n",
    "places": b'{"type": "FeatureCollection", "features": [{"id": 1, "properties": {"name": "Ulm"},\n'
    b'"geometry": {"type": "Point", "coordinates": [10.0, 48.4]}}, {"properties": {"name": "Rome"},\n'
    b'"geometry": {"type": "Point", "coordinates": [12.5, 41.9, 3]}}]}\n',
    "towns": b"town,lat,lon,people\nUlm,48.4,10.0,\nRome,41.9,12.5,3\nOslo,59.9,10.7,1\n",
    "known": b"# c\ninstance,p,best_known,proven\na.csv,3,81.5,yes\nb,4,7,no\n",
    "config": b'# c\ninstance = ["a", "b"]\np = [3,\n 4]\ntime-limit = 5\nobjective = """max-sum"""\n',
    "parquet": _parquet(),
    **_arrays(),
}


def _as_instance(rng: np.random.Generator) -> Reader:
    """Mostly by content, at times by a name that fits or does not, with an option or without."""
    named = str(rng.choice([*formats])) if rng.random() < 0.25 else None
    metric = str(rng.choice(["angular", "cosine", "euclidean"])) if rng.random() < 0.1 else None
    symmetric = str(rng.choice(["mean", "min", "max"])) if rng.random() < 0.2 else None
    p = 2 if rng.random() < 0.9 else None
    told = TOLD[rng.integers(len(TOLD))] if rng.random() < 0.2 else {}
    return lambda path: read_instance(path, p, named, metric=metric, symmetric=symmetric, **told)


TOLD: list[dict[str, Any]] = [
    {"coordinates": ["1", "0"]},
    {"coordinates": ["lat", "x"], "label": "town"},
    {"label": "name"},
    {"unreachable": "largest"},
    {"unreachable": 7.0, "nodes": ["A", "B"]},
    {"nodes": ["1", "3"]},
]


def _reader(kind: str, rng: np.random.Generator) -> Reader:
    special: dict[str, Reader] = {
        "known": read_known,
        "config": lambda path: read_config(path, parser()),
        "layers": lambda path: read_layers(path.parent),
    }
    return special.get(kind) or _as_instance(rng)


def damaged(content: bytes, rng: np.random.Generator) -> bytes:
    """One to four changes: bytes, lines, numbers, pieces."""
    for _ in range(rng.integers(1, 5)):
        lines = content.split(b"\n")
        where, line = int(rng.integers(len(content) + 1)), int(rng.integers(len(lines)))
        change = rng.integers(8)
        if change == 0 and content:  # a byte
            content = content[:where] + bytes([rng.integers(256)]) + content[where + 1 :]
        elif change == 1:  # cut off
            content = content[:where]
        elif change == 2:  # a line less
            content = b"\n".join(lines[:line] + lines[line + 1 :])
        elif change == 3:  # a line many times
            content = b"\n".join(lines[:line] + [lines[line]] * int(rng.integers(2, 40)) + lines[line:])
        elif change == 4:  # two lines change places
            other = int(rng.integers(len(lines)))
            lines[line], lines[other] = lines[other], lines[line]
            content = b"\n".join(lines)
        elif change == 5:  # a piece from elsewhere
            content = content[:where] + PIECES[rng.integers(len(PIECES))] + content[where:]
        elif change == 6:  # another file
            content = content[:where] + list(SEEDS.values())[rng.integers(len(SEEDS))][where:]
        else:  # a cell
            cells = lines[line].split(b" ")
            cells[rng.integers(len(cells))] = NUMBERS[rng.integers(len(NUMBERS))]
            lines[line] = b" ".join(cells)
            content = b"\n".join(lines)
    return content


def _tried(seed: int, folder: Path) -> tuple[str, float, str | None]:
    """The kind of file that a seed damages, CPU seconds, and what was said if it was refused."""
    rng = np.random.default_rng(seed)
    kind = list(SEEDS)[seed % len(SEEDS)]
    path = folder / LAYERS
    path.write_bytes(damaged(SEEDS[kind], rng))
    reader, begun = _reader(kind, rng), time.process_time()
    try:
        reader(path)
    except InputError as error:
        return kind, time.process_time() - begun, str(error)
    return kind, time.process_time() - begun, None


def _check(seeds: range, folder: Path) -> None:
    refused, slowest = 0, 0.0
    for seed in seeds:
        kind, seconds, said = _tried(seed, folder)
        assert said is None or ("\n" not in said and len(said) < 2000), (seed, kind, said)
        assert seconds < MOST_SECONDS, (seed, kind, seconds)
        refused, slowest = refused + (said is not None), max(slowest, seconds)
    assert 0 < refused < len(seeds)
    print(f"{len(seeds):,} files, {refused:,} refused, the slowest in {slowest:.2f} s")


@pytest.mark.parametrize("kind", SEEDS)
def test_undamaged_all_are_read(kind: str, tmp_path: Path) -> None:
    """Otherwise damage would be tried on files that nobody can read."""
    path = tmp_path / LAYERS
    path.write_bytes(SEEDS[kind])
    reader = _reader(kind, np.random.default_rng(0)) if kind in ("known", "config", "layers") else None
    assert (reader or (lambda path: read_instance(path, 2)))(path) is not None


def test_a_few_hundred_damaged_files(tmp_path: Path) -> None:
    """Of every kind some; the seed in a failure repeats it."""
    _check(range(700), tmp_path)


@pytest.mark.slow
def test_ten_thousand_damaged_files(tmp_path: Path) -> None:
    """The same at length."""
    _check(range(1000, 11_000), tmp_path)
