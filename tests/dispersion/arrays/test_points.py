"""Points, and all that take arrays: one sentence for what is not a number."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import torch

from dispersion import Instance
from dispersion.arrays.points import real_array
from dispersion.errors import InputError
from solvers import core_set, farthest_from_points

POINTS = [[0.0, 1.0], [2.0, 5.0], [4.0, 4.0], [1.0, 0.5]]  # all of them are bfloat16

TAKERS = {
    "Instance": lambda values: Instance(values, 2),
    "from_points": lambda values: Instance.from_points(values, 2),
    "farthest_from_points": lambda values: farthest_from_points(values, 2),
    "core_set": lambda values: core_set(values, 2),
}

NO_NUMBERS = {
    "rows of different lengths: row 0 has 2 entries and row 1 has 1": [[1, 2], [3]],
    "rows of different lengths: row 0 has 2 entries and row 2 has 1": [[1, 2], [3, 4], 5],
    "type <U1, such as 'a'": [["a", "b"], ["c", "d"]],
    "type <U3, such as '1.5'": np.array([["1.5", "2"], ["3", "4"]]),
    "type |S1, such as b'a'": np.array([[b"a", b"b"], [b"a", b"b"]]),
    "complex numbers": np.ones((2, 2), dtype=complex),
    "complex numbers.": torch.ones((2, 2), dtype=torch.complex64),
    "the entry [0, 1] is 'x'": np.array([[1, "x"], [2, 3]], dtype=object),
    "the entry [0, 1] is a value of type complex": np.array([[1, 2j], [2, 3]], dtype=object),
    "the entry [0, 1] is a value of type NoneType": np.array([[1, None], [2, 3]], dtype=object),
    "the entry [1, 1] is 'y'": pd.DataFrame({"a": [1, 2], "b": [1.5, "y"]}),
    "the entry [1, 0] is a value of type NAType": pd.DataFrame({"a": [1, pd.NA]}, dtype=object),
    "type datetime64": pd.DataFrame({"a": pd.date_range("2020", periods=2)}),
    "type [('a', '<f8')]": np.zeros((2, 2), dtype=[("a", float)]),
    "a value of type dict": {"a": 1},
    "int too large to convert to float": np.array([[10**400, 1], [1, 2]], dtype=object),
    "got a sparse one": torch.ones((2, 2)).to_sparse(),
    "this tensor cannot be read": torch.empty((2, 2), device="meta"),
}


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("fault", NO_NUMBERS)
def test_what_is_no_number_is_refused_in_one_sentence(taker, fault):
    """By everything that takes an array, with what is wrong; nothing is guessed from text."""
    with pytest.raises(InputError) as raised:
        TAKERS[taker](NO_NUMBERS[fault])
    message = str(raised.value)
    assert "\n" not in message
    if hasattr(NO_NUMBERS[fault], "ndim") or taker != "core_set":  # which takes arrays only
        assert fault.strip(". ") in message
        assert message.startswith("a numeric ")


@pytest.mark.parametrize(
    "values",
    [
        np.array(POINTS, dtype=object),
        [[Decimal(entry) for entry in row] for row in POINTS],
        [[Fraction(entry) for entry in row] for row in POINTS],
        np.array(POINTS, dtype=np.longdouble),
        np.array(POINTS, dtype=np.float16),
        pd.DataFrame(POINTS),
        pd.DataFrame(POINTS).astype("Float64"),
        torch.tensor(POINTS),
        torch.tensor(POINTS, requires_grad=True),
        torch.tensor(POINTS).half(),
        torch.tensor(POINTS).bfloat16(),
        torch.tensor(POINTS).bfloat16().requires_grad_(),
        [torch.tensor(row) for row in POINTS],
    ],
    ids=lambda values: f"{type(values).__name__} {getattr(values, 'dtype', '')}",
)
def test_numbers_of_every_kind_are_taken(values):
    """They make the same instance and the same selection."""
    assert np.array_equal(real_array(values, "points"), POINTS)
    assert Instance.from_points(values, 2).digest == Instance.from_points(POINTS, 2).digest
    assert farthest_from_points(values, 3).tolist() == farthest_from_points(POINTS, 3).tolist()
    if hasattr(values, "ndim"):
        assert np.array_equal(core_set(values, 2).points, core_set(np.array(POINTS), 2).points)
