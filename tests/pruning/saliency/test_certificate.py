"""Bounds on what any selection leaves, beside what one leaves."""

import numpy as np
import pytest

from dispersion.errors import InputError
from pruning import Calibration, filter_layers
from pruning.criteria import keep
from pruning.criteria.css import css
from pruning.saliency.certificate import certify
from pruning.saliency.exchange import explained
from pruning.saliency.regression import regression


def test_certificates_hold(noise, coupled):
    """The bound is below the error of any selection; the error is that of the selection."""
    n = len(coupled.points)
    chosen = css(coupled, n // 2, calibration=noise)
    found = certify(coupled, chosen, calibration=noise)
    other = certify(coupled, range(n // 2), calibration=noise)
    assert 0 < found.bound <= found.error < other.error < 1
    assert other.bound == pytest.approx(found.bound)
    assert found.gap == pytest.approx(1 - found.bound / found.error)
    problems = [regression(noise, one, 1e-2) for one in noise.consumers(coupled.name)]
    whole = sum(one.whole for one in problems)
    left = whole - explained([(one.gram, one.cross) for one in problems], chosen, n)
    assert found.error == pytest.approx(left / whole)
    assert certify(coupled, range(n), calibration=noise).gap == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("kept", [[], [-1, 2], [1, 1], [0, 16]])
def test_certificates_of_no_selections_are_refused(kept, noise, coupled):
    """With what was given."""
    with pytest.raises(InputError, match="distinct numbers from 0 to 15, not"):
        certify(coupled, kept, calibration=noise)


@pytest.mark.slow  # the others show it on small layers
@pytest.mark.real
def test_certificates_of_a_trained_network(vgg16, cifar10):
    """In the last layer half of the channels are chosen well, and provably not far from best."""
    layer = next(one for one in filter_layers(vgg16) if one.name == "features.48")
    calibration = Calibration(vgg16, np.array(cifar10.train[:50]))
    norms = certify(layer, keep(layer, 256, "l1"), calibration=calibration)
    chosen = certify(layer, css(layer, 256, calibration=calibration), calibration=calibration)
    assert chosen.error < 0.9 * norms.error
    assert chosen.gap < 0.1
