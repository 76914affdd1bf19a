"""Tests of `pruning.criteria.css`: the regressions it sets up, and what it chooses from them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dispersion.errors import InputError
from pruning.calibration import Calibration
from pruning.criteria import keep
from pruning.criteria.css import css
from pruning.saliency.certificate import certify
from pruning.saliency.exchange import exchange, explained
from pruning.saliency.forward import forward
from pruning.saliency.regression import regression


def test_regressions_are_those_of_the_readers(noise, coupled):
    """Gram, cross and whole equal the sums over the rows that each consumer sees, centred."""
    for consumer in noise.consumers(coupled.name):
        found = regression(noise, consumer, 0.1)
        x = (
            torch.cat([seen[consumer.name] for seen in noise.samples.inputs([consumer.name])])
            .double()
            .numpy()
        )
        y = (
            torch.cat([seen[consumer.name] for seen, _ in noise.samples.outputs([consumer.name])])
            .double()
            .numpy()
        )
        x = (x - x.mean(0))[:, consumer.columns.ravel()]
        y = (y - y.mean(0)) * noise.layers.scale(consumer.name)
        ridge = 0.1 * (x**2).mean(0).mean() * np.eye(x.shape[1])
        assert found.gram == pytest.approx(x.T @ x / len(x) + ridge, rel=1e-3, abs=1e-5)
        assert found.cross == pytest.approx(x.T @ y / len(x), rel=1e-3, abs=1e-4)
        assert found.whole == pytest.approx((y**2).sum() / len(y), rel=1e-3)


def test_every_reader_counts(noise, coupled):
    """What is chosen is what forward selection and exchange choose over all consumers together."""
    n = len(coupled.points)
    found = [regression(noise, one, 1e-2) for one in noise.consumers(coupled.name)]
    problems = [(one.gram, one.cross) for one in found]
    order, lowered = forward(problems, n // 2, n)
    plain = css(coupled, n // 2, calibration=noise, swaps=0)
    assert plain.tolist() == sorted(order)
    assert sum(lowered) == pytest.approx(explained(problems, order, n))
    assert sum(lowered) < sum(one.whole for one in found)
    chosen = css(coupled, n // 2, calibration=noise)
    assert chosen.tolist() == sorted(exchange(problems, order, n, 20))
    assert explained(problems, chosen, n) >= explained(problems, plain, n) * (1 - 1e-12)


def test_all_channels_can_stay(noise, coupled):
    """p = n."""
    n = len(coupled.points)
    assert keep(coupled, n, "css", calibration=noise).tolist() == list(range(n))


@pytest.mark.parametrize("ridge", [0.0, -1.0, float("nan"), float("inf")])
def test_bad_ridges_are_refused(ridge, noise, coupled):
    """With the value in the sentence."""
    with pytest.raises(InputError, match=f"css needs a finite ridge above 0, not {ridge}"):
        keep(coupled, 3, "css", calibration=noise, ridge=ridge)


def test_ridges_too_small_to_help_are_refused(noise, coupled):
    """Copies of a channel make the gram singular but for the ridge."""
    black = Calibration(noise.network, np.zeros((2, 32, 32, 3), dtype=np.uint8))
    for use in (css, certify):
        with pytest.raises(InputError, match=f"a ridge of 1e-30 is too small for {coupled.name}"):
            use(coupled, 3 if use is css else [0, 1, 2], calibration=black, ridge=1e-30)


def test_bad_swaps_are_refused(noise, coupled):
    """Fewer than none."""
    with pytest.raises(InputError, match="css needs 0 swaps or more, not -1"):
        keep(coupled, 3, "css", calibration=noise, swaps=-1)


def test_equal_images_are_no_error(noise, coupled):
    """Where hardly a column varies any choice is right."""
    black = Calibration(noise.network, np.zeros((2, 32, 32, 3), dtype=np.uint8))
    assert len(keep(coupled, 3, "css", calibration=black)) == 3
