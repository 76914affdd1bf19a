"""Tests of `solvers.kernels.compiled`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from solvers.kernels import compiled

INNER = """
from kernels.compiled import compiled

@compiled()
def inner(x):
    return x + 1
"""
OUTER = """
from kernels.compiled import compiled
from kernels.inner import inner

@compiled("int64(int64)")
def outer(x):
    return 10 * inner(x)

print(outer(1), sum(outer.stats.cache_hits.values()))
"""


def test_a_change_in_an_inlined_kernel_is_not_hidden_by_the_cache(tmp_path):
    """numba looks at the outer file only; our cache folder is named after all of them."""
    kernels = tmp_path / "kernels"
    kernels.mkdir()
    shutil.copy(compiled.__file__, kernels)
    (kernels / "__init__.py").touch()
    (kernels / "inner.py").write_text(INNER)
    (kernels / "outer.py").write_text(OUTER)

    def answer():
        result = subprocess.run(
            [sys.executable, "-m", "kernels.outer"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return result.stdout.split()

    assert answer() == ["20", "0"]
    assert answer() == ["20", "1"]  # from the cache
    (kernels / "inner.py").write_text(INNER.replace("x + 1", "x + 2"))
    assert answer() == ["30", "0"]
