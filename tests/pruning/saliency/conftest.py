"""Filters small enough to score by hand."""

from tests.pruning.tiny_layers import (
    by_hand,
    calibration,
    coupled,
    four,
    noise,
    some_layer,
    tiny,
)

__all__ = ["by_hand", "calibration", "coupled", "four", "noise", "some_layer", "tiny"]
