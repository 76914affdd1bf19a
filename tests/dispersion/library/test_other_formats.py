"""GeoJSON, Parquet, PHYLIP and Matrix Market: as they are written, and whatever is wrong with them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.io import mmwrite
from scipy.sparse import coo_array

from dispersion import distances, read_instance
from dispersion.errors import InputError
from dispersion.library.content import Content

Write = Callable[..., Path]
PLACES = {"Ulm": [10.0, 48.4, 478.0], "Rome": [12.5, 41.9], "Oslo": [10.7, 59.9]}
MATRIX = np.array([[0, 1, 2.5, 4], [1, 0, 3, 5], [2.5, 3, 0, 6], [4, 5, 6, 0]])


def collection(**changes: Any) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "id": name[0],
            "properties": {"name": name, "code": k},
            "geometry": {"type": "Point", "coordinates": place},
        }
        for k, (name, place) in enumerate(PLACES.items())
    ]
    return {"type": "FeatureCollection", "features": features} | changes


@pytest.mark.parametrize("indent", [None, 2])
def test_places(indent: int | None, write: Write) -> None:
    """Longitude comes first in the file and last in the instance; names by property."""
    path = write("a.geojson", json.dumps(collection(), indent=indent))
    instance = read_instance(path, 2)
    assert instance.points.tolist() == [place[1::-1] for place in PLACES.values()]
    assert (instance.distances == distances(instance.points, "haversine")).all()
    assert (instance.metric, instance.labels) == ("haversine", tuple(PLACES))
    assert read_instance(path, 2, label="code").labels == ("0", "1", "2")


def test_places_of_another_system(write: Write) -> None:
    """Metres of a projection are a plane; degrees may be named in the old way."""
    for name, metric in (("urn:ogc:def:crs:EPSG::25832", "euclidean"), ("EPSG:4326", "haversine")):
        crs = {"type": "name", "properties": {"name": name}}
        instance = read_instance(write("a", json.dumps(collection(crs=crs))), 2)
        assert instance.metric == metric
        assert ("taken for those of a plane" in instance.note) == (metric == "euclidean")


AREA = {"type": "Polygon", "coordinates": []}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (json.dumps(collection())[:-1], "it is no JSON"),
        (json.dumps(collection(features=[])), "it has no features"),
        (json.dumps(collection(features=7)), "a FeatureCollection with features is expected"),
        (
            json.dumps(collection(features=[{"geometry": AREA}])),
            "feature 0 is 'Polygon', not 'Point'; take",
        ),
        (json.dumps(collection(features=[{"geometry": None}])), "feature 0 is None, not 'Point'"),
        (json.dumps(collection()).replace("10.7", '"x"'), "feature 2 are ['x', 59.9], not two numbers"),
        (
            json.dumps(collection()).replace("59.9", "159.9"),
            "point 2 has the latitude 159.9, which must",
        ),
    ],
)
def test_faults_of_places(content: str, told: str, write: Write) -> None:
    """Broken, empty, areas, no numbers, not on the Earth."""
    with pytest.raises(InputError, match=re.escape(told)):
        read_instance(write("a.geojson", content), 2)
    with pytest.raises(InputError, match="feature 0 has no property 'mayor'"):
        read_instance(write("b", json.dumps(collection())), 2, label="mayor")


def parquet(table: pd.DataFrame) -> bytes:
    content = io.BytesIO()
    table.to_parquet(content)
    return content.getvalue()


def test_tables_of_points(write: Write) -> None:
    """Latitude and longitude by name, or columns that are told; names from a column or the index."""
    table = pd.DataFrame({"name": list("ABCD"), "lon": [1.0, 2, 3, 4], "lat": [5.0, 5, 6, 6], "k": 0})
    path = write("t.parquet", parquet(table))
    instance = read_instance(path, 2)
    assert (instance.metric, instance.labels) == ("haversine", ("A", "B", "C", "D"))
    assert instance.points[0].tolist() == [5, 1]
    told = read_instance(path, 2, coordinates=["lon"], label="k")
    assert (told.distances[0].tolist(), told.labels) == ([0, 1, 2, 3], ("0",) * 4)
    named = write("n.parquet", parquet(table[["lon", "lat"]].set_index(pd.Index(list("WXYZ")))))
    assert read_instance(named, 2).labels == ("W", "X", "Y", "Z")


def test_tables_of_distances(write: Write) -> None:
    """A square one, with the names of its index."""
    table = pd.DataFrame(MATRIX, index=list("ABCD"), columns=list("ABCD"))
    instance = read_instance(write("d.parquet", parquet(table)), 2)
    assert (instance.distances == MATRIX).all()
    assert (instance.labels, instance.metric) == (("A", "B", "C", "D"), None)


def test_faults_of_parquet(write: Write) -> None:
    """Cut off, text where numbers should be, and columns that are not there."""
    table = pd.DataFrame({"x": [1.0, 2, 3], "town": list("ABC")})
    with pytest.raises(InputError, match="it is no whole Parquet file: "):
        read_instance(write("a", parquet(table)[:-9]), 2)
    with pytest.raises(InputError, match="unknown column 'z'"):
        read_instance(write("b", parquet(table)), 2, coordinates=["z"])
    with pytest.raises(InputError, match="numeric"):
        read_instance(write("c", parquet(table)), 2)


PHYLIP = {
    "square": "4\nAlpha 0 1 2.5 4\nBeta 1 0 3 5\nGamma 2.5 3 0 6\nDelta 4 5 6 0\n",
    "lower": "    4\nAlpha\nBeta   1\nGamma  2.5 3\nDelta  4 5 6\n",
    "with diagonal": "4\nAlpha 0\nBeta 1 0\nGamma 2.5 3 0\nDelta 4 5 6 0\n",
    "wrapped": "4\nAlpha 0 1\n  2.5 4\nBeta 1 0\n  3 5\nGamma 2.5 3\n  0 6\nDelta 4 5\n  6 0\n",
    "strict": "4\nAlpha     0 1 2.5 4\nBeta      1 0 3 5\nGamma     2.5 3 0 6\nDelta     4 5 6 0\n",
}


@pytest.mark.parametrize("kind", PHYLIP)
def test_species(kind: str, write: Write) -> None:
    """Square or a triangle, rows on several lines, and names."""
    instance = read_instance(write("infile", PHYLIP[kind]), 2)
    assert (instance.distances == MATRIX).all()
    assert instance.labels == ("Alpha", "Beta", "Gamma", "Delta")
    assert instance.metric is None


def test_names_of_species_with_blanks(write: Write) -> None:
    """Two words, and ten characters that touch the first number."""
    text = "2\nHomo sap. 0 0.5\nPan paniscus 0.5 0\n"
    assert read_instance(write("a", text), 2).labels == ("Homo sap.", "Pan paniscus")
    text = "3\nAustralop.0.0 0.5 2\nPan       0.5 0.0 1\nHomo      2 1 0\n"
    assert read_instance(write("b", text), 2, format="phylip").labels == ("Australop.", "Pan", "Homo")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("3\nA 0 1 2\nB 1 0 3\n", "it promises 3 rows and holds 2"),
        ("3\nA 0 1 2\nB 1 0\nC 2 3 0\n", "line 3: a name and 3 numbers are expected"),
        ("3\nA 0 1 2\nB 1 x 3\nC 2 3 0\n", "line 3: a name and 3 numbers are expected"),
        ("3\nA 0 1 nan\nB 1 0 3\nC nan 3 0\n", "distance [0, 2] = nan is not finite"),
        ("2\nA 0 1\nB 2 0\n", "distances are not symmetric"),
    ],
)
def test_faults_of_species(text: str, told: str, write: Write) -> None:
    """Missing rows and numbers, and what is no distance."""
    with pytest.raises(InputError, match=re.escape(told)):
        read_instance(write("infile", text), 2, format="phylip")


@pytest.mark.parametrize("symmetry", ["general", "symmetric"])
@pytest.mark.parametrize("matrix", [MATRIX, coo_array(MATRIX)], ids=["array", "coordinate"])
def test_matrix_market(matrix: Any, symmetry: str, write: Write) -> None:
    """Dense and sparse, whole and half, as scipy writes them."""
    content = io.BytesIO()
    mmwrite(content, matrix, comment="a remark", symmetry=symmetry)
    assert (read_instance(write("m.mtx", content.getvalue()), 2).distances == MATRIX).all()


HEAD = "%%MatrixMarket matrix coordinate real symmetric\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            HEAD + "3 3 2\n2 1 4\n3 1 5\n",
            "it has no distance for 2 entries, the first of them 2 3; those",
        ),
        (HEAD + "3 3 2\n2 1 4\n", "it promises 2 entries and holds 1"),
        (HEAD + "3 3 1\n4 1 4\n", "line 3: an entry has a row and a column of 1..3, got 4 1"),
        (HEAD + "3 2 1\n2 1 4\n", "line 2: a square matrix is needed, got the size 3 2 1"),
        (HEAD + "% nothing\n", "it says no size"),
        (
            HEAD.replace("real", "complex") + "1 1 1\n",
            "line 1: a matrix that is array or coordinate, real",
        ),
        (HEAD.replace("coordinate", "array") + "3 3\n0\n1\n", "6 numbers are expected, got 2"),
        (HEAD + "3 3 2\n2 1 x\n", "line 3: 'x' is not a number"),
    ],
)
def test_faults_of_matrix_market(text: str, told: str, write: Write) -> None:
    """Pairs that are not stored, other sizes, kinds and numbers."""
    with pytest.raises(InputError, match=re.escape(told)):
        read_instance(write("m.mtx", text), 2)


def test_a_content_of_points_is_computed_once_it_is_asked() -> None:
    """Under the metric that is asked, whatever the file would have meant."""
    content = Content(None, None, "haversine", np.array([[0.0, 0.0], [3.0, 400.0]]))
    assert content.under("manhattan").distances()[0, 1] == 403
