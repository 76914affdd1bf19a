"""TSPLIB95: every distance against a slow one written from its definition, and the published ones."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from dispersion import read_instance
from dispersion.errors import InputError

Write = Callable[..., Path]


def nint(x: float) -> int:
    return int(x + 0.5)


def att(x: Sequence[float], y: Sequence[float]) -> int:
    exact = math.sqrt(((x[0] - y[0]) ** 2 + (x[1] - y[1]) ** 2) / 10.0)
    return nint(exact) + 1 if nint(exact) < exact else nint(exact)


def radians(x: float) -> float:
    return 3.141592 * (int(x) + 5.0 * (x - int(x)) / 3.0) / 180.0


def geo(x: Sequence[float], y: Sequence[float]) -> int:
    (lat1, lon1), (lat2, lon2) = map(radians, x), map(radians, y)
    q1, q2, q3 = math.cos(lon1 - lon2), math.cos(lat1 - lat2), math.cos(lat1 + lat2)
    return int(6378.388 * math.acos(0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3)) + 1.0)


def manhattan(x: Sequence[float], y: Sequence[float]) -> int:
    return nint(sum(abs(a - b) for a, b in zip(x, y, strict=True)))


def maximum(x: Sequence[float], y: Sequence[float]) -> int:
    return max(nint(abs(a - b)) for a, b in zip(x, y, strict=True))


SLOW: dict[str, tuple[int, Callable[[Sequence[float], Sequence[float]], int]]] = {
    "EUC_2D": (2, lambda x, y: nint(math.dist(x, y))),
    "EUC_3D": (3, lambda x, y: nint(math.dist(x, y))),
    "CEIL_2D": (2, lambda x, y: math.ceil(math.dist(x, y))),
    "MAN_2D": (2, manhattan),
    "MAN_3D": (3, manhattan),
    "MAX_2D": (2, maximum),
    "MAX_3D": (3, maximum),
    "ATT": (2, att),
    "GEO": (2, geo),
}


def coordinates(kind: str, points: Sequence[Sequence[float]], first: int = 1) -> str:
    rows = [f"{k} {' '.join(map(repr, map(float, x)))}" for k, x in enumerate(points, first)]
    return "\n".join(
        [
            *(
                "NAME : test",
                "COMMENT : Padberg/Rinaldi: 5",
                "TYPE : TSP",
                f"DIMENSION : {len(points)}",
            ),
            *(f"EDGE_WEIGHT_TYPE : {kind}", "NODE_COORD_SECTION", *rows, "EOF", ""),
        ]
    )


@pytest.mark.parametrize("kind", SLOW)
def test_distances_are_those_of_the_definition(kind: str, write: Write) -> None:
    """All pairs of random points agree with the rule, are whole, and claim no metric."""
    dimensions, slow = SLOW[kind]
    points = np.random.default_rng(5).uniform(-80, 80, size=(25, dimensions)).round(2)
    instance = read_instance(write("t.tsp", coordinates(kind, points.tolist())), 3)
    for i in range(25):
        for j in range(i + 1, 25):
            assert instance.distances[i, j] == slow(points[i], points[j]), (i, j)
    assert instance.metric is None


@pytest.mark.parametrize(
    ("kind", "other", "distance"),
    [
        ("EUC_2D", (1, 1), 1),
        ("EUC_2D", (2, 2), 3),  # more than 1 + 1 over (1, 1): rounding breaks the triangle inequality
        ("EUC_2D", (0.3, 0.4), 1),  # exactly a half goes up
        ("CEIL_2D", (1, 1), 2),
        ("CEIL_2D", (3, 4), 5),
        ("ATT", (3, 4), 2),
        ("ATT", (1, 3), 1),
        ("ATT", (2, 3), 2),
        ("MAN_2D", (3, -4), 7),
        ("MAX_2D", (3, -4), 4),
        ("MAX_2D", (3.4, 3.5), 4),
        ("GEO", (0, 0), 1),
    ],
)
def test_rounding(kind: str, other: tuple[float, float], distance: int, write: Write) -> None:
    """Distances from the origin, computed by hand."""
    instance = read_instance(write("t.tsp", coordinates(kind, [(0, 0), other])), 2)
    assert instance.distances[0, 1] == distance


def test_the_published_distances_of_ulysses(write: Write) -> None:
    """Ithaca and three other places, whose kilometres TSPLIB's solutions rest on."""
    points = [(38.24, 20.42), (39.57, 26.15), (40.56, 25.32), (36.26, 23.12)]
    instance = read_instance(write("u.tsp", coordinates("GEO", points)), 2)
    assert instance.distances[0].tolist() == [0, 509, 501, 312]


