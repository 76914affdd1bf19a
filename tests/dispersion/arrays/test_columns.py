"""Tables of pandas as points: what is a coordinate, and what a name."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dispersion import Instance, distances

CITIES = pd.DataFrame(
    {"name": ["Ulm", "Rome", "Oslo"], "lng": [10.0, 12.5, 10.7], "lat": [48.4, 41.9, 59.9]}
)


def test_latitude_and_longitude_of_a_table():
    """In kilometres and in the order that haversine wants, called by the column of names."""
    instance = Instance.from_points(CITIES, 2)
    assert (instance.metric, instance.labels) == ("haversine", ("Ulm", "Rome", "Oslo"))
    assert (instance.distances == distances(CITIES[["lat", "lng"]], "haversine")).all()
    assert instance.points.tolist() == CITIES[["lat", "lng"]].to_numpy().tolist()
    assert instance.note == "lat and lng are latitude and longitude"


def test_the_index_has_the_names():
    """Before any column."""
    table = CITIES.set_index(pd.Index(["a", "b", "c"]))
    assert Instance.from_points(table, 2).labels == ("a", "b", "c")


def test_another_metric_of_degrees_is_warned_of():
    """In the note, and so in the message of every solution; whatever the columns are called in text."""
    for metric in ("euclidean", "manhattan"):
        note = Instance.from_points(CITIES, 2, metric).note
        assert f"{metric} takes latitude and longitude for plain numbers; haversine gives" in note
    ours = Instance.from_points(CITIES, 2, lambda one, other: float(abs(one - other).sum()))
    assert "this function takes latitude" in ours.note
    assert Instance.from_points(CITIES[["lat"]], 2).metric == "euclidean"


def test_other_tables_are_as_they_were():
    """All columns are coordinates; what could surprise is said."""
    plain = pd.DataFrame(np.eye(3), columns=["a", "b", "c"])
    assert (Instance.from_points(plain, 2).metric, Instance.from_points(plain, 2).note) == (
        "euclidean",
        "",
    )
    odd = plain.rename(columns={"a": "x", "b": "y"})
    assert Instance.from_points(odd, 2).note == "every column is a coordinate: x, y, c"
