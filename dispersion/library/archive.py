"""Archives of arrays, looked into before they are unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from dispersion.arrays.memory import need_bytes

_SHARE = 16  # of the memory an archive may take: a megabyte of zeros can be a gigabyte of them


def check_archive(path: Path) -> None:
    """Refuse an ``.npz`` file whose arrays would not fit into memory, by what its headers say.

    Raises
    ------
    InputError
        The arrays are too large.
    ValueError, OSError, zipfile.BadZipFile
        It is no archive of arrays, or an array is larger than its part of the archive.
    """
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        need_bytes(sum(part.file_size for part in parts), f"{path}, unpacked,", _SHARE)
        for part in parts:
            with archive.open(part) as file:
                version = np.lib.format.read_magic(file)
                read = (
                    np.lib.format.read_array_header_1_0
                    if version == (1, 0)
                    else np.lib.format.read_array_header_2_0
                )
                shape, _, dtype = read(file)
            size = dtype.itemsize
            for length in shape:
                size *= length
            if size > part.file_size:
                raise ValueError(f"{part.filename} promises {size:,} bytes and has fewer")
