"""Networks with their sizes, and small budget problems."""

from tests.pruning.subjects import mobilenet, real_resnet56, real_vgg16, resnet, seen, toy, vgg

__all__ = ["mobilenet", "real_resnet56", "real_vgg16", "resnet", "seen", "toy", "vgg"]
