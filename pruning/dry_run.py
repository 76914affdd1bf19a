"""Try a criterion on a few made-up filters, to find errors before anything is loaded."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import nn

from dispersion.errors import DispersionError, InputError
from pruning.calibration import Calibration
from pruning.criteria import criteria, keep
from pruning.filters import FilterLayer, filter_layers
from pruning.variants import variant
from pruning.zoo.network import Network


@cache
def dry_run(text: str) -> bool:
    """Run a criterion on eight made-up filters; takes less than a second.

    Parameters
    ----------
    text : str
        A criterion with arguments; see `pruning.variants.variant`.

    Returns
    -------
    bool
        Whether it needs calibration images.

    Raises
    ------
    InputError
        As in `variant`; or an argument is out of range, or the criterion fails with it.
    """
    asked = variant(text)
    layer, calibration = _made_up_layer()
    try:
        keep(layer, 4, asked.criterion, calibration=calibration, **asked.arguments)
    except DispersionError:
        raise
    except Exception as error:  # of numbers beyond all reason, such as 10**30 images
        raise InputError(f"{text} cannot be run: {type(error).__name__}: {error}") from error
    if criteria[asked.criterion].needs_images:
        return True
    try:
        keep(layer, 4, asked.criterion, **asked.arguments)
    except InputError:  # some need them with some arguments only
        return True
    return False


@cache
def _made_up_layer() -> tuple[FilterLayer, Calibration]:
    """Eight filters of a network that was never trained, with labelled noise for images."""
    read = nn.Conv2d(8, 4, 3)
    head = nn.AdaptiveAvgPool2d(1), nn.Flatten()
    module = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), read, *head)
    rng = np.random.default_rng(0)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.from_numpy(rng.normal(size=parameter.shape)))
    network = Network("made up", module.eval(), (3, 8, 8), 4, None, "made up")
    images = rng.integers(0, 256, (8, 8, 8, 3), dtype=np.uint8)
    [layer] = filter_layers(network)
    return layer, Calibration(network, images, rng.integers(0, 4, 8))
