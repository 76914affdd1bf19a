"""Requests to keep filters."""

import numpy as np
import pytest
import torch
from torch import nn

from dispersion.errors import InputError, UnknownNameError
from pruning import Network
from pruning.cutting.kept import dropped, kept_indices
from pruning.tracing.graph import Coupling, LeftOut, Trace

COUPLINGS = (Coupling(("a", "b"), 4), Coupling(("c",), 3))
NETWORK = Network("toy", nn.Identity(), (3, 8, 8), 4, None, "made for a test")
TRACE = Trace(NETWORK, COUPLINGS, (LeftOut("d", "is of another kind"),), {}, None)

BAD = {
    "duplicates": [0, 0],
    "negative": [-1, 2],
    "out of range": [0, 4],
    "empty list": [],
    "empty array": np.empty(0, dtype=np.int64),
    "floats": [0.0, 1.0],
    "float array": np.array([0.0, 1.0]),
    "bools": [True, False],
    "bool array": np.array([True, False, True, True]),
    "mixed bools": [0, True],
    "tensor": torch.tensor([0, 1]),
    "nested": [[0], [1]],
    "text": "01",
    "set": {0, 1},
    "none": None,
    "a number": 2,
}


@pytest.mark.parametrize("asked", BAD.values(), ids=BAD.keys())
def test_bad_requests_are_refused(asked: object) -> None:
    """Every request that torch-pruning would misread is refused, naming the layer."""
    with pytest.raises(InputError, match="'a'"):
        kept_indices(TRACE, {"a": asked})  # type: ignore[dict-item]


def test_unknown_and_tied_names_are_refused() -> None:
    """A name must be a coupling's first; for another of its names the error says which."""
    with pytest.raises(UnknownNameError, match="unknown layer 'x'"):
        kept_indices(TRACE, {"x": [0]})
    with pytest.raises(InputError, match="'b' is tied to 'a'"):
        kept_indices(TRACE, {"b": [0]})
    with pytest.raises(InputError, match="layer 'd' of toy is of another kind"):
        kept_indices(TRACE, {"d": [0]})


@pytest.mark.parametrize("asked", [[3, 1], (1, 3), np.array([3, 1], dtype=np.int32), range(1, 4, 2)])
def test_requests_are_sorted(asked: object) -> None:
    """Any list or array of distinct integers gives the same indices in ascending order."""
    checked = kept_indices(TRACE, {"a": asked})  # type: ignore[dict-item]
    assert checked["a"].tolist() == [1, 3]
    assert dropped(COUPLINGS[0], checked["a"]) == [0, 2]


def test_keeping_everything_is_no_request() -> None:
    """A layer that keeps all its filters is left out."""
    assert kept_indices(TRACE, {"a": [3, 2, 1, 0]}) == {}
