"""A file has one writer at a time."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dispersion.study.folder.atomic_writing import save


def test_two_writers_of_one_file_take_turns(tmp_path: Path) -> None:
    """Neither meets the half of the other, neither fails, and the last one stands, whole."""
    final, seen = tmp_path / "file.txt", list[bool]()

    def write(part: Path) -> None:
        seen.append(part.exists())
        part.write_text("half of ")
        time.sleep(0.05)
        with part.open("a") as file:
            file.write("it")

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: save(final, write), range(4))) == [final] * 4
    assert seen == [False] * 4
    assert final.read_text() == "half of it"
    assert [path.name for path in tmp_path.glob(".part*")] == []
