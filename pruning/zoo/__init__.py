"""Trained networks and images: where they come from, checked, cached, and loaded without risk."""

from pruning.zoo.datasets import datasets, load_images
from pruning.zoo.images import Images
from pruning.zoo.network import Network, Normalization
from pruning.zoo.networks import blank_network, load_network, networks

__all__ = [
    "Images",
    "Network",
    "Normalization",
    "blank_network",
    "datasets",
    "load_images",
    "load_network",
    "networks",
]
