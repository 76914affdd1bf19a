"""Files of MDPLIB: coordinates (geo) and one pair a line (pairs)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispersion import read_instance
from dispersion.errors import InputError

Write = Callable[..., Path]


def test_points_are_euclidean(write: Write) -> None:
    """Distances of a Geo file are not rounded, and greedy may count on the triangle inequality."""
    path = write("Geo 3 2.txt", "3\n3\n0 44.68 5.58 5.25\n1 27.15 34.21 21.24\n2 -1 1e1 0\n")
    instance = read_instance(path, 2)
    points = [(44.68, 5.58, 5.25), (27.15, 34.21, 21.24), (-1.0, 10.0, 0.0)]
    slow = [[math.dist(x, y) for y in points] for x in points]
    np.testing.assert_allclose(instance.distances, slow, rtol=1e-12)
    assert (instance.name, instance.metric, instance.is_metric) == ("Geo 3 2.txt", "euclidean", True)


def test_points_may_count_from_one(write: Write) -> None:
    """Numbers from 0 and from 1 mean the same points in the same order."""
    zero, one = write("a", "2\n1\n0 5\n1 7\n"), write("b", "2\n1\n1 5\n2 7\n")
    assert read_instance(zero, 2).digest == read_instance(one, 2).digest


def test_pairs_are_taken_as_they_are(write: Write) -> None:
    """Whole and real distances, 0 too; no metric is claimed."""
    instance = read_instance(write("Ran.txt", "3\n0 1 74.0\n0 2 96.5\n1 2 0\n"), 2)
    assert instance.distances.tolist() == [[0, 74, 96.5], [74, 0, 0], [96.5, 0, 0]]
    assert instance.is_metric is None


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), first=st.integers(0, 1), twice=st.booleans())
def test_pairs_in_any_order(seed: int, first: int, twice: bool, tmp_path: Path) -> None:
    """Counted from 0 or 1, in any order and direction, with repeats and a diagonal: one instance."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 7))
    matrix = np.triu(rng.integers(0, 9, size=(n, n)), k=1)
    rows = [[i, j] if rng.random() < 0.5 else [j, i] for i in range(n) for j in range(i + 1, n)]
    rows += [[j, i] for i, j in rows] + [[i, i] for i in range(n)] if twice else []
    rng.shuffle(rows)
    path = tmp_path / "pairs.txt"
    lines = [f"{i + first} {j + first} {(matrix + matrix.T)[i, j]}" for i, j in rows]
    path.write_text("\n".join([f"{n} 2", *lines]))
    assert (read_instance(path).distances == matrix + matrix.T).all()


GEO_FAULTS = [
    ("x\n2\n0 1 2", "the number of points must be a whole number, got 'x'", 1),
    ("1\n2\n0 1 2", "the number of points must be at least 2, got 1", 1),
    ("2.0\n2\n0 1 2\n1 1 2", "the number of points must be a whole number, got '2.0'", 1),
    ("2\n0\n0 1\n1 1", "the number of coordinates must be at least 1, got 0", 2),
    ("2\n2\n0 1 2", "it promises 2 points and holds 1", None),
    ("2\n2\n0 1 2\n1 1 2\n2 3 4", "it promises 2 points and holds 3", None),
    ("2\n2\n0 1 2\n1 1", "3 numbers are expected, got 2", 4),
    ("2\n2\n0 1 2\n\n1 1 2 3", "3 numbers are expected, got 4", 5),
    ("2\n3\n0 1 2\n1 1 2", "4 numbers are expected, got 3", 3),
    ("2\n2\n0 1 2\n1 1 two", "'two' is not a number", 4),
    ("2\n2\n0 1 2\n1 1 nan", "nan is not a finite number", 4),
    ("2\n2\n0 1 -inf\n1 1 2", "-inf is not a finite number", 3),
    ("3\n2\n0 1 2\n2 1 2\n3 3 4", "it holds point 2 where point 1 is due", 4),
    ("3\n2\n0 1 2\n1 1 2\n1 3 4", "it holds point 1 where point 2 is due", 5),
    ("2\n2\n7 1 2\n8 1 2", "it holds point 7 where point 0 is due", 3),
    ("2\n2\n0 1e308 2\n1 -1e308 2", "is not finite", None),
]
PAIR_FAULTS = [
    ("1\n0 1 5", "the number of points must be at least 2, got 1", 1),
    ("-3\n0 1 5", "the number of points must be at least 2, got -3", 1),
    ("3x\n0 1 5", "the number of points must be a whole number, got '3x'", 1),
    ("3 1\n0 1 5", "the number of points to choose must be at least 2, got 1", 1),
    ("3 4\n0 1 5", "4 of 3 points cannot be chosen", 1),
    ("3\n0 1 5\n0 2 5\n", "it has no distance for 1 of its 3 pairs, the first of them 1 2", None),
    ("3\n0 1 5\n0 2 5\n1 2", "3 numbers are expected, got 2", 4),
    ("3\n0 1 5\n0 2 5 7\n1 2 5", "3 numbers are expected, got 4", 3),
    ("3\n0 1 5\n0 2 -5\n1 2 5", "a distance must be >= 0, got -5", 3),
    ("3\n0 1 5\n0 2 nan\n1 2 5", "nan is not a finite number", 3),
    ("3\n0 1 5\n0 2 inf\n1 2 5", "inf is not a finite number", 3),
    ("3\n0 1 5\n0 2 many\n1 2 5", "'many' is not a number", 3),
    ("3\n0 1 5\n0 3 5\n1 2 5", "a pair of two points 0..2 is expected, got 0 3", 3),
    ("3\n1 2 5\n1 4 5\n2 3 5", "a pair of two points 1..3 is expected, got 1 4", 3),
    ("3\n0 1 5\n0 2.5 5\n1 2 5", "a pair of two points 0..2 is expected, got 0 2.5", 3),
    ("3\n0 1 5\n0 -1 5\n1 2 5", "a pair of two points 0..2 is expected, got 0 -1", 3),
    ("3\n0 1 5\n0 2 5\n1 2 5\n2 2 1", "the distance of a point to itself must be 0, got 1", 5),
    ("3\n0 1 5\n0 2 5\n1 2 5\n\n1 0 6", "distance 6 contradicts line 2, which says 5 for the same", 6),
    ("3\n0 1 5\n0 1 7\n0 2 5\n1 2 5\n", "distance 7 contradicts line 2, which says 5 for the same", 3),
]


@pytest.mark.parametrize(("content", "told", "line"), [*GEO_FAULTS, *PAIR_FAULTS])
def test_faults_are_named_with_their_line(
    content: str, told: str, line: int | None, write: Write
) -> None:
    """Truncated, overfull, contradictory and meaningless files say what is wrong, and where."""
    path = write("bad.txt", content)
    with pytest.raises(InputError, match=re.escape(told)) as caught:
        read_instance(path, 2)
    where = f"'{path}'" if line is None else f"'{path}', line {line}: "
    assert str(caught.value).startswith(where)
    assert ", line" not in str(caught.value) or line is not None
