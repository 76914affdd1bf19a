"""What a network costs."""

from pathlib import Path

from safetensors.torch import save_file
from torch import nn

from pruning import Cost, Network, cost, prune, weight_bytes
from pruning.zoo.networks.mobilenet_v2 import MobileNetV2
from pruning.zoo.networks.vgg import Vgg


def test_cost_is_the_sum_by_hand() -> None:
    """Parameters and MACs of a small network equal the sum done by hand."""
    module = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.Conv2d(8, 8, 3, groups=4),
        nn.Flatten(), nn.Linear(8 * 4, 10),
    )  # fmt: skip
    network = Network("toy", module.eval(), (3, 4, 4), 10, None, "test")
    macs = 16 * 8 * 27 + 4 * 8 * 18 + 320
    parameters = 8 * 27 + 8 + 16 + 8 * 18 + 8 + 330
    assert cost(network) == Cost(parameters, macs)
    assert weight_bytes(network) == 4 * (parameters + 2 * 8) + 8  # two statistics, a count of batches


def test_weight_bytes_are_those_of_a_file(small_resnet: Network, tmp_path: Path) -> None:
    """A safetensors file holds as many bytes, after its header."""
    path = tmp_path / "weights.safetensors"
    save_file(small_resnet.module.state_dict(), path)
    header = int.from_bytes(path.read_bytes()[:8], "little")
    assert weight_bytes(small_resnet) == path.stat().st_size - 8 - header


def test_published_sizes(small_resnet: Network) -> None:
    """VGG-16 and MobileNetV2 have the sizes they are known by; pruning lowers them."""
    whole = cost(Network("vgg", Vgg(), (3, 32, 32), 10, None, "test"))
    assert (whole.parameters, whole.macs) == (14_991_946, 313_463_808)
    mobilenet = Network("mobilenet", MobileNetV2(), (3, 224, 224), 1000, None, "test")
    size = cost(mobilenet)
    assert (size.parameters, size.macs) == (3_504_872, 300_774_272)
    cut = cost(prune(small_resnet, {"layer1.0.conv1": range(8)}))
    whole = cost(small_resnet)
    assert whole.macs - cut.macs == 8 * 16 * 9 * 1024 * 2
    assert whole.parameters - cut.parameters == 8 * 16 * 9 * 2 + 2 * 8