@pytest.mark.parametrize("point", [(90.30, 0), (-91, 0), (0, 361), (0, -180.30)])
def test_places_that_are_not_on_earth(point: tuple[float, float], write: Write) -> None:
    """Latitude and longitude swapped, say: refused, in degrees."""
    with pytest.raises(InputError, match=r"point 1 has the l.*, which must lie between -.*; GEO takes"):
        read_instance(write("t.tsp", coordinates("GEO", [(0, 0), point])), 2)


MATRIX = np.array([[0, 1, 2, 4], [1, 0, 3, 5], [2, 3, 0, 6], [4, 5, 6, 0]])
UPPER, LOWER = "1 2 4 3 5 6", "1 2 3 4 5 6"
UPPER_DIAG, LOWER_DIAG = "0 1 2 4 0 3 5 0 6 0", "0 1 0 2 3 0 4 5 6 0"


def explicit(layout: str, numbers: str, n: int = 4) -> str:
    return (
        f"NAME:m\nDIMENSION:{n}\nEDGE_WEIGHT_TYPE:EXPLICIT\nEDGE_WEIGHT_FORMAT:{layout}\n"
        f"EDGE_WEIGHT_SECTION\n{numbers}\nDISPLAY_DATA_SECTION\n1 0.0 0.0\nEOF\n"
    )


@pytest.mark.parametrize(
    ("layout", "numbers"),
    [
        ("FULL_MATRIX", "0 1 2 4 1 0 3 5 2 3 0 6 4 5 6 0"),
        ("UPPER_ROW", UPPER),
        ("LOWER_ROW", LOWER),
        ("UPPER_DIAG_ROW", UPPER_DIAG),
        ("LOWER_DIAG_ROW", LOWER_DIAG),
        ("UPPER_COL", LOWER),
        ("LOWER_COL", UPPER),
        ("UPPER_DIAG_COL", LOWER_DIAG),
        ("LOWER_DIAG_COL", UPPER_DIAG),
    ],
)
@pytest.mark.parametrize("width", [1, 3, 16])
def test_explicit_matrices(layout: str, numbers: str, width: int, write: Write) -> None:
    """Every layout gives the same matrix, wherever its lines are broken."""
    cells = numbers.split()
    broken = "\n".join(" ".join(cells[k : k + width]) for k in range(0, len(cells), width))
    instance = read_instance(write("m.tsp", explicit(layout, broken)), 2)
    assert (instance.distances == MATRIX).all()


