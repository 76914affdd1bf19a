"""What `pruning` offers under its own name."""

import importlib
import pkgutil
from types import ModuleType

import pruning

NAMES = [
    *("Accuracies", "Budget", "Calibration", "Certificate", "Cost", "Evaluation", "EvaluationData"),
    *("FilterLayer", "Images", "Kept", "Latency", "LeftOut", "Network", "Normalization", "Share"),
    *("SizeModel", "Survey", "accuracies", "accuracy", "allocate", "allocations", "blank_network"),
    *("calibration_images", "calibration_labels", "certify", "cost", "datasets", "evaluate"),
    *("export_onnx", "export_program", "farthest_points_torch", "filter_layers", "fixed_filters"),
    *("latency", "load"),
    *("load_images", "load_network", "mask", "networks", "prune", "reconstruct"),
    *("reestimate_batchnorm", "resolve_device", "save", "select_layers", "size_model", "survey"),
    *("uniform", "weight_bytes"),
]


def test_public_names() -> None:
    """These, sorted, and all of them are there."""
    assert pruning.__all__ == sorted(pruning.__all__)
    assert sorted(pruning.__all__) == sorted(NAMES)
    assert all(hasattr(pruning, name) for name in NAMES)


def test_modules_stay_modules() -> None:
    """No name that a package hands on hides one of its modules."""
    for found in pkgutil.walk_packages(pruning.__path__, prefix="pruning."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
            package, _, name = found.name.rpartition(".")
            assert isinstance(getattr(importlib.import_module(package), name), ModuleType), found.name
