"""Distance matrices that numpy has saved."""

from __future__ import annotations

from tokenize import TokenError

import numpy as np

from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.source import Source

# what numpy raises for a header that is no dictionary, or one of other keys
_BROKEN = (ValueError, TypeError, EOFError, OSError, SyntaxError, TokenError)


def _recognises(source: Source) -> bool:
    return source.head.startswith(b"\x93NUMPY")


@file_format("npy", summary="a square matrix of numpy.save", recognises=_recognises)
def npy(source: Source) -> Content:
    """Read an (n, n) array; objects in the file, which could run code, are refused."""
    try:
        array = np.load(source.path, mmap_mode="r", allow_pickle=False)
    except _BROKEN as error:
        raise source.fault(f"it is no whole .npy file of numbers: {error}") from error
    if array.ndim == 2 and array.shape[0] == array.shape[1]:
        source.need(len(array))
    return Content(array)  # `Instance` checks it, and says what is wrong
