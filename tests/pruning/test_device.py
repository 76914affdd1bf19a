"""Where networks run."""

import pytest
import torch

from dispersion.errors import InputError
from pruning import resolve_device


def test_cpu_is_there() -> None:
    """The CPU always resolves."""
    assert resolve_device("cpu") == torch.device("cpu")


@pytest.mark.parametrize("name", ["cuda:99", "gpu", "", "cpu:x", "meta"])
def test_absent_devices_are_refused(name: str) -> None:
    """A device that is not there is refused by name."""
    with pytest.raises(InputError, match=f"'{name}'"):
        resolve_device(name)
