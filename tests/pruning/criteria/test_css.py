"""Tests of `pruning.criteria.css`: the regressions it sets up, and what it chooses from them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dispersion.errors import InputError
from pruning import FilterLayer, filter_layers
from pruning.calibration import Calibration
from pruning.criteria import keep
from pruning.criteria.css import certify, css, regression
from pruning.saliency.exchange import exchange, explained
from pruning.saliency.forward import forward


@pytest.fixture(scope="module")
def calibration(small_resnet) -> Calibration:
    """A few images of noise; a network whose additions couple layers with several readers."""
    images = np.random.default_rng(0).integers(0, 256, (8, 32, 32, 3), dtype=np.uint8)
    return Calibration(small_resnet, images)


@pytest.fixture(scope="module")
def coupled(small_resnet, calibration) -> FilterLayer:
    """The first layer: tied to others, and read by more than one."""
    layer = filter_layers(small_resnet)[0]
    assert len(calibration.readers(layer.name)) > 1
    return layer


def test_regressions_are_those_of_the_readers(calibration, coupled):
    """Gram, cross and whole equal the sums over the rows that each reader sees, centred."""
    for reader in calibration.readers(coupled.name):
        found = regression(calibration, reader, 0.1)
        x = (
            torch.cat([seen[reader.name] for seen in calibration.inputs([reader.name])])
            .double()
            .numpy()
        )
        y = (
            torch.cat([seen[reader.name] for seen in calibration.outputs([reader.name])])
            .double()
            .numpy()
        )
        x = (x - x.mean(0))[:, reader.columns.ravel()]
        y = (y - y.mean(0)) * calibration.scale(reader.name)
        ridge = 0.1 * (x**2).mean(0).mean() * np.eye(x.shape[1])
        assert found.gram == pytest.approx(x.T @ x / len(x) + ridge, rel=1e-3, abs=1e-5)
        assert found.cross == pytest.approx(x.T @ y / len(x), rel=1e-3, abs=1e-4)
        assert found.whole == pytest.approx((y**2).sum() / len(y), rel=1e-3)


def test_every_reader_counts(calibration, coupled):
    """What is chosen is what forward selection and exchange choose over all readers together."""
    n = len(coupled.points)
    found = [regression(calibration, one, 1e-2) for one in calibration.readers(coupled.name)]
    problems = [(one.gram, one.cross) for one in found]
    order, lowered = forward(problems, n // 2, n)
    plain = css(coupled, n // 2, calibration=calibration, swaps=0)
    assert plain.tolist() == sorted(order)
    assert sum(lowered) == pytest.approx(explained(problems, order, n))
    assert sum(lowered) < sum(one.whole for one in found)
    chosen = css(coupled, n // 2, calibration=calibration)
    assert chosen.tolist() == sorted(exchange(problems, order, n, 20))
    assert explained(problems, chosen, n) >= explained(problems, plain, n) * (1 - 1e-12)


def test_all_channels_can_stay(calibration, coupled):
    """p = n."""
    n = len(coupled.points)
    assert keep(coupled, n, "css", calibration=calibration).tolist() == list(range(n))


@pytest.mark.parametrize("ridge", [0.0, -1.0, float("nan"), float("inf")])
def test_bad_ridges_are_refused(ridge, calibration, coupled):
    """With the value in the sentence."""
    with pytest.raises(InputError, match=f"css needs a finite ridge above 0, not {ridge}"):
        keep(coupled, 3, "css", calibration=calibration, ridge=ridge)


def test_ridges_too_small_to_help_are_refused(calibration, coupled):
    """Copies of a channel make the gram singular but for the ridge."""
    black = Calibration(calibration.network, np.zeros((2, 32, 32, 3), dtype=np.uint8))
    for use in (css, certify):
        with pytest.raises(InputError, match=f"a ridge of 1e-30 is too small for {coupled.name}"):
            use(coupled, 3 if use is css else [0, 1, 2], calibration=black, ridge=1e-30)


def test_bad_swaps_are_refused(calibration, coupled):
    """Fewer than none."""
    with pytest.raises(InputError, match="css needs 0 swaps or more, not -1"):
        keep(coupled, 3, "css", calibration=calibration, swaps=-1)


def test_equal_images_are_no_error(calibration, coupled):
    """Where hardly a column varies any choice is right."""
    black = Calibration(calibration.network, np.zeros((2, 32, 32, 3), dtype=np.uint8))
    assert len(keep(coupled, 3, "css", calibration=black)) == 3


def test_certificates_hold(calibration, coupled):
    """The bound is below the error of any selection; the error is that of the selection."""
    n = len(coupled.points)
    chosen = css(coupled, n // 2, calibration=calibration)
    found = certify(coupled, chosen, calibration=calibration)
    other = certify(coupled, range(n // 2), calibration=calibration)
    assert 0 < found.bound <= found.error < other.error < 1
    assert other.bound == pytest.approx(found.bound)
    assert found.gap == pytest.approx(1 - found.bound / found.error)
    problems = [regression(calibration, one, 1e-2) for one in calibration.readers(coupled.name)]
    whole = sum(one.whole for one in problems)
    left = whole - explained([(one.gram, one.cross) for one in problems], chosen, n)
    assert found.error == pytest.approx(left / whole)
    assert certify(coupled, range(n), calibration=calibration).gap == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("kept", [[], [-1, 2], [1, 1], [0, 16]])
def test_certificates_of_no_selections_are_refused(kept, calibration, coupled):
    """With what was given."""
    with pytest.raises(InputError, match="distinct numbers from 0 to 15, not"):
        certify(coupled, kept, calibration=calibration)


@pytest.mark.real
def test_certificates_of_a_trained_network(vgg16, cifar10):
    """In the last layer half of the channels are chosen well, and provably not far from best."""
    layer = next(one for one in filter_layers(vgg16) if one.name == "features.48")
    calibration = Calibration(vgg16, np.array(cifar10.train[:50]))
    norms = certify(layer, keep(layer, 256, "l1"), calibration=calibration)
    chosen = certify(layer, css(layer, 256, calibration=calibration), calibration=calibration)
    assert chosen.error < 0.9 * norms.error
    assert chosen.gap < 0.1
