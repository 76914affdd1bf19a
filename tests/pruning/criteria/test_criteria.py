"""Tests of `pruning.criteria`: one interface for all, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion.errors import InputError, UnknownNameError
from pruning import FilterLayer
from pruning.criteria import criteria, keep, scores

ALL = sorted(criteria)
SCORING = [name for name in ALL if criteria[name].score]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("p", [2, 5, 12])
def test_every_criterion_keeps_p_filters(name, p, some_layer):
    """Distinct, in order, and the same ones again."""
    kept = keep(some_layer, p, name, seed=3)
    assert kept.dtype == np.int64
    assert kept.tolist() == sorted(set(kept.tolist()))
    assert len(kept) == p
    assert kept.min() >= 0
    assert kept.max() < 12
    assert keep(some_layer, p, name, seed=3).tolist() == kept.tolist()


@pytest.mark.parametrize("name", SCORING)
def test_the_highest_scores_stay(name, some_layer):
    """Of equal ones the first."""
    found = scores(some_layer, name)
    assert found.shape == (12,)
    assert np.isfinite(found).all()
    kept = keep(some_layer, 5, name)
    gone = np.setdiff1d(np.arange(12), kept)
    assert found[kept].min() >= found[gone].max()
    tied = gone[found[gone] == found[kept].min()]
    assert all(kept[found[kept] == found[kept].min()].max() < other for other in tied)


@pytest.mark.parametrize("name", ALL)
def test_weights_are_left_alone(name, some_layer):
    """And may be read-only, as those of a network are."""
    before = some_layer.points.copy()
    some_layer.points.setflags(write=False)
    keep(some_layer, 4, name)
    assert (some_layer.points == before).all()


@pytest.mark.parametrize("name", ALL)
def test_dead_layers_have_scores_too(name):
    """All filters zero: any choice is right, an error or a warning is not."""
    layer = FilterLayer("dead", ("dead",), np.zeros((6, 9)), shapes=((1, 3, 3),))
    assert len(keep(layer, 3, name)) == 3


@pytest.mark.parametrize("name", ALL)
def test_what_is_a_reconstruction_says_so(name):
    """In the docstring exactly if in the registry; every argument is named and has a default."""
    info = criteria[name]
    function = info.score or info.select
    assert ("**A reconstruction**" in function.__doc__) == bool(info.reconstruction)
    assert info.name == name
    assert info.summary
    for default in info.arguments.values():
        assert isinstance(default, (str, int, float, type(None)))


@pytest.mark.parametrize("p", [0, -1, 13])
def test_as_many_as_there_are(p, some_layer):
    with pytest.raises(InputError, match=f"has 12 filters; it can keep 1 to 12 of them, not {p}"):
        keep(some_layer, p, "l1")


def test_names_are_checked(some_layer):
    with pytest.raises(UnknownNameError, match="criterion 'l3'"):
        keep(some_layer, 3, "l3")
    with pytest.raises(UnknownNameError, match="argument of whc 'varient'"):
        keep(some_layer, 3, "whc", varient="hc")
    with pytest.raises(UnknownNameError, match="argument of l1 'variant'"):
        scores(some_layer, "l1", variant="hc")
    with pytest.raises(InputError, match="dpp selects a set"):
        scores(some_layer, "dpp")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused(name, value, some_layer):
    points = some_layer.points.copy()
    points[5, 3] = value
    layer = FilterLayer("conv", ("conv",), points)
    with pytest.raises(InputError, match="filter 5 of layer conv holds weights that are not finite"):
        keep(layer, 3, name)


@pytest.mark.parametrize(
    ("name", "argument", "message"),
    [
        ("whc", {"variant": "x"}, "variant of whc 'x'"),
        ("fpici", {"capacity": "x"}, "capacity of fpici 'x'"),
        ("fpici", {"bins": 1}, "2 bins or more, not 1"),
        ("fpici", {"balance": 1.5}, r"balance in \[0, 1\], not 1.5"),
        ("dpp", {"mode": "x"}, "mode of dpp 'x'"),
        ("dpp", {"ridge": 0.0}, "ridge above 0"),
        ("dpp", {"beta": -1.0}, "beta of 0 or more, not -1.0"),
        ("dispersion", {"solver": "x"}, "solver 'x'"),
        ("dispersion", {"metric": "x"}, "metric 'x'"),
    ],
)
def test_arguments_are_checked(name, argument, message, some_layer):
    with pytest.raises(InputError, match=message):
        keep(some_layer, 3, name, **argument)
