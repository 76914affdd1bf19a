"""One keep ratio, of a layer and of all layers."""

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispersion.errors import InputError
from pruning import Budget, allocate, uniform
from pruning.budgets.budget import RESOURCES


@pytest.mark.parametrize(
    ("n", "keep", "expected"),
    [(64, 0.5, 32), (5, 0.5, 3), (64, 0.01, 2), (10, 1.0, 10), (1, 0.5, 1), (2, 0.1, 2), (3, 0.9, 3)],
)
def test_rounds_halves_up_and_keeps_two(n: int, keep: float, expected: int) -> None:
    """The table of small and rounded cases holds."""
    assert uniform(n, keep) == expected


@given(st.integers(1, 5000), st.floats(0, 1, exclude_min=True))
def test_stays_within_the_layer(n: int, keep: float) -> None:
    """Between 2 and n filters are kept, and within half a filter of the share where that allows."""
    kept = uniform(n, keep)
    assert min(2, n) <= kept <= n
    assert kept in (2, n) or abs(kept - n * keep) <= 0.5


@pytest.mark.parametrize("keep", [0.0, -0.1, 1.01, math.nan, math.inf])
def test_refuses_other_shares(keep: float) -> None:
    """A share outside (0, 1] is refused with its value."""
    with pytest.raises(InputError, match=r"\(0, 1\]"):
        uniform(10, keep)


def test_refuses_empty_layers() -> None:
    """A layer of no filters is refused."""
    with pytest.raises(InputError, match="not 0"):
        uniform(0, 0.5)


@pytest.mark.parametrize("network", ["vgg", "resnet"])
@given(shares=st.tuples(st.floats(0.1, 1.0), st.floats(0.1, 1.0)), resource=st.sampled_from(RESOURCES))
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_more_budget_never_means_fewer_filters(
    network: str, shares: tuple[float, float], resource: str, request: pytest.FixtureRequest
) -> None:
    """Of two budgets the larger one keeps at least as many filters of every layer."""
    subject = request.getfixturevalue(network)
    inner = [layer for layer in subject.layers if not layer.coupled]
    small, large = (
        allocate(inner, subject.model, Budget(resource, 0.5 + share / 2)) for share in sorted(shares)
    )
    assert all(small[name] <= large[name] for name in small)


def test_layers_keep_the_same_share(vgg: Any) -> None:
    """Up to rounding, and to the filter by which the remainder is spread."""
    counts = allocate(vgg.layers, vgg.model, Budget("macs", 0.3))
    widths = {layer.name: len(layer.points) for layer in vgg.layers}
    shares = {name: count / widths[name] for name, count in counts.items()}
    widest = shares["features.48"]
    assert all(abs(shares[name] - widest) <= 1.5 / widths[name] for name in shares)