GOOD = coordinates("EUC_2D", [(0, 0), (3, 4), (6, 8)])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            GOOD.replace("EUC_2D", "XRAY1"),
            ", line 5: EDGE_WEIGHT_TYPE 'XRAY1' is not known; known: EUC_2D",
        ),
        (GOOD.replace("EDGE_WEIGHT_TYPE : EUC_2D\n", ""), ": it has no EDGE_WEIGHT_TYPE."),
        (GOOD.replace("DIMENSION : 3\n", ""), ": it has no DIMENSION."),
        (GOOD.replace("N : 3", "N : many"), ", line 4: DIMENSION must be a whole number, got 'many'."),
        (GOOD.replace("N : 3", "N : 1"), ", line 4: DIMENSION must be at least 2, got 1."),
        (GOOD.replace("N : 3", "N : 4"), ": it promises 4 points and holds 3."),
        (GOOD.replace("2 3.0 4.0", "2 3.0"), ", line 8: 3 numbers are expected, got 2."),
        (GOOD.replace("2 3.0 4.0", "2 3.0 nan"), ", line 8: nan is not a finite number."),
        (GOOD.replace("2 3.0 4.0", "2 3.0 4,0"), ", line 8: 3 numbers are expected, got 4."),
        (GOOD.replace("2 3.0 4.0", "3 3.0 4.0"), ", line 8: it holds point 3 where point 2 is due."),
        (GOOD.replace("NODE_COORD_SECTION\n", ""), ", line 6: a keyword is expected, got '1 0.0 0.0'."),
        (GOOD[: GOOD.index("NODE")], ": it has no NODE_COORD_SECTION."),
        (GOOD.replace("EUC_2D", "EUC_3D"), ", line 7: 4 numbers are expected, got 3."),
        (
            GOOD.replace("EOF", "the end"),
            ", line 10: a keyword or numbers are expected, got 'the end'.",
        ),
        (GOOD.replace("EUC_2D", "EXPLICIT"), ": it has no EDGE_WEIGHT_FORMAT."),
        (
            explicit("FUNCTION", "1"),
            ", line 4: EDGE_WEIGHT_FORMAT 'FUNCTION' is not known; known: FULL",
        ),
        (explicit("UPPER_ROW", "1 2 3"), ": EDGE_WEIGHT_SECTION must hold 6 numbers, got 3."),
        (explicit("UPPER_ROW", "1 2 3\n4 5 inf"), ", line 7: inf is not a finite number."),
        (explicit("UPPER_ROW", "1 2 3\n4 5 6x"), ", line 7: '6x' is not a number."),
        (explicit("UPPER_ROW", "1 2 -3 4 5 6"), ": distance [0, 3] = -3.0 is negative;"),
        (explicit("FULL_MATRIX", "0 1 2 0", 2), ": distances are not symmetric: [0, 1] = 1.0 but"),
        (explicit("FULL_MATRIX", "9 1 1 9", 2), ": distance [0, 0] = 9.0 is on the diagonal"),
    ],
)
def test_faults_are_named(content: str, told: str, write: Write) -> None:
    """What is missing, unknown, too short or impossible is said with the file and, if any, the line."""
    path = write("bad.tsp", content)
    with pytest.raises(InputError, match=re.escape(f"'{path}'{told}".removesuffix("."))):
        read_instance(path, 2)


KEYWORDS = "NAME: x\nTYPE: TSP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n"
NODES = "1 0 0\n2 3 4\n3 6 8\n"


@pytest.mark.parametrize(
    "text",
    [
        KEYWORDS + NODES,
        KEYWORDS + NODES + "-1\nEOF\n",
        KEYWORDS + "3 6 8\n1 0 0\n2 3 4\nEOF",
        KEYWORDS.replace(": ", " : ") + NODES,
        KEYWORDS.replace(": ", ":") + NODES,
        KEYWORDS.replace(": ", "   ") + NODES,
        KEYWORDS.replace(": ", "\t:\t") + NODES,
        KEYWORDS.lower() + NODES + "eof\nrubbish 1 2",
        KEYWORDS.replace("\n", "\r\n") + NODES,
        "\ufeff" + KEYWORDS + NODES,
        "COMMENT: one\nCOMMENT: two: with colon\nCOMMENT : 3 cities\n" + KEYWORDS + NODES,
        "NAME: t\nCOMMENT: line one\n  goes on here, 5 words\n7 eggs\n" + KEYWORDS + NODES,
        "NAME: a b c\nCOMMENT: a\n" + KEYWORDS + NODES,
        KEYWORDS.replace("SECTION", "SECTION:") + NODES + "FIXED_EDGES_SECTION\n1 2\n-1\n",
        KEYWORDS + NODES + "DEMAND_SECTION\n1 0\n2 7\n3 1\nDEPOT_SECTION\n 1\n -1\nEOF\n",
        KEYWORDS + NODES + "DISPLAY_DATA_SECTION\n1 5.0 5\nTOUR_SECTION\n1 3 2\n-1\nEOF\n",
        KEYWORDS + NODES.replace("1 ", "0 ", 1).replace("2 3", "1 3").replace("3 6", "2 6"),
        "CAPACITY: 9\nVEHICLES: 3\n" + KEYWORDS + NODES,
        "NAME: x" + " " * 600_000 + "\n" + KEYWORDS + NODES,
        "COMMENT:" + " " * 600_000 + ":\n" + KEYWORDS + NODES,
        KEYWORDS.replace("DIM", " " * 600_000 + "DIM") + NODES,
    ],
    ids=range(21),
)
def test_files_as_people_write_them(text: str, write: Write) -> None:
    """Any order of nodes, case, blanks and ends of line; other sections are left alone."""
    instance = read_instance(write("t.tsp", text), 2)
    assert instance.distances.tolist() == [[0, 5, 10], [5, 0, 5], [10, 5, 0]]


