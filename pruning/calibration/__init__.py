"""A trained network seen at work on a few images."""

from pruning.calibration.calibration import Calibration

__all__ = ["Calibration"]
