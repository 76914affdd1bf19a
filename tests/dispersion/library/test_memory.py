"""What does not fit into memory is refused before it is tried."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from dispersion import generate, read_instance
from dispersion.arrays import memory
from dispersion.errors import InputError

Write = Callable[..., Path]
HEADS = {
    "geo": "40000\n2\n0 1.0 2.0\n",
    "pairs": "40000 10\n0 1 5.0\n",
    "tsplib": "NAME: x\nDIMENSION: 40000\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n1 0.0 0.0\n",
    "matrix": ",".join(["0"] * 40_000) + "\n",
}


@pytest.fixture(autouse=True)
def _sixteen_gib(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every machine is one of 16 GiB, so that 16,384 points are the most."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=16 * 2**30))
    monkeypatch.setattr(memory, "_OWN", Path("/nowhere"))


@pytest.mark.parametrize("name", HEADS)
def test_a_file_of_too_many_points(name: str, write: Write) -> None:
    """The message says what the file would need, what there is, and what would do."""
    path = write("huge", HEADS[name])
    tracemalloc.start()
    with pytest.raises(InputError) as caught:
        read_instance(path, 2)
    assert tracemalloc.get_traced_memory()[1] < 2**25
    tracemalloc.stop()
    assert str(caught.value).startswith(
        f"'{path}' has 40,000 points, whose distances take 11.9 GiB, which is more than 1/8 of the "
        "16.0 GiB of memory here (room to work with them); at most 16,384 points can be used on this "
        "machine"
    )


def test_a_saved_matrix_of_too_many_points(tmp_path: Path) -> None:
    """The shape in the header decides; the file is not read (and has a hole where its numbers are)."""
    np.lib.format.open_memmap(tmp_path / "huge.npy", mode="w+", dtype=np.int8, shape=(20_000, 20_000))
    with pytest.raises(
        InputError, match=r"huge\.npy' has 20,000 points, whose distances take 3\.0 GiB"
    ):
        read_instance(tmp_path / "huge.npy", 2)


def test_a_generated_instance_of_too_many_points() -> None:
    """What memory forbids is not drawn, and what fits is."""
    with pytest.raises(
        InputError, match=r"the instance \(ran, n = 16385, seed = 0\) has 16,385 points"
    ):
        generate("ran", 16_385, 5)
    assert generate("ran", 50, 5).n == 50


GROUPS = [
    ("0::/a/b\n", {"a/b/memory.max": "max\n", "a/memory.max": f"{2**30}\n"}, 2**30),
    ("0::/a\n", {"memory.max": "1000000"}, 1_000_000),
    ("4:memory:/a\n0::/\n", {"memory/a/memory.limit_in_bytes": f"{2**29}"}, 2**29),
    ("4:cpu,memory:/gone\n", {"memory/memory.limit_in_bytes": f"{2**31}"}, 2**31),
    ("4:cpu:/a\n", {"memory/a/memory.limit_in_bytes": f"{2**29}"}, 2**34),
    ("0::/a\n", {"a/memory.max": "max"}, 2**34),
    ("rubbish\n", {}, 2**34),
]


@pytest.mark.parametrize(("own", "files", "limit"), GROUPS, ids=range(len(GROUPS)))
def test_the_limit_of_a_container_counts(
    own: str, files: dict[str, str], limit: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of control groups of both versions, and of those around the own one."""
    for name, text in {"own": own, **{f"groups/{name}": text for name, text in files.items()}}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(memory, "_OWN", tmp_path / "own")
    monkeypatch.setattr(memory, "_GROUPS", tmp_path / "groups")
    assert memory.memory() == limit


def test_the_limit_of_the_shell_counts() -> None:
    """``ulimit -v``: what is read is that of this process."""
    code = (
        "import resource, dispersion.arrays.memory as m;"
        "resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, resource.RLIM_INFINITY));"
        "print(m.memory())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) <= 3 * 2**30


def test_a_text_too_long_for_memory(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines take several times the size of the file; it is refused before they are read."""
    path = write("long.csv", "A,B\n" + "0,1\n1,0\n")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=200))
    with pytest.raises(InputError, match=r"long\.csv', read line by line, takes|has 2 points"):
        read_instance(path, 2)
