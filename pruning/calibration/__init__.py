"""A trained network with calibration images: its layers' inputs, outputs and feature maps."""

from pruning.calibration.calibration import Calibration

__all__ = ["Calibration"]
