"""The devices that networks run on, and the threads that torch uses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from dispersion.errors import InputError, UnavailableError


@contextmanager
def explain_out_of_memory(device: object, remedy: str) -> Iterator[None]:
    """Explain in one sentence that a device ran out of memory, and what to do.

    Raises
    ------
    UnavailableError
        Replaces torch's error.
    """
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise UnavailableError(f"{device} has too little memory; {remedy}") from error


@contextmanager
def torch_threads(wanted: int | None) -> Iterator[int]:
    """Set torch's threads for a while, if a number is wanted; yields how many they are."""
    before = torch.get_num_threads()
    try:
        if wanted is not None:
            torch.set_num_threads(wanted)
        yield torch.get_num_threads()
    finally:
        torch.set_num_threads(before)


def resolve_device(name: str) -> torch.device:
    """Turn a device's name into an available device.

    Parameters
    ----------
    name : str
        "cpu", "cuda", "cuda:1", "mps", ...

    Returns
    -------
    torch.device
        A device on which a tensor could be made.

    Raises
    ------
    InputError
        The name is not a device, or this machine or this build of torch lacks it.
    """
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).strip().split("\n")[0].split(". ")[0]
        raise InputError(f"the device {name!r} cannot be used here ({reason}); try 'cpu'") from error
    if device.type == "meta":
        raise InputError("the device 'meta' holds no numbers; try 'cpu'")
    return device
