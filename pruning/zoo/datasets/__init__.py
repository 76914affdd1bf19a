"""Data sets by name; one file each, and a new file adds a data set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dispersion.errors import UnknownNameError
from dispersion.registry import Registry
from pruning.zoo.folder import read_folder
from pruning.zoo.images import Images
from pruning.zoo.network import Network

Loading = Callable[[], Images]


@dataclass(frozen=True, slots=True)
class DataSet:
    """A registered data set.

    Attributes
    ----------
    name, summary : str
        Its name, and one line for lists.
    input_shape : tuple of int
        Shape of one image: (channels, height, width).
    classes : int
        Number of classes.
    load : callable
        Returns the images.
    """

    name: str
    summary: str
    input_shape: tuple[int, int, int]
    classes: int
    load: Loading

    def fits(self, network: Network) -> bool:
        """Whether a network takes such images and tells so many classes apart."""
        return network.input_shape == self.input_shape and network.classes == self.classes


datasets: Registry[DataSet] = Registry("data set", __name__)
"""Every data set by name."""


def dataset(
    name: str, *, summary: str, input_shape: tuple[int, int, int], classes: int
) -> Callable[[Loading], Loading]:
    """Register the decorated function, which loads images, as the data set `name`."""

    def register(load: Loading) -> Loading:
        datasets.add(name, DataSet(name, summary, input_shape, classes, load))
        return load

    return register


def load_images(name_or_folder: str, channels: int = 3) -> Images:
    """Load a data set by name, or images of the user's from a folder.

    Parameters
    ----------
    name_or_folder : str
        A registered name, or a folder with ``train/<class>/*.png`` and ``test/<class>/*.png``.
    channels : int
        3 to read the images of a folder in colour, 1 in grey; what the network takes.

    Returns
    -------
    Images
        Train and test images with their labels.

    Raises
    ------
    InputError
        Neither a name nor a folder, or a folder of another layout.
    UnavailableError
        The data set could not be fetched.
    """
    if name_or_folder in datasets:
        return datasets[name_or_folder].load()
    folder = Path(name_or_folder).expanduser()
    if not folder.exists() and folder.name == name_or_folder:
        raise UnknownNameError("data set or folder", name_or_folder, datasets)
    return read_folder(folder, channels)
