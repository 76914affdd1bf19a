"""Tests of `solvers.kernels.compiled`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import solvers.kernels

KERNELS = Path(solvers.kernels.__file__).parent


def test_a_change_in_an_inlined_kernel_is_not_hidden_by_the_cache(tmp_path):
    """numba looks at the outer file only; our cache folder is named after all of them."""
    for package in ("solvers", "dispersion"):
        source = KERNELS.parent if package == "solvers" else KERNELS.parent.parent / package
        shutil.copytree(source, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    code = (
        "import numpy as np; from solvers.prover.tree_search import settle;"
        "rows = np.array([[62], [61], [59], [55], [47], [31]], dtype=np.uint64);"
        "print(settle(rows, 3, 99)[0])"
    )

    def answer():
        result = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return result.stdout.strip()

    assert answer() == "1"  # found: all six points are linked
    bitset = tmp_path / "solvers" / "kernels" / "bitset.py"
    broken = bitset.read_text().replace("return np.int64(total)", "return np.int64(0)")
    assert broken != bitset.read_text()
    bitset.write_text(broken)
    assert answer() != "1"
