"""Networks of timm, by a stand-in for it."""

import sys
import types
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from dispersion.errors import InputError, MissingExtraError, UnavailableError, UnknownNameError
from pruning import Normalization, blank_network, load_network


class Tiny(nn.Sequential):
    """What timm says of its networks, on one convolution."""

    pretrained_cfg = {  # noqa: RUF012 - as timm has it
        "input_size": (3, 8, 8),
        "mean": (0.5, 0.5, 0.5),
        "std": (0.1, 0.2, 0.3),
    }

    def __init__(self, classes: int) -> None:
        super().__init__(nn.Conv2d(3, classes, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.num_classes = classes


@pytest.fixture
def timm(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Stand in for timm, with one network and one without a classifier."""

    def create_model(name: str, pretrained: bool, num_classes: int | None = None) -> nn.Module:
        if name == "tiny.other":
            raise RuntimeError("Invalid pretrained tag (other) for tiny.")
        return Tiny(5 if num_classes is None else num_classes)

    stand_in = types.SimpleNamespace(
        is_model=lambda name: name.partition(".")[0] == "tiny",
        list_models=lambda: ["tiny"],
        create_model=create_model,
    )
    monkeypatch.setitem(sys.modules, "timm", stand_in)  # type: ignore[arg-type]
    return stand_in


def test_published_and_own_weights(timm: Any, tmp_path: Path) -> None:
    """Size and normalisation are the network's own; a checkpoint says how many classes it has."""
    network = load_network("timm:tiny")
    assert (network.name, network.classes, network.input_shape) == ("timm:tiny", 5, (3, 8, 8))
    assert network.normalization == Normalization((0.5, 0.5, 0.5), (0.1, 0.2, 0.3))
    torch.save(Tiny(7).state_dict(), tmp_path / "mine.pt")
    mine = load_network("timm:tiny.a1", tmp_path / "mine.pt")
    assert (mine.classes, mine.input_shape) == (7, (3, 8, 8))
    assert "mine.pt" in mine.provenance


def test_untrained(timm: Any) -> None:
    """Untrained, it has the classes asked for, or its usual ones."""
    assert blank_network("timm:tiny", 3).module(torch.rand(2, 3, 8, 8)).shape == (2, 3)
    assert blank_network("timm:tiny").classes == 5


def test_what_cannot_be_had(timm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing and unknown names, unknown tags, absent classifiers and failed downloads are told."""
    with pytest.raises(InputError, match="say which network of timm"):
        load_network("timm")
    with pytest.raises(UnknownNameError, match="did you mean tiny"):
        load_network("timm:tiney")
    with pytest.raises(InputError, match=r"cannot build 'tiny\.other' \(Invalid pretrained tag"):
        blank_network("timm:tiny.other")
    with pytest.raises(UnavailableError, match=r"weights of tiny\.other \(Invalid"):
        load_network("timm:tiny.other")
    bare = Tiny(1)
    bare.num_classes = 0
    monkeypatch.setattr(timm, "create_model", lambda name, **_: bare)
    with pytest.raises(InputError, match="has no classifier"):
        load_network("timm:tiny")


@pytest.mark.parametrize("error", [ImportError, RuntimeError])
def test_timm_that_cannot_be_imported(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where timm, or the torchvision below it, is absent or does not fit, the extra is named."""
    from pruning.zoo.networks import timm as source

    def fail(_: str) -> None:
        raise error("operator torchvision::nms does not exist\nmore")

    monkeypatch.setattr(source.importlib, "import_module", fail)
    with pytest.raises(MissingExtraError, match=r"nms does not exist\).*'vision'") as caught:
        load_network("timm:resnet50")
    assert "\n" not in str(caught.value)