def test_a_file_of_three_words_in_the_second_line(write: Write) -> None:
    """As si175: two words, then three, which pairs begin with."""
    text = explicit("UPPER_ROW", UPPER).replace("NAME:m\n", "NAME: m\nTYPE: TSP instance\n")
    assert (read_instance(write("si.tsp", text), 2).distances == MATRIX).all()


def test_points_are_kept(write: Write) -> None:
    """Also where they are written as degrees and minutes; another metric can be asked for."""
    path = write("g", coordinates("GEO", [(38.24, 20.42), (39.57, 26.15)]))
    instance = read_instance(path, 2)
    np.testing.assert_allclose(instance.points, [[38.4, 20.7], [39.95, 26.25]])
    assert (instance.distances[0, 1], instance.metric) == (509, None)
    assert read_instance(path, 2, metric="haversine").distances[0, 1] == pytest.approx(509, abs=2)
    plane = write("e", coordinates("EUC_2D", [(0, 0), (1, 1)]))
    assert read_instance(plane, 2, metric="euclidean").distances[0, 1] == math.sqrt(2)


def test_the_diagonal_of_an_asymmetric_tsp(write: Write) -> None:
    """It only keeps tours from staying, and is told; of other types it is refused."""
    text = explicit("FULL_MATRIX", "9999 1 3 9999", 2).replace("NAME:m\n", "NAME:m\nTYPE: ATSP\n")
    instance = read_instance(write("br.atsp", text), 2, symmetric="max")
    assert instance.distances.tolist() == [[0, 3], [3, 0]]
    assert "the diagonal, up to 9999, is taken as 0" in instance.note


def test_unrounded_distances(write: Write) -> None:
    """EXACT_2D of CVRPLIB is the one type that is a metric."""
    instance = read_instance(write("CMT.vrp", GOOD.replace("EUC_2D", "EXACT_2D")), 2)
    assert instance.metric == "euclidean"
    exact = read_instance(write("x", coordinates("EXACT_2D", [(0, 0), (1, 1)])), 2).distances
    assert exact[0, 1] == math.sqrt(2)


def test_a_keyword_that_contradicts_itself(write: Write) -> None:
    """Said twice alike is said once; otherwise both lines are named."""
    assert read_instance(write("a", GOOD.replace("TYPE : TSP", "TYPE : TSP\nDIMENSION : 3")), 2).n == 3
    with pytest.raises(InputError, match="line 5: DIMENSION '3' contradicts line 4, which says '4'"):
        read_instance(write("b", GOOD.replace("TYPE : TSP", "TYPE : TSP\nDIMENSION : 4")), 2)


@pytest.mark.parametrize(
    "header", ["name,x,y\nA,0,0\nB,3,4\nC,6,8\n", "name x y\nA 0 0\nB 3 4\nC 6 8\n"]
)
def test_a_table_whose_first_column_is_called_name_is_none(header: str, write: Write) -> None:
    """Only a colon, or a dimension, makes a keyword of it."""
    instance = read_instance(write("p.csv", header), 2)
    assert (instance.labels, instance.metric) == (("A", "B", "C"), "euclidean")
