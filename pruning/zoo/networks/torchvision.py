"""Any classifier of torchvision, trained on ImageNet: ``torchvision:resnet50``.  Optional."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from dispersion.errors import InputError, MissingExtraError, UnavailableError, UnknownNameError
from pruning.zoo.checkpoint import load_state_dict, load_weights
from pruning.zoo.network import IMAGENET, Network, Normalization
from pruning.zoo.networks import networks


@networks.register("torchvision")
def build(variant: str | None, weights: Path | None) -> Network:
    """Build a torchvision classifier; see `pruning.zoo.networks.load_network`.

    Inputs are sized and normalised as torchvision's weights prescribe; with weights of the user's
    they are 224 x 224 and normalised as ImageNet's.
    """
    models = _models()
    known = models.list_models(module=models)
    if variant is None:
        raise InputError("say which network of torchvision is meant, as in 'torchvision:resnet50'")
    if variant not in known:
        raise UnknownNameError("torchvision network", variant, known)
    name = f"torchvision:{variant}"
    if weights is not None:
        module = models.get_model(variant, weights=None)
        load_weights(module, load_state_dict(weights), f"the user's {weights}")
        return Network(
            name, module.eval(), (3, 224, 224), 1000, None, f"the user's {weights}", IMAGENET
        )
    chosen = models.get_model_weights(variant).DEFAULT
    try:
        module = models.get_model(variant, weights=chosen)
    except (OSError, RuntimeError) as error:  # no network, or a download that was cut short
        raise UnavailableError(
            f"torchvision could not fetch the weights of {variant} ({error}); give a checkpoint of"
            " yours instead"
        ) from error
    inputs = chosen.transforms()
    side = int(inputs.crop_size[0])
    normalization = Normalization(tuple(inputs.mean), tuple(inputs.std))
    classes = len(chosen.meta["categories"])
    provenance = f"torchvision's {chosen}"
    return Network(name, module.eval(), (3, side, side), classes, "imagenet", provenance, normalization)


def _models() -> Any:
    """Import torchvision's models; a build for another torch fails here too."""
    try:
        return importlib.import_module("torchvision").models
    except (ImportError, RuntimeError, AttributeError) as error:
        reason = str(error).strip().split("\n")[0]
        raise MissingExtraError(
            f"torchvision cannot be imported ({reason}); install the extra 'vision' in a build that"
            " fits the installed torch: pip install -e '.[vision]'"
        ) from error
