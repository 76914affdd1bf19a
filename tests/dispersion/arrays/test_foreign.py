"""Tests of `dispersion.arrays.foreign`: tensors, tables, masked and sparse arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dispersion import InputError, Instance, distances
from dispersion.arrays.foreign import rounding_unit

LINE = np.array([[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]])


class Sparse:
    """Looks like a matrix of scipy.sparse."""

    nnz = 2

    def toarray(self):
        """As the real one."""
        return LINE


def test_a_mask_is_not_forgotten():
    """Of a matrix, of points, and of rows in a list; an empty mask is none."""
    masked = np.ma.masked_equal(LINE, 2.0)
    with pytest.raises(InputError, match=r"got an array with 2 masked entries; .* \.filled\("):
        Instance(masked, 2)
    with pytest.raises(InputError, match="2 masked entries"):
        Instance.from_points(masked, 2)
    with pytest.raises(InputError, match="1 masked entries"):
        Instance(list(masked), 2)
    assert (Instance(np.ma.array(LINE), 2).distances == LINE).all()


def test_a_sparse_matrix_is_refused_with_the_way_out():
    """What is not stored could be 0 or unknown."""
    with pytest.raises(InputError, match=r"got a sparse one, .* give D\.toarray\(\) if they are 0"):
        Instance(Sparse(), 2)


@pytest.mark.parametrize("kind", ["float64", "float32", "bfloat16", "float16", "int64"])
def test_tensors_will_do(kind):
    """Of any number type, also with a gradient, and lists of them."""
    torch = pytest.importorskip("torch")
    dtype = getattr(torch, kind)
    tensor = torch.tensor(LINE).to(dtype)
    assert (Instance(tensor, 2).distances == LINE).all()
    assert (distances(tensor[:, :1]) == LINE).all()
    if dtype.is_floating_point:
        assert (Instance(tensor.clone().requires_grad_(), 2).distances == LINE).all()
        assert rounding_unit(tensor) == torch.finfo(dtype).eps
    assert (Instance(list(tensor), 2).distances == LINE).all()


def test_tensors_that_cannot_be_read_are_one_sentence():
    """Sparse ones, and those without data."""
    torch = pytest.importorskip("torch")
    with pytest.raises(InputError, match=r"give D\.to_dense\(\) if they are 0"):
        Instance(torch.tensor(LINE).to_sparse(), 2)
    with pytest.raises(InputError, match="this tensor cannot be read: ") as caught:
        Instance(torch.empty((3, 3), device="meta"), 2)
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="complex"):
        Instance(torch.tensor(LINE + 1j), 2)


def test_torch_cdist_is_repaired():
    """Its diagonal is 1e-8 of rounding."""
    torch = pytest.importorskip("torch")
    X = torch.tensor(np.random.default_rng(0).random((300, 8)))
    instance = Instance(torch.cdist(X, X), 5)
    assert "the diagonal, up to " in instance.note
    np.testing.assert_allclose(instance.distances, distances(X), atol=1e-7)


def test_a_table_keeps_the_names_of_its_points():
    """Those of the rows; of the columns where rows are only numbered; none where both are."""
    names = ["a", "b", "c"]
    both = pd.DataFrame(LINE, index=names, columns=names)
    assert Instance(both, 2).labels == ("a", "b", "c")
    assert Instance(pd.DataFrame(LINE, columns=names), 2).labels == ("a", "b", "c")
    assert Instance(pd.DataFrame(LINE, index=names), 2).labels == ("a", "b", "c")
    assert Instance(pd.DataFrame(LINE), 2).labels is None
    assert Instance(both, 2).with_p(3).labels == ("a", "b", "c")
    points = pd.DataFrame({"x": [0.0, 1.0, 2.0]}, index=names)
    assert Instance.from_points(points, 2).labels == ("a", "b", "c")
    assert (Instance.from_points(points, 2).distances == LINE).all()


def test_rows_and_columns_in_another_order_are_refused():
    """Read by position, every distance would be another pair's."""
    table = pd.DataFrame(LINE, index=list("abc"), columns=list("bac"))
    with pytest.raises(
        InputError, match=r"row 0 of the table is called 'a' and column 0 'b'; put both"
    ):
        Instance(table, 2)


def test_a_table_with_text_or_gaps_is_one_sentence():
    """Neither is a number."""
    with pytest.raises(InputError, match="numeric"):
        Instance(pd.DataFrame({"a": [0.0, 1.0], "b": ["x", "y"]}), 2)
    with pytest.raises(InputError, match="not finite"):
        Instance(pd.DataFrame([[0.0, None], [1.0, 0.0]]), 2)
    with pytest.raises(InputError, match=r"numeric|not finite"):
        Instance(pd.DataFrame([[0, pd.NA], [1, 0]]), 2)


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        (np.zeros(2), 2.0**-52),
        (np.zeros(2, np.float32), 2.0**-23),
        (np.zeros(2, np.int32), 0.0),
        ([0.0, 1.0], 2.0**-52),
        (pd.DataFrame(np.zeros((2, 2), np.float32)), 2.0**-23),
        (pd.DataFrame([[0, 1], [1, 0]]), 0.0),
    ],
)
def test_the_rounding_unit_is_that_of_the_numbers_given(values, unit):
    """Zero for whole numbers."""
    assert rounding_unit(values) == unit
