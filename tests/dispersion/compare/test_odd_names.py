"""Files whose names are commands to a terminal, formulas, markup, or no text at all."""

import csv
import io
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from dispersion.study.reading import read_study
from dispersion.terminal.printable import encodable, of_cell, printable

ROOT = Path(__file__).parents[3]
NAMES = [
    b"\x1b[31mred.txt",
    b"a\nFAIL forged.txt",
    b"a\rb.txt",
    b"\ttab.txt",
    b"caf\xe9.txt",
    "漢\u202e.txt".encode(),
    b"=1+1.txt",
    b"-x.txt",
    b"@a.txt",
    b"<script>alert(1)<",
    b"\"' onload=alert(1).txt",
    b"javascript:alert(1)",
    b"a|b[bold].txt",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance file of each name, no two with equal content."""
    folder = tmp_path_factory.mktemp("odd")
    for k, name in enumerate(NAMES, 2):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text(f"0 1 2\n1 0 {k}\n2 {k} 0\n")
    return folder


class Page(HTMLParser):
    """The elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.tags.append((tag, dict(attrs)))


def compared(folder: Path, style: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """The command on all of them, in a process with another environment."""
    files = [b"./" + name for name in NAMES]
    asked = [b"--p", b"2", b"--solvers", b"greedy", b"-v", b"--format", style.encode()]
    out = b"out-\xe9-" + "".join(more).encode()
    words = [sys.executable.encode(), b"-m", b"dispersion.compare", b"--instance", *files, *asked]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **more}
    return subprocess.run(
        [*words, b"--out", out], cwd=folder, env=environment, capture_output=True, check=False
    )


def test_all_of_a_study(folder: Path) -> None:
    """Tables, lines, log and page show them, without a single byte that is not seen."""
    for style in ("table", "markdown", "csv", "json"):
        done = compared(folder, style)
        assert done.returncode == 0, done.stderr
        err = done.stderr.decode()
        assert all(line.isprintable() for line in err.splitlines())
        assert not any(line.startswith("FAIL") for line in err.splitlines())
        if style != "csv":
            assert all(line.isprintable() for line in done.stdout.decode().splitlines())
            continue
        rows = list(csv.DictReader(io.StringIO(done.stdout.decode(), newline="")))
        assert [of_cell(row["instance"]) for row in rows] == [encodable(os.fsdecode(n)) for n in NAMES]
        assert not any(row["instance"][0] in "=+-@\t\r" for row in rows)
    out = Path(os.fsdecode(os.fsencode(folder) + b"/out-\xe9-"))
    assert all(line.isprintable() for line in (out / "log.txt").read_text().split("\n"))
    names = [encodable(os.fsdecode(name)) for name in NAMES]
    assert list(pd.read_parquet(io.BytesIO((out / "solves.parquet").read_bytes()))["instance"]) == names
    assert list(read_study(out).frame("solves")["instance"]) == names
    (out / "journal.jsonl").unlink()
    (out / "solves.parquet").unlink()
    assert list(read_study(out).frame("solves")["instance"]) == names


def test_a_narrow_encoding(folder: Path) -> None:
    """Where a terminal knows ASCII only, a character is lost and no result."""
    narrow = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = compared(folder, "table", **narrow)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert done.stderr.isascii()
    assert b"\x1b" not in done.stdout + done.stderr
    [out] = [one for one in os.listdir(os.fsencode(folder)) if one.endswith(b"PYTHONCOERCECLOCALE")]
    report = [sys.executable.encode(), b"-m", b"dispersion.report", out]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **narrow}
    again = subprocess.run(report, cwd=folder, env=environment, capture_output=True, check=False)
    assert (again.returncode, again.stderr.count(b"\n")) == (0, 1), again.stderr


def test_the_page(folder: Path) -> None:
    """Every name is text on it, in full, and nothing else."""
    done = compared(folder, "table", PAGE="1")
    assert done.returncode == 0, done.stderr
    text = Path(os.fsdecode(os.fsencode(folder) + b"/out-\xe9-PAGE/report.html")).read_text("utf-8")
    assert all(line.isprintable() for line in text.split("\n"))
    page = Page(text)
    assert [tag for tag, _ in page.tags].count("script") == 1
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        assert not (attributes.get("href") or "#").startswith("javascript")
    assert printable("\x1b[31mred.txt") in text
    assert "&lt;script&gt;alert(1)&lt;" in text
