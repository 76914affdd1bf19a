"""Tests of `pruning.criteria`: one interface for all, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from dispersion.errors import InputError, UnknownNameError
from pruning import Calibration, FilterLayer, filter_layers
from pruning.criteria import criteria, keep, scores

ALL = sorted(criteria)
SCORING = [name for name in ALL if criteria[name].score]


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("p", [2, 5, 12])
def test_every_criterion_keeps_p_filters(name, p, some_layer, calibration):
    """Distinct, in order, and the same ones again."""
    kept = keep(some_layer, p, name, seed=3, calibration=calibration)
    assert kept.dtype == np.int64
    assert kept.tolist() == sorted(set(kept.tolist()))
    assert len(kept) == p
    assert kept.min() >= 0
    assert kept.max() < 12
    again = keep(some_layer, p, name, seed=3, calibration=calibration)
    assert again.tolist() == kept.tolist()


@pytest.mark.parametrize("name", SCORING)
def test_the_highest_scores_stay(name, some_layer, calibration):
    """Of equal ones the first."""
    found = scores(some_layer, name, calibration=calibration)
    assert found.shape == (12,)
    assert np.isfinite(found).all()
    kept = keep(some_layer, 5, name, calibration=calibration)
    gone = np.setdiff1d(np.arange(12), kept)
    assert found[kept].min() >= found[gone].max()
    tied = gone[found[gone] == found[kept].min()]
    assert all(kept[found[kept] == found[kept].min()].max() < other for other in tied)


@pytest.mark.parametrize("name", ALL)
def test_weights_are_left_alone(name, some_layer, calibration):
    """And may be read-only, as those of a network are; the calibrated network runs as before."""
    before, digest = some_layer.points.copy(), calibration.network.digest
    modules = {one: dict(vars(one)) for one in calibration.network.module.modules()}
    some_layer.points.setflags(write=False)
    keep(some_layer, 4, name, calibration=calibration)
    assert (some_layer.points == before).all()
    assert calibration.network.digest == digest
    for one, attributes in modules.items():
        assert vars(one).keys() == attributes.keys()
        assert not one._forward_hooks
        assert not one._forward_pre_hooks


@pytest.mark.parametrize("name", ALL)
def test_dead_layers_have_scores_too(name, tiny):
    """All filters zero: any choice is right, an error or a warning is not."""
    seen = tiny(6, dead=True)
    (layer,) = filter_layers(seen.network)
    assert len(keep(layer, 3, name, calibration=seen)) == 3


@pytest.mark.parametrize("name", ALL)
def test_what_is_a_reconstruction_says_so(name):
    """In the docstring exactly if in the registry; every argument is named and has a default."""
    info = criteria[name]
    function = info.score or info.select
    assert ("**A reconstruction**" in function.__doc__) == bool(info.reconstruction)
    assert info.name == name
    assert info.summary
    for argument, default in info.arguments.items():
        needed = argument == "calibration" and info.needs_images
        assert needed or isinstance(default, (str, int, float, type(None)))


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
    with pytest.raises(InputError, match="fpici needs calibration images for capacity 'features'"):
        scores(some_layer, "fpici", capacity="features")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused(name, value, some_layer):
    points = some_layer.points.copy()
    points[5, 3] = value
    layer = FilterLayer("conv", ("conv",), points)
    with pytest.raises(InputError, match="filter 5 of layer conv holds weights that are not finite"):
        keep(layer, 3, name)


@pytest.mark.parametrize("name", [name for name in ALL if criteria[name].needs_images])
def test_images_are_asked_for(name, some_layer, calibration):
    with pytest.raises(InputError, match=f"{name} needs calibration images: give calibration="):
        keep(some_layer, 3, name)
    other = FilterLayer("conv9", ("conv9",), some_layer.points)
    with pytest.raises(UnknownNameError, match="layer 'conv9'"):
        keep(other, 3, name, calibration=calibration)


def test_labels_are_asked_for(some_layer, calibration):
    """And those of classes that there are not are refused."""
    bare = Calibration(calibration.network, calibration.images)
    with pytest.raises(InputError, match="snpfi needs labelled images: give calibration="):
        keep(some_layer, 3, "snpfi", calibration=bare)
    wrong = Calibration(calibration.network, calibration.images, np.full(10, 4))
    with pytest.raises(InputError, match="tiny has 4 classes; label 4 is none"):
        keep(some_layer, 3, "snpfi", calibration=wrong)


@pytest.mark.parametrize(
    ("name", "argument", "message"),
    [
        ("whc", {"variant": "x"}, "variant of whc 'x'"),
        ("fpici", {"capacity": "x"}, "capacity of fpici 'x'"),
        ("fpici", {"bins": 1}, "2 bins or more, not 1"),
        ("fpici", {"balance": 1.5}, r"balance in \[0, 1\], not 1.5"),
        ("fpici", {"capacity": "features", "images": 0}, "1 image or more, not 0"),
        ("hrank", {"images": 0}, "1 image or more, not 0"),
        ("pfp", {"mode": "x"}, "mode of pfp 'x'"),
        ("pfp", {"images": 0}, "1 image or more, not 0"),
        ("pfp", {"rows": 0}, "1 row or more, not 0"),
        ("snpfi", {"images": 0}, "1 image or more, not 0"),
        ("snpfi", {"estimate": "x"}, "estimate of snpfi 'x'"),
        ("snpfi", {"samples": 0}, "1 sample or more, not 0"),
        ("snpfi", {"permutations": 0}, "1 permutation or more, not 0"),
        ("snpfi", {"steps": 0}, "1 step or more, not 0"),
        ("dpp", {"mode": "x"}, "mode of dpp 'x'"),
        ("dpp", {"ridge": 0.0}, "ridge above 0"),
        ("dpp", {"beta": -1.0}, "beta of 0 or more, not -1.0"),
        ("dispersion", {"solver": "x"}, "solver 'x'"),
        ("dispersion", {"metric": "x"}, "metric 'x'"),
    ],
)
def test_arguments_are_checked(name, argument, message, some_layer, calibration):
    with pytest.raises(InputError, match=message):
        keep(some_layer, 3, name, calibration=calibration, **argument)
