"""Any classifier of torchvision, trained on ImageNet: ``torchvision:resnet50``.  Optional."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from dispersion.errors import InputError, MissingExtraError, UnavailableError, UnknownNameError
from pruning.zoo.architecture import UNTRAINED, classes_of
from pruning.zoo.checkpoint import load_weights, read_checkpoint
from pruning.zoo.network import IMAGENET, Network, Normalization
from pruning.zoo.networks import networks


class TorchvisionSource:
    """Builds torchvision's classifiers by their names there."""

    summary = "any classifier of torchvision, as torchvision:resnet50 (extra vision)"

    def load(self, variant: str | None, weights: Path | None) -> Network:
        """Build the network with weights; see `pruning.zoo.networks.load_network`.

        Inputs are sized and normalised as torchvision's weights prescribe; with weights of the
        user's they are 224 x 224 and normalised as ImageNet's.
        """
        models, variant = _known(variant)
        if weights is not None:
            state, provenance = read_checkpoint(weights)
            network = _of_users(models, variant, None, provenance)
            classes = classes_of(network.module, state)
            if classes != network.classes:
                network = _of_users(models, variant, classes, provenance)
            load_weights(network.module, state, provenance)
            return network
        chosen = models.get_model_weights(variant).DEFAULT
        try:
            module = models.get_model(variant, weights=chosen)
        except (OSError, RuntimeError) as error:  # no network, or a download that was cut short
            raise UnavailableError(
                f"torchvision could not fetch the weights of {variant} ({error}); give a checkpoint"
                " of your own instead"
            ) from error
        inputs = chosen.transforms()
        side = int(inputs.crop_size[0])
        return Network(
            name=f"torchvision:{variant}",
            module=module.eval(),
            input_shape=(3, side, side),
            classes=len(chosen.meta["categories"]),
            dataset="imagenet",
            provenance=f"torchvision's {chosen}",
            normalization=Normalization(tuple(inputs.mean), tuple(inputs.std)),
        )

    def blank(self, variant: str | None, classes: int | None) -> Network:
        """Build the network untrained, with the input that weights of the user's would expect."""
        models, variant = _known(variant)
        return _of_users(models, variant, classes, UNTRAINED)


def _known(variant: str | None) -> tuple[Any, str]:
    """Return torchvision's models and a name among them."""
    models = _models()
    if variant is None:
        raise InputError("say which network of torchvision is meant, as in 'torchvision:resnet50'")
    known = models.list_models(module=models)
    if variant not in known:
        raise UnknownNameError("torchvision network", variant, known)
    return models, variant


def _of_users(models: Any, variant: str, classes: int | None, provenance: str) -> Network:
    """Build the network with random weights; None for ImageNet's classes."""
    classes = 1000 if classes is None else classes
    module = models.get_model(variant, weights=None, num_classes=classes).eval()
    shape = (3, 224, 224)
    return Network(f"torchvision:{variant}", module, shape, classes, None, provenance, IMAGENET)


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


networks.add("torchvision", TorchvisionSource())
