"""Tables as text: matrices, points and pairs are told apart, or refused with the way out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dispersion import InputError, distances, read_instance
from dispersion.library.formats import detect, formats
from dispersion.library.source import Source

Write = Callable[..., Path]
MATRIX = [[0.0, 1.5, 2.0], [1.5, 0.0, 2.5], [2.0, 2.5, 0.0]]
LINE = [[0.0, 1.0, 3.0], [1.0, 0.0, 2.0], [3.0, 2.0, 0.0]]
NAMED = ("Ulm", "New York", "Rome")


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (",0,1,2\n0,0,1.5,2\n1,1.5,0,2.5\n2,2,2.5,0\n", None),
        ("A,B,C\n0,1.5,2\n1.5,0,2.5\n2,2.5,0\n", ("A", "B", "C")),
        (",A,B,C\nA,0,1.5,2\nB,1.5,0,2.5\nC,2,2.5,0\n", ("A", "B", "C")),
        ("id;A;B;C\nA;0;1,5;2\nB;1,5;0;2,5\nC;2;2,5;0\n", ("A", "B", "C")),
        ('"","Ulm","New York","Rome"\n"Ulm",0,1.5,2\n"New York",1.5,0,2.5\n"Rome",2,2.5,0', NAMED),
        ("Ulm\tNew York\tRome\n0\t1.5\t2\n1.5\t0\t2.5\n2\t2.5\t0\n", NAMED),
        ('"A" "B" "C"\n"A" 0 1.5 2\n"B" 1.5 0 2.5\n"C" 2 2.5 0\n', ("A", "B", "C")),
        ("A 0 1.5 2\nB 1.5 0 2.5\nC 2 2.5 0\n", ("A", "B", "C")),
        ("3\n0 1.5 2\n1.5 0 2.5\n2 2.5 0\n", None),
        ("0;1,5;2\n1,5;0;2,5\n2;2,5;0\n", None),
        ("0,1.5,2,\n1.5,0,2.5,\n2,2.5,0,\n", None),
    ],
)
def test_matrices_with_names_and_without(
    text: str, labels: tuple[str, ...] | None, write: Write
) -> None:
    """As pandas, R, spreadsheets and people write them; the names of the points are kept."""
    path = write("m.csv", text)
    assert detect(Source(path))[0].name == "matrix"
    instance = read_instance(path, 2)
    assert instance.distances.tolist() == MATRIX
    assert instance.labels == labels
    assert instance.metric is None


def test_n_before_a_matrix_of_any_size(write: Write) -> None:
    """Also of three rows, which pairs could be, and of four."""
    assert read_instance(write("a", "3\n0 1 2\n1 0 4\n2 4 0\n"), 2).distances[1, 2] == 4
    assert read_instance(write("b", "2\n0 7\n7 0\n"), 2).distances[0, 1] == 7
    four = "\n".join(["4", "0 1 2 3", "1 0 4 5", "2 4 0 6", "3 5 6 0"])
    assert read_instance(write("c", four), 2).distances[2, 3] == 6
    assert read_instance(write("d", "3\n0 1 5\n2 0 4\n1 2 0\n"), 2).distances.tolist() == [
        [0, 5, 4],
        [5, 0, 0],
        [4, 0, 0],
    ]  # three pairs all the same
    with pytest.raises(InputError, match=r"4 rows are promised, got 3; it was read as matrix"):
        read_instance(write("e", "\n".join(four.split("\n")[:-1])), 2)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("x\n0\n1\n3\n", None),
        ("x,y\n0,0\n1,0\n3,0\n", None),
        ("id,x\n7,0\n8,1\n9,3\n", ("7", "8", "9")),
        ("name;x;y\nUlm;0;0,5\nNew York;1;0,5\nRome;3;0,5\n", NAMED),
        ("x1 x2\n0 5\n1 5\n3 5\n", None),
        ("height,width\n0,2\n1,2\n3,2\n", None),
    ],
)
def test_points_under_names(text: str, labels: tuple[str, ...] | None, write: Write) -> None:
    """Columns named as coordinates, or fewer named columns than rows."""
    path = write("p.csv", text)
    assert detect(Source(path))[0].name == "points"
    instance = read_instance(path, 2)
    assert instance.distances.tolist() == LINE
    assert (instance.labels, instance.metric) == (labels, "euclidean")


CITIES = "city,country,lat,lng,people\nUlm,D,48.4,10.0,\nRome,I,41.9,12.5,3\nOslo,N,59.9,10.7,1\n"


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        (CITIES, ("Ulm D", "Rome I", "Oslo N")),
        (CITIES.replace(".", "¤").replace(",", ";").replace("¤", ","), ("Ulm D", "Rome I", "Oslo N")),
        ("id\tLongitude\tLatitude\n7\t10\t48.4\n8\t12.5\t41.9\n9\t10.7\t59.9\n", ("7", "8", "9")),
        (
            "stop_lat,stop_lon,name\n48.4,10.0,Ulm\n41.9,12.5,Rome\n59.9,10.7,Oslo\n",
            ("Ulm", "Rome", "Oslo"),
        ),
    ],
)
def test_latitude_and_longitude_by_name(text: str, labels: tuple[str, ...], write: Write) -> None:
    """Wherever they stand: kilometres, unless another metric is named, which is warned of."""
    path = write("cities.csv", text)
    instance = read_instance(path, 2)
    assert instance.points.tolist() == [[48.4, 10.0], [41.9, 12.5], [59.9, 10.7]]
    assert (instance.labels, instance.metric) == (labels, "haversine")
    assert (instance.distances == distances(instance.points, "haversine")).all()
    assert "are latitude and longitude" in instance.note
    assert ("not used: people" in instance.note) == ("people" in text)
    plain = read_instance(path, 2, metric="euclidean")
    assert plain.distances[0, 1] == pytest.approx(np.hypot(6.5, 2.5))
    assert "euclidean takes latitude and longitude for plain numbers; haversine gives k" in plain.note


def test_columns_are_told(write: Write) -> None:
    """By name or, where there are none, by number; also two columns on the Earth."""
    path = write("t.csv", "town,x,y,pop\nUlm,0,9,5\nRome,1,9,6\nOslo,3,9,7\nBonn,7,9,7\n")
    assert "every column is a coordinate: x, y, pop" in read_instance(path, 2).note
    instance = read_instance(path, 2, coordinates=["x", "y"])
    assert (instance.distances[:3, :3].tolist(), instance.note) == (LINE, "")
    assert instance.labels == ("Ulm", "Rome", "Oslo", "Bonn")
    assert read_instance(path, 2, coordinates=["x"], label="pop").labels == ("5", "6", "7", "7")
    bare = write("bare.txt", "5 0\n6 1\n7 3\n9 0\n")
    assert read_instance(bare, 2, coordinates=["1"]).distances[:3, :3].tolist() == LINE
    assert read_instance(bare, 2, coordinates=[1], label=0).labels == ("5", "6", "7", "9")
    with pytest.raises(
        InputError, match=r"coordinates must be a list of names, got 'x'; write \['x'\]"
    ):
        read_instance(path, 2, coordinates="x")
    east = write("e.csv", "e,n\n10.0,48.4\n12.5,41.9\n10.7,59.9\n")
    instance = read_instance(east, 2, coordinates=["n", "e"], metric="haversine")
    assert instance.distances[0, 1] == distances([[48.4, 10.0], [41.9, 12.5]], "haversine")[0, 1]


@pytest.mark.parametrize(
    ("text", "told", "message"),
    [
        (CITIES, {"coordinates": ["lat", "lnng"]}, "unknown column 'lnng'; did you mean lng"),
        (CITIES, {"coordinates": ["lat", "lat"]}, "a column is named twice as coordinate: lat, lat"),
        (CITIES, {"coordinates": ["country", "lat"]}, "line 2: 'D' is not a number"),
        (CITIES, {"coordinates": ["people", "lat"]}, "line 2: a cell is empty"),
        (CITIES, {"label": "town"}, "unknown column 'town'"),
        (
            CITIES.replace("48.4", "148.4"),
            {},
            "point 0 has the latitude 148.4, which must lie between -90",
        ),
        ("lat,lon\n48N,2\n47N,3\n", {}, "line 2: '48N' is not a number"),
        (
            "x,y,x\n1,2,3\n2,3,4\n",
            {"coordinates": ["x", "y"]},
            "2 columns are called 'x'; give its num",
        ),
        (
            "1 2\n2 3\n3 4\n",
            {"coordinates": ["x"]},
            "its columns have no names; give numbers from 0 to 1",
        ),
        (
            "3\n0 1 1\n0 2 1\n1 2 1\n",
            {"label": "x"},
            "label (--label) says nothing of a file of the format p",
        ),
        (
            CITIES,
            {"unreachable": 3.0},
            "unreachable (--unreachable) says nothing of a file of the format po",
        ),
    ],
)
def test_columns_that_are_not_there(
    text: str, told: dict[str, object], message: str, write: Write
) -> None:
    """Unknown, named twice, without numbers, or told of a file that has none: one sentence."""
    path = write("t.csv", text)
    with pytest.raises(InputError, match=re.escape(message)) as raised:
        read_instance(path, 2, **told)  # type: ignore[arg-type]
    assert str(raised.value).startswith(f"'{path}'")


def test_points_under_another_metric(write: Write) -> None:
    """Any registered one; of given distances none can be asked."""
    path = write("p.csv", "x,y\n0,1\n1,1\n3,-1\n")
    D = read_instance(path, 2, metric="angular").distances
    assert (distances([[0, 1], [1, 1], [3, -1]], "angular") == D).all()
    with pytest.raises(
        InputError, match=r"'.*m': it holds distances, so the metric 'cosine' cannot be"
    ):
        read_instance(write("m", "0 1\n1 0"), 2, metric="cosine")
    geo = read_instance(write("geo", "2\n1\n0 3\n1 5\n"), 2, metric="normalized")
    assert (geo.metric, geo.distances[0, 1]) == ("normalized", 0.0)


@pytest.mark.parametrize("text", ["0,1,1\n0,2,3\n1,2,2\n", "1 2 1\n1 3 3\n2 3 2\n2 1 1\n"])
def test_pairs_that_must_be_called_so(text: str, write: Write) -> None:
    """Without n and without names three numbers could be anything."""
    path = write("p.txt", text)
    with pytest.raises(InputError, match="--input-format"):
        read_instance(path, 2)
    assert read_instance(path, 2, format="pairs").distances.tolist() == LINE


def test_points_that_must_be_called_so(write: Write) -> None:
    """Without names they are read if told, and a column that counts is mentioned."""
    path = write("p.txt", "1 0 5\n2 1 5\n3 3 5\n4 4 4\n")
    instance = read_instance(path, 2, format="points")
    assert instance.distances[0, 1] == np.sqrt(2)
    assert instance.note == "the first column counts the rows and was taken as a coordinate"
    assert read_instance(write("one", "0\n1\n3\n"), 2, format="points").distances.tolist() == LINE


@pytest.mark.parametrize(
    "text",
    [
        "origin,destination,km\nA,B,1\nA,C,3\nB,C,2\n",
        "A,B,1\nC,A,3\nB,C,2\nB,C,2\n",
        "from;to;km\nA;B;1,0\nA;C;3,0\nB;C;2,0\n",
        "A B 1\nA C 3\nB C 2\n",
        "source,target,weight\n1,2,1\n1,3,3\n2,3,2\n",
        "i,j,d\n10,2,3\n10,7,2\n2,7,1\n",
    ],
)
def test_pairs_by_name(text: str, write: Write) -> None:
    """Points as they come, or by number where all names are numbers."""
    path = write("p.csv", text)
    assert detect(Source(path))[0].name == "pairs"
    instance = read_instance(path, 2)
    assert instance.distances.tolist() == LINE
    assert instance.labels in (("A", "B", "C"), ("1", "2", "3"), ("2", "7", "10"))


@pytest.mark.parametrize("width", [1, 2, 4])
def test_coordinates_behind_pairs(width: int, write: Write) -> None:
    """As GKD-d of MDPLIB 2.0 has them; the distances given count."""
    rows = [" ".join(["7.5"] * width)] * 3
    text = "\n".join(["3 2", "0 1 1", "0 2 3", "1 2 2", *rows, ""])
    assert read_instance(write("GKD-d.txt", text)).distances.tolist() == LINE


def test_three_coordinates_behind_pairs(write: Write) -> None:
    """Or a number and two: lines as of pairs, but none; repeated pairs are not taken for them."""
    pairs = "3 2\n0 1 1\n0 2 3\n1 2 2\n"
    text = pairs + "0 0.0 0.5\n1 1.0 0.5\n2 3.0 0.5\n"
    assert read_instance(write("a", text.replace("2 3.0", "2 3.5"))).distances.tolist() == LINE
    assert read_instance(write("b", text.replace("0 0.0", "0 -8"))).distances.tolist() == LINE
    assert read_instance(write("e", pairs + "0.5 0 0\n1 1 0\n2 2 0\n")).distances.tolist() == LINE
    assert read_instance(write("c", pairs + "0 0 0\n1 1 0\n2 2 0\n")).distances.tolist() == LINE
    with pytest.raises(InputError, match="line 7: distance 9 contradicts line 4"):
        read_instance(write("d", pairs + "0 1 1\n1 2 2\n2 1 9\n"))


REFUSED = [
    ("0,0\n3,4\n10,0\n0,10\n", ["4 rows of 2 numbers", "--input-format points"]),
    (
        "0 1 5\n0 2 5\n1 2 6\n3 4 5",
        ["4 rows of 3 numbers", "--input-format points, if it is a pair", "--input-format pairs"],
    ),
    ("origin,destination,km,minutes\nA,B,5,7\nA,C,6,8\nB,C,7,9\n", ["3 rows of 2 numbers", "points"]),
    ("from,to,km,minutes\n" + "1,2,5,7\n" * 5, ["5 rows of 4 numbers", "points"]),
    ("A,B,C\n0,1,2\n1,0,3\n", ["2 rows of 3 numbers", "--input-format points"]),
    ("0,0\t1,5\n1,5\t0,0\n", ["line 1", "write decimal points"]),
    ("0,0 1,5\n1,5 0,0\n", ["line 1", "write decimal points"]),
    (",A,B\nB,0,1\nA,1,0\n", ["row 0 is called 'B' and column 0 'A'", "in one order"]),
    ("x,y\n0,\n1,2\n2,2\n", ["line 2", "a cell is empty"]),
    ("0,,1\n1,0,2\n1,2,0\n", ["line 1", "a cell is empty"]),
    ("A,B,5\nA,C,6\n", ["no distance for 1 of its 3 pairs"]),
    ("A,B,5\nA,C,6\nB,C,7\nB,A,4\n", ["line 4: distance 4 contradicts line 1"]),
    ("A,B,5\nA,C,-6\nB,C,7\n", ["line 2: a distance must be >= 0, got -6"]),
    ("A,A,5\nA,C,6\n", ["line 1: the distance of a point to itself must be 0"]),
    ("0;1.234,5\n1.234,5;0\n", ["'1.234.5' is not a number"]),
    ("0 1_000\n1_000 0", ["'1_000' is not a number"]),
]


@pytest.mark.parametrize(("text", "told"), REFUSED)
def test_what_could_be_several_things_is_not_guessed(text: str, told: list[str], write: Write) -> None:
    """One sentence with the size, what it could be, and the option that decides."""
    with pytest.raises(InputError) as caught:
        read_instance(write("t.csv", text), 2)
    message = str(caught.value)
    assert all(part in message for part in told), message
    assert "--input-format" in message or "line 1: commas" in message
    assert "\n" not in message


def test_a_refusal_says_how_the_file_was_read(write: Write) -> None:
    """The format, by what it was recognised, and how to name another; not if it was named."""
    path = write("p.txt", "3\n0 1 5\n0 2 5\n1 2 many\n")
    end = (
        "it was read as pairs, because its first line has 1 and its second 3 numbers (a format is "
        f"named with --input-format, in Python format=: {', '.join(formats)})."
    )
    with pytest.raises(InputError, match=re.escape(f"line 4: 'many' is not a number; {end}")):
        read_instance(path, 2)
    with pytest.raises(InputError, match=r"line 4: 'many' is not a number\.$"):
        read_instance(path, 2, format="pairs")


@pytest.mark.parametrize("name", list(formats))
@pytest.mark.parametrize("text", ["1", "a\nb", "x,y\n", "5 5\n", "\x01\x02", "NAME: x", "3\n0 1 2"])
def test_a_format_that_does_not_fit_is_one_sentence(name: str, text: str, write: Write) -> None:
    """Whatever is named for whatever file."""
    path, refusal = write("file", text), None
    try:
        assert read_instance(path, 2, format=name).n >= 2
    except InputError as error:
        refusal = str(error)
    assert refusal is None or (str(path) in refusal and "\n" not in refusal)


def test_distances_that_differ_are_made_one_if_told(write: Write) -> None:
    """And the note says by how much."""
    path = write("m.csv", "0,1\n3,0\n")
    with pytest.raises(InputError, match=r"--symmetric on the command line\); it was read as matrix"):
        read_instance(path, 2)
    instance = read_instance(path, 2, symmetric="max")
    assert instance.distances[0, 1] == 3.0
    assert "the max of the two distances of a pair is taken; they differed by up to 2" in instance.note
