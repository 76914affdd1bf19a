"""Data sets by name; one file each, and a new file adds a data set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dispersion.errors import UnknownNameError
from dispersion.registry import Registry
from pruning.zoo.folder import read_folder
from pruning.zoo.images import Images

datasets: Registry[Callable[[], Images]] = Registry("data set", __name__)
"""Every data set by name."""


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
        return datasets[name_or_folder]()
    folder = Path(name_or_folder).expanduser()
    if not folder.exists() and folder.name == name_or_folder:
        raise UnknownNameError("data set or folder", name_or_folder, datasets)
    return read_folder(folder, channels)
