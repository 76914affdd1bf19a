"""Prune trained networks filter by filter; the only package here that imports torch."""

# ruff: noqa: E402 - Ctrl-C during the imports below must end a command in one line
from dispersion.terminal.commands import start

start()

from pruning.allocation import allocate, allocations
from pruning.budgets.budget import Budget
from pruning.budgets.keep_ratio import uniform
from pruning.calibration import Calibration
from pruning.calibration.drawing import calibration_images, calibration_labels
from pruning.cutting.kept import Kept
from pruning.cutting.surgery import mask, prune
from pruning.cutting.survey import Survey, survey
from pruning.device import resolve_device
from pruning.evaluation import Evaluation, EvaluationData, evaluate
from pruning.farthest import farthest_points_torch
from pruning.filters import FilterLayer, filter_layers, fixed_filters, select_layers
from pruning.measuring.accuracy import Accuracies, Share, accuracies, accuracy
from pruning.measuring.cost import Cost, cost, weight_bytes
from pruning.measuring.sizes import SizeModel, size_model
from pruning.measuring.timing import Latency, latency
from pruning.repair.recoveries.batchnorm import reestimate_batchnorm
from pruning.repair.recoveries.least_squares import reconstruct
from pruning.saliency.certificate import Certificate, certify
from pruning.saving.exporting import export_onnx, export_program
from pruning.saving.saved import load, save
from pruning.tracing.graph import LeftOut
from pruning.zoo.datasets import datasets, load_images
from pruning.zoo.images import Images
from pruning.zoo.network import Network, Normalization
from pruning.zoo.networks import blank_network, load_network, networks

__all__ = [
    "Accuracies",
    "Budget",
    "Calibration",
    "Certificate",
    "Cost",
    "Evaluation",
    "EvaluationData",
    "FilterLayer",
    "Images",
    "Kept",
    "Latency",
    "LeftOut",
    "Network",
    "Normalization",
    "Share",
    "SizeModel",
    "Survey",
    "accuracies",
    "accuracy",
    "allocate",
    "allocations",
    "blank_network",
    "calibration_images",
    "calibration_labels",
    "certify",
    "cost",
    "datasets",
    "evaluate",
    "export_onnx",
    "export_program",
    "farthest_points_torch",
    "filter_layers",
    "fixed_filters",
    "latency",
    "load",
    "load_images",
    "load_network",
    "mask",
    "networks",
    "prune",
    "reconstruct",
    "reestimate_batchnorm",
    "resolve_device",
    "save",
    "select_layers",
    "size_model",
    "survey",
    "uniform",
    "weight_bytes",
]
