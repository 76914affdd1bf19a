"""Distance matrices that numpy has saved."""

from __future__ import annotations

import warnings
from tokenize import TokenError

import numpy as np

from dispersion.errors import shown
from dispersion.library.content import Content
from dispersion.library.formats import file_format
from dispersion.library.source import Source

# what numpy raises for a header that is no dictionary, or one of other keys
_BROKEN = (ValueError, TypeError, EOFError, OSError, SyntaxError, TokenError, OverflowError)


def _recognises(source: Source) -> str:
    return "it begins as numpy.save begins" if source.head.startswith(b"\x93NUMPY") else ""


@file_format("npy", summary="a square matrix of numpy.save", recognises=_recognises)
def npy(source: Source) -> Content:
    """Read an (n, n) array; objects in the file, which could run code, are refused."""
    try:  # the shape first: a mapped file takes no memory
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about headers of old versions
            array = np.load(source.path, mmap_mode="r", allow_pickle=False)
    except (*_BROKEN, RecursionError, MemoryError) as error:
        raise source.fault(f"it is no whole .npy file of numbers: {_first(error)}") from error
    if not isinstance(array, np.ndarray):
        raise source.fault("it is no .npy file of numbers")
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        points = "; of points give Instance.from_points(numpy.load(...), p)" if array.ndim == 2 else ""
        raise source.fault(
            f"distances must be a square (n, n) matrix, got shape {shown(array.shape)}{points}"
        )
    source.need(len(array))
    return Content(array)  # `Instance` checks it, and says what is wrong


def _first(error: BaseException) -> str:
    """The first line of what numpy says, without its own advice."""
    text = str(error).partition("\n")[0]
    return text if len(text) <= 200 else f"{text[:200]}..."
