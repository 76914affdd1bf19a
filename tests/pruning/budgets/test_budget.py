"""Budgets as they are written."""

import math

import pytest

from dispersion.errors import InputError
from pruning import Budget


@pytest.mark.parametrize(
    ("text", "resource", "share"),
    [("macs=0.5", "macs", 0.5), ("params=0.4", "params", 0.4), (" macs = 1", "macs", 1.0)],
)
def test_reads_what_it_writes(text: str, resource: str, share: float) -> None:
    """A budget is a resource and a share."""
    budget = Budget.parse(text)
    assert budget == Budget(resource, share) == Budget.parse(str(budget))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "reads like macs=0.5 or params=0.4, not ''"),
        ("=0.5", "unknown budget ''; known: macs, params"),
        ("flops=0.5", "unknown budget 'flops'"),
        ("mac=0.5", "did you mean macs"),
        ("macs", "reads like macs=0.5 or params=0.4, not 'macs'"),
        ("macs=half", "not 'macs=half'"),
        ("macs=0", r"\(0, 1\], not 0.0"),
        ("params=1.5", r"\(0, 1\], not 1.5"),
        ("params=nan", r"\(0, 1\], not nan"),
    ],
)
def test_refuses_other_texts(text: str, message: str) -> None:
    """One sentence holds what is wrong."""
    with pytest.raises(InputError, match=message):
        Budget.parse(text)


def test_is_met_within_a_hundredth() -> None:
    """Relative to what may remain, on both sides."""
    budget = Budget("macs", 0.5)
    assert math.isclose(budget.target(2000), 1000.0)
    assert [budget.met_by(size, 2000) for size in (989, 990, 1010, 1011)] == [False, True, True, False]
