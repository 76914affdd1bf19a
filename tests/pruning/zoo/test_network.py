"""A network and its copy."""

import torch

from pruning import Network


def test_copies_are_independent_and_trainable(small_resnet: Network) -> None:
    """A copy made in inference mode has ordinary tensors, and changing it changes no original."""
    with torch.inference_mode():
        copied = small_resnet.copy()
    assert copied.digest == small_resnet.digest
    with torch.no_grad():
        next(copied.module.parameters()).zero_()
    assert copied.digest != small_resnet.digest
    assert not any(parameter.is_inference() for parameter in copied.module.parameters())
    assert copied.device == torch.device("cpu")
