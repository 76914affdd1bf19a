"""Where networks run."""

from __future__ import annotations

import torch

from dispersion.errors import InputError


def resolve_device(name: str) -> torch.device:
    """Turn a device's name into a device that is there.

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
        The name is no device, or this machine or this build of torch has no such device.
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
