"""Prune trained networks filter by filter; the only package here that imports torch."""

from pruning.allocation import allocate, allocations, uniform
from pruning.budget import Budget
from pruning.calibration import Calibration
from pruning.device import resolve_device
from pruning.filters import FilterLayer, filter_layers, select_layers
from pruning.kept import Kept
from pruning.measure import Cost, accuracy, cost
from pruning.recovery import calibration_images, reestimate_batchnorm
from pruning.sizes import SizeModel, size_model
from pruning.surgery import mask, prune
from pruning.zoo import Images, Network, datasets, load_images, load_network, networks

__all__ = [
    "Budget",
    "Calibration",
    "Cost",
    "FilterLayer",
    "Images",
    "Kept",
    "Network",
    "SizeModel",
    "accuracy",
    "allocate",
    "allocations",
    "calibration_images",
    "cost",
    "datasets",
    "filter_layers",
    "load_images",
    "load_network",
    "mask",
    "networks",
    "prune",
    "reestimate_batchnorm",
    "resolve_device",
    "select_layers",
    "size_model",
    "uniform",
]
