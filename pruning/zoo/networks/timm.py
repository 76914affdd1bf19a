"""Any classifier of timm: ``timm:resnet50.a1_in1k``.  Optional."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from torch import nn

from dispersion.errors import InputError, MissingExtraError, UnavailableError, UnknownNameError
from pruning.zoo.architecture import UNTRAINED, classes_of
from pruning.zoo.checkpoint import load_weights, read_checkpoint
from pruning.zoo.network import Network, Normalization
from pruning.zoo.networks import networks


class TimmSource:
    """Builds timm's classifiers by their names there, with or without a tag of their weights.

    Inputs are sized and normalised as the network's ``pretrained_cfg`` says, whatever the weights.
    """

    summary = "any classifier of timm, as timm:resnet18 (extra vision)"

    def load(self, variant: str | None, weights: Path | None) -> Network:
        """Build the network with weights; see `pruning.zoo.networks.load_network`."""
        timm, variant = _known(variant)
        if weights is None:
            return _network(variant, _pretrained(timm, variant), "timm's weights")
        state, provenance = read_checkpoint(weights)
        # some have no classifier unless a number of classes is given
        classes = classes_of(_untrained(timm, variant, 1000), state)
        module = _untrained(timm, variant, classes)
        load_weights(module, state, provenance)
        return _network(variant, module, provenance)

    def blank(self, variant: str | None, classes: int | None) -> Network:
        """Build the network untrained; see `pruning.zoo.networks.blank_network`."""
        timm, variant = _known(variant)
        return _network(variant, _untrained(timm, variant, classes), UNTRAINED)


def _known(variant: str | None) -> tuple[Any, str]:
    """Return timm and a name it knows."""
    timm = _timm()
    if variant is None:
        raise InputError("say which network of timm is meant, as in 'timm:resnet50'")
    if not timm.is_model(variant):
        raise UnknownNameError("timm network", variant, timm.list_models())
    return timm, variant


def _untrained(timm: Any, variant: str, classes: int | None) -> Any:
    try:
        return timm.create_model(variant, pretrained=False, num_classes=classes)
    except (RuntimeError, ValueError, TypeError) as error:  # an unknown tag, a fixed head
        raise InputError(f"timm cannot build {variant!r} ({error})") from error


def _pretrained(timm: Any, variant: str) -> Any:
    try:
        return timm.create_model(variant, pretrained=True)
    except Exception as error:  # whatever the hub's client raises, and timm where nothing is published
        raise UnavailableError(
            f"timm could not fetch the weights of {variant} ({_line(error)}); give a checkpoint of"
            " your own instead"
        ) from error


def _network(variant: str, module: Any, provenance: str) -> Network:
    about = module.pretrained_cfg
    if not module.num_classes:
        raise InputError(f"timm's {variant!r} has no classifier; give your own weights that have one")
    assert isinstance(module, nn.Module)
    return Network(
        name=f"timm:{variant}",
        module=module.eval(),
        input_shape=tuple(about["input_size"]),
        classes=module.num_classes,
        dataset=None,
        provenance=provenance,
        normalization=Normalization(tuple(about["mean"]), tuple(about["std"])),
    )


def _timm() -> Any:
    """Import timm, which needs torchvision; a build of that for another torch fails here too."""
    try:
        return importlib.import_module("timm")
    except (ImportError, RuntimeError, AttributeError) as error:
        raise MissingExtraError(
            f"timm, or torchvision that it needs, cannot be imported ({_line(error)}); install the"
            " extra 'vision' in a build that fits the installed torch: pip install -e '.[vision]'"
        ) from error


def _line(error: Exception) -> str:
    """The first line of an exception."""
    return str(error).strip().split("\n")[0] or type(error).__name__


networks.add("timm", TimmSource())
