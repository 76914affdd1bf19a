"""Tests of `dispersion.library.archive`: a small file can promise, or hold, gigabytes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from dispersion.errors import InputError
from dispersion.library.archive import check_archive


def test_a_usual_archive_passes(tmp_path: Path) -> None:
    """Of any shapes, and of no numbers."""
    path = tmp_path / "a.npz"
    np.savez_compressed(path, a=np.zeros((3, 2)), b=np.array("text"), c=np.empty(0))
    check_archive(path)


def test_zeros_that_would_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten megabytes of them, packed into ten kilobytes, where there are 100."""
    path = tmp_path / "a.npz"
    np.savez_compressed(path, a=np.zeros(10 * 2**17))
    assert path.stat().st_size < 20_000
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=100 * 2**20))
    with pytest.raises(InputError, match=r"a\.npz, unpacked, takes 0\.0 GiB, .* 1/16 of the 0\.1 GiB"):
        check_archive(path)


def test_a_header_that_promises_more_than_there_is(tmp_path: Path) -> None:
    """Memory for it would be asked for before the end of the file is found."""
    content = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        content, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
    )
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("a.npy", content.getvalue())
    with pytest.raises(ValueError, match="promises 8,000,000,000,000 bytes and has fewer"):
        check_archive(tmp_path / "a.npz")
