"""Criteria with arguments, as they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispersion.errors import InputError
from pruning.criteria import criteria
from pruning.variants import variant


@pytest.mark.parametrize("name", list(criteria))
def test_a_bare_name_is_a_criterion_with_its_defaults(name: str) -> None:
    """Nothing is given."""
    found = variant(name)
    assert (found.text, found.criterion, found.arguments) == (name, name, {})


@pytest.mark.parametrize("name", list(criteria))
def test_defaults_read_back(name: str) -> None:
    """What the help lists is what may be written, and changes nothing; seeds and images are not."""
    info = criteria[name]
    written = info.defaults.strip("[]")
    found = variant(f"{name}:{written}").arguments if written else {}
    assert found == {key: value for key, value in info.arguments.items() if key in info.writable}
    assert set(info.arguments) - set(found) <= {"seed", "calibration"}


def test_values_are_read_by_their_types() -> None:
    """Words, whole numbers, numbers or none; the text stays as it was."""
    found = variant("dpp:beta=1e-3,mode=sample")
    assert found.arguments == {"beta": 1e-3, "mode": "sample"}
    assert found.text == "dpp:beta=1e-3,mode=sample"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_read_exactly(value: float) -> None:
    assert variant(f"fpici:balance={value!r}").arguments == {"balance": value}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pfq:mode=random", "unknown criterion 'pfq'; did you mean pfp"),
        ("pfp:mod=random", "unknown argument of pfp 'mod'; did you mean mode"),
        ("l1:variant=hc", "unknown argument of l1 'variant'"),
        ("pfp:seed=1", "unknown argument of pfp 'seed'"),
        ("hrank:calibration=1", "unknown argument of hrank 'calibration'"),
        ("pfp:", "arguments of pfp read key=value,key=value, not ''"),
        ("pfp:mode", "arguments of pfp read key=value,key=value, not 'mode'"),
        ("pfp:mode=random,", "arguments of pfp read key=value,key=value, not ''"),
        ("pfp:images=1.5", "images of pfp must be a whole number, not '1.5'"),
        ("fpici:balance=nan", "balance of fpici must be a finite number, not 'nan'"),
        ("dpp:beta=inf", "beta of dpp must be a finite number, or none, not 'inf'"),
        ("pfp:mode=mixed,mode=random", "mode of pfp is given twice"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, message: str) -> None:
    """One sentence with what was written."""
    with pytest.raises(InputError, match=message):
        variant(text)


@pytest.mark.parametrize(
    ("text", "draws"),
    [
        ("l1", False),
        ("random", True),
        ("snpfi", True),
        ("snpfi:estimate=permutations", True),
        ("pfp", False),
        ("pfp:images=5", False),
        ("pfp:mode=random", True),
        ("pfp:mode=mixed", True),
        ("dpp", False),
        ("dpp:mode=sample", True),
        ("dispersion", False),
        ("dispersion:solver=random", True),
    ],
)
def test_what_draws_by_chance_says_so(text: str, draws: bool) -> None:
    """With these arguments."""
    assert variant(text).draws is draws


@pytest.mark.parametrize("name", list(criteria))
def test_only_what_takes_a_seed_draws(name: str) -> None:
    """Whatever the arguments."""
    assert "seed" in criteria[name].arguments or not criteria[name].draws()
