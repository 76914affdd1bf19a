"""Every point is drawn once, where it lies and as what it is."""

from __future__ import annotations

import io

import numpy as np
import pytest

from dispersion import InputError, Instance
from dispersion.drawing import draw_map
from dispersion.study.plotting.canvas import figure_of

SITES = np.array([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0], [9.0, 9.0], [1.0, 1.0]])


def _drawn(ax):
    return {line.get_label(): line.get_xydata().tolist() for line in ax.lines}


def test_who_is_what():
    """Selected, required, excluded, and the closest two, with their distance."""
    instance = Instance.from_points(SITES, 3, required=[1], excluded=[4], name="sites")
    ax = draw_map(instance, [1, 2, 3], SITES)
    assert _drawn(ax) == {
        "closest, 5 apart": [[3, 0], [0, 4]],
        "not selected (1)": [[0, 0]],
        "excluded (1)": [[1, 1]],
        "selected (2)": [[0, 4], [9, 9]],
        "selected, as required (1)": [[3, 0]],
    }
    assert [text.get_text() for text in ax.texts] == ["1", "2", "3"]
    assert ax.get_title() == "sites, p = 3"
    figure_of(ax).savefig(io.BytesIO())


def test_distances_that_do_not_count_are_not_the_closest():
    """Those between two required points, if the instance says so."""
    instance = Instance.from_points(SITES, 3, required=[0, 1], between_required=False)
    assert "closest, 4 apart" in _drawn(draw_map(instance, [0, 1, 2], SITES))
    assert "closest, 3 apart" in _drawn(draw_map(instance.with_fixed([0, 1]), [0, 1, 2], SITES))


def test_without_coordinates_points_are_laid_out():
    """In the plane exactly, up to a rotation; the axis says how much is shown."""
    instance = Instance(Instance.from_points(SITES, 5).distances, 5)
    ax = draw_map(instance, range(5))
    places = np.array(_drawn(ax)["selected (5)"])
    assert np.allclose(np.linalg.norm(places[:, None] - places, axis=-1), instance.distances)
    assert ax.get_xlabel() == "the plane shows 100% of the variance"


def test_an_instance_of_points_in_the_plane_is_drawn_where_they_lie():
    """Those of three coordinates are laid out."""
    ax = draw_map(Instance.from_points(SITES, 5), range(5))
    assert _drawn(ax)["selected (5)"] == SITES.tolist()
    deep = draw_map(Instance.from_points(np.column_stack([SITES, SITES[:, 0]]), 5), range(5))
    assert "of the variance" in deep.get_xlabel()


def test_places_on_earth_have_the_longitude_to_the_right():
    """And a degree of latitude is drawn longer where meridians are near each other."""
    towns = [[60.0, 24.0], [60.0, 11.0], [60.0, 18.0]]
    ax = draw_map(Instance.from_points(towns, 2, "haversine"), [0, 1])
    assert _drawn(ax)["selected (2)"] == [[24.0, 60.0], [11.0, 60.0]]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("longitude [degrees]", "latitude [degrees]")
    assert ax.get_aspect() == pytest.approx(2.0)


def test_names_of_a_table_are_written():
    """A dollar sign begins no formula."""
    labelled = Instance.from_points(SITES, 2).described(labels=("a", "b", "c", "$d$", "e"))
    assert [text.get_text() for text in draw_map(labelled, [0, 3], SITES).texts] == ["a", r"\$d\$"]


@pytest.mark.parametrize(
    ("selected", "points", "said"),
    [
        ([0, 5], SITES, "selected holds 5; points are counted from 0 to 4"),
        ([0, 1], SITES[:4], r"points must have the shape \(5, 2\), as instance has 5 points"),
        ([0, 1], np.zeros((5, 3)), r"pictures two axes, got \(5, 3\)"),
    ],
)
def test_what_cannot_be_drawn(selected, points, said):
    """One sentence."""
    with pytest.raises(InputError, match=said):
        draw_map(Instance.from_points(SITES, 2), selected, points)
