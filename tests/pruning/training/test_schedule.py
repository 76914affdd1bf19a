"""Learning rates, and what a schedule refuses."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispersion.errors import InputError
from pruning.training import Decay, Schedule


@pytest.mark.parametrize(
    ("epoch", "rate"),
    [(0, 0.01), (59.9, 0.01), (60, 0.002), (119, 0.002), (120, 0.0004), (160, 0.00008), (199, 0.00008)],
)
def test_steps_are_those_of_whc(epoch: float, rate: float) -> None:
    """Over 200 epochs the rate is multiplied by 0.2 at 60, 120 and 160, as published."""
    schedule = Schedule(200, rate=0.01, decay=Decay.STEP)
    assert schedule.rate_at(epoch) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("epoch", "rate"), [(0, 0.4), (1, 0.2 * (1 + math.sqrt(0.5))), (2, 0.2), (4, 0)]
)
def test_cosine_by_hand(epoch: float, rate: float) -> None:
    """Half a cosine: the highest rate, half of it in the middle, and nothing at the end."""
    assert Schedule(4, rate=0.4).rate_at(epoch) == pytest.approx(rate)


@given(
    epochs=st.integers(1, 300),
    at=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    decay=st.sampled_from(Decay),
)
def test_rates_never_rise(epochs: int, at: tuple[float, float], decay: Decay) -> None:
    """Without warm-up the rate falls from the highest, and stays above zero or at it."""
    schedule = Schedule(epochs, rate=0.3, decay=decay)
    early, late = (schedule.rate_at(share * epochs) for share in sorted(at))
    assert 0 <= late <= early <= 0.3


def test_warm_up() -> None:
    """A warm-up starts at a tenth, and ends where the decay would be anyway."""
    plain, warm = Schedule(10, rate=0.5), Schedule(10, rate=0.5, warm_up=2)
    assert warm.rate_at(0) == pytest.approx(0.05)
    assert warm.rate_at(1) == pytest.approx(0.55 * plain.rate_at(1))
    assert warm.rate_at(2) == plain.rate_at(2)


def test_fine_tuning_is_short_and_slow() -> None:
    """The default for pruned networks: few epochs at a tenth of the usual rate."""
    schedule = Schedule.fine_tuning(epochs=2)
    assert (schedule.epochs, schedule.rate, schedule.decay) == (2, 0.01, Decay.COSINE)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs": 0}, "epochs must be at least 1, not 0"),
        ({"batch": 2}, "at least 3 images, not 2"),
        ({"rate": 0.0}, "learning rate must be > 0, not 0"),
        ({"rate": math.nan}, "not nan"),
        ({"rate": math.inf}, "not inf"),
        ({"momentum": 1.0}, "momentum must be in"),
        ({"weight_decay": -1.0}, "weight decay must be >= 0"),
        ({"warm_up": -1}, "warm-up must be 0"),
        ({"label_smoothing": 1.0}, "label smoothing"),
        ({"seed": -1}, "seed must be in"),
        ({"seed": 2**63}, "seed must be in"),
    ],
)
def test_values_out_of_range_are_refused(changes: dict[str, Any], message: str) -> None:
    """Every value is checked, and named with its rule."""
    with pytest.raises(InputError, match=message):
        Schedule(**{"epochs": 3, **changes})
