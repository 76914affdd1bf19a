"""Odd configs, command lines, journals and names: an answer or one sentence, soon, and no traceback."""

from __future__ import annotations

import copy
import io
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from dispersion import Instance
from dispersion.compare.cli.command_line import parse
from dispersion.compare.cli.config import actions
from dispersion.compare.cli.parser import parser
from dispersion.errors import InputError
from dispersion.report import build_report
from dispersion.study.folder.frames import frame_of, write_csv
from dispersion.study.folder.journal import _line
from dispersion.study.folder.journal_entries import NetworkEntry, SelectionEntry, SolveEntry
from dispersion.study.reading import read_study
from dispersion.study.rows import AccuracyRow, NetworkRow, SolveRow, SolveRows
from dispersion.study.selections import Method
from dispersion.study.tables import FORMATS, print_study
from dispersion.study.task import Task
from dispersion.terminal.printable import of_cell, printable
from solvers import solve
from solvers.run import Limits

MOST_SECONDS = 2.0  # of CPU time for an input
Try = Callable[[np.random.Generator, Path], str | None]  # what was said if it was refused

WORDS = [
    "",
    " ",
    "nan",
    "inf",
    "-inf",
    "1e999",
    "1e-400",
    "-1",
    "0",
    "1",
    "2",
    "0.5",
    "1,5",
    "１２",
    "1_0",
]
WORDS += [
    "9" * 30,
    "9" * 5000,
    "x" * 100_000,
    "a,b",
    "a=b",
    "l1:x=1,y=2",
    "macs=0.5",
    "--",
    "-",
    "@file",
]
WORDS += [
    "\0",
    "\udc80",
    "\ud800",
    "\x1b[31m",
    "a\nb",
    "%s",
    "{}",
    "[red]",
    "../..",
    "/dev/null",
    "clique",
]
WORDS += ["generate:som:n=9,p=3,seed=1", "tcp://h:1", "max-sum", "all", "none", "cifar10", "cpu", "csv"]
TOML = [
    "1",
    "0.5",
    "nan",
    "-inf",
    "true",
    '""',
    '"x"',
    "[]",
    "[[]]",
    '["a", 1]',
    "{}",
    "{a = 1}",
    "0xff",
]
TOML += ["1979-05-27", "07:32:00", "1979-05-27T07:32:00Z", "9" * 5000, "0x" + "f" * 5000, "[" * 3000]
TOML += [
    "[" * 300 + "]" * 300,
    "{a=" * 300,
    '"""\n"""',
    "'\\'",
    '"\\u0000"',
    '"\\ud800"',
    '"\x1b"',
    "1e999",
]
TOML += ['["' + "x" * 50_000 + '"]', "[" + "1," * 20_000 + "]", '"\\u001b[31m"', "-0", "1_000", "inf"]
LINES = ["[a]", "[[a]]", "[a.b.c]", "a.b = 1", "a." * 2000 + "a = 1", "=", "# \x00", "p = 1", "\ufeff"]
VALUES: list[Any] = [None, True, -1, 0, 1, 2, 3, 10**30, 10**400, 1.5, -0.0, 1e308, float("nan")]
VALUES += [float("inf"), -float("inf"), "", "x", "\x1b[31m", "a\nb", "<script>", "\udc80", [], {}, [[]]]
VALUES += [[1], [0, 0], [-1, 1], [0.5, 1], ["a"], {"a": {}}, {"a": 1}, "optimal", "max-sum", "9" * 5000]


def _config(rng: np.random.Generator, folder: Path) -> str | None:
    """A file of a few keys with odd values, and now and then an odd line."""
    keys = [*actions(parser())]
    lines = ['instance = "generate:som:n=9,p=3,seed=1"'] if rng.random() < 0.7 else []
    for k in rng.integers(len(TOML), size=rng.integers(1, 4)):
        lines.append(f"{rng.choice(keys)} = {TOML[k]}")  # noqa: PERF401 - drawn one by one
    if rng.random() < 0.3:
        lines.insert(int(rng.integers(len(lines) + 1)), LINES[rng.integers(len(LINES))])
    path = folder / "study.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return _parsed(["--config", str(path)])


def _command(rng: np.random.Generator, _: Path) -> str | None:
    """A few options with odd values, most of them known."""
    options = [f"--{key}" for key in actions(parser())] + ["--no-such", "-v", "-q", "--config"]
    words = ["--instance", "generate:som:n=9,p=3,seed=1"] if rng.random() < 0.6 else []
    for _k in range(rng.integers(1, 4)):
        option = str(rng.choice(options))
        value = WORDS[rng.integers(len(WORDS))]
        words += [f"{option}={value}"] if rng.random() < 0.3 else [option, value]
    return _parsed(words)


def _parsed(words: list[str]) -> str | None:
    try:
        options = parse(words)
    except InputError as error:
        return str(error)
    assert 0 < options.limits.seconds < 1e10
    assert len(options.solvers) * len(options.seeds(draws=True)) < 1_000_000
    return None


def _places(content: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to everything in a JSON value."""
    if not isinstance(content, (dict, list)):
        return [at]
    inner = content.items() if isinstance(content, dict) else enumerate(content)
    return [*([at] if at else []), *(place for key, one in inner for place in _places(one, (*at, key)))]


def forged(content: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """The same with one value another, gone, or under another key."""
    content = copy.deepcopy(content)
    places = _places(content)
    *way, last = places[rng.integers(len(places))]
    inner: Any = content
    for key in way:
        inner = inner[key]
    if rng.random() < 0.2:
        del inner[last]
    elif rng.random() < 0.1 and isinstance(inner, dict):
        inner["another"] = inner.pop(last)
    else:
        inner[last] = VALUES[rng.integers(len(VALUES))]
    return content


def _honest() -> list[dict[str, Any]]:
    """A line of every kind that a study writes."""
    rng = np.random.default_rng(0)
    instance = Instance.from_points(rng.normal(size=(9, 2)), 3, name="a")
    found: list[dict[str, Any]] = [{"kind": "session", "options": {}, "environment": {"cpu": "x"}}]
    for k, name in enumerate(("greedy", "clique")):
        task = Task(instance, 0.5, name, "max-min", Limits(5.0))
        solution = solve(instance, name, time_limit=5.0)
        row = SolveRows([task]).row(task, solution)
        found.append(SolveEntry(row, solution, k).as_json())
    network = NetworkRow("m", "greedy", 0.5, 0, 9, 9, 9, 0.5, 0.5, None, None, None, 0.1, 0.1)
    accuracy = AccuracyRow("m", "greedy", 0.5, 0, "raw", 100, 0.5, 0.4, 0.6, None, None, None)
    found.append(NetworkEntry("k", "c", 0, network, [accuracy]).as_json())
    return [*found, SelectionEntry("l1, keep 0.5, seed 0", {"a": [0, 1, 2]}, "c").as_json()]


HONEST = _honest()


def _journal(rng: np.random.Generator, folder: Path) -> str | None:
    """An honest journal, and in it a line with a valid checksum that no study wrote."""
    at = int(rng.integers(len(HONEST)))
    line = _line(forged(HONEST[at], rng))
    lines = [_line(content) for content in HONEST]
    lines.insert(at + 1, line)
    (folder / "journal.jsonl").write_bytes(b"".join(lines))
    study = read_study(folder)
    for row in study.solves:
        assert 1 <= row.p <= row.n
        assert row.objective is None or 0 <= row.objective < float("inf")
        chosen = study.selected(Method.of_row(row), row.instance)
        assert chosen is None or len({k for k in chosen if 0 <= k < row.n}) == len(chosen) == row.p
    assert len(study.warnings) <= 1
    for warning in study.warnings:
        assert f"line {at + 2} of " in warning
    return study.warnings[0] if study.warnings else None


CHARACTERS = "ab=+-@\t\r\n\x1b\x07\x00\x7f\x9b\u202e\u2028\udc80<>\"'&|[]{}$\\%é漢🙂 "


def _name(rng: np.random.Generator, folder: Path) -> str | None:
    """A name of odd characters, which tables, logs and files show, and from which it comes back."""
    name = "".join(CHARACTERS[k] for k in rng.integers(len(CHARACTERS), size=rng.integers(1, 12)))
    instance = Instance.from_points([[0.0], [1.0], [3.0]], 2, name=name)
    solution = solve(instance, "greedy")
    task = Task(instance, None, "greedy", "max-min", Limits(5.0))
    row = SolveRows([task]).row(task, solution)
    for style in FORMATS:
        out = Console(file=io.StringIO(), width=250, force_terminal=style != "json", color_system=None)
        print_study(style, [row], [], out)
        assert isinstance(out.file, io.StringIO)
        text = re.sub(r"\x1b\[\d*m", "", out.file.getvalue())
        assert not set(text) - {"\n"} & set("\x1b\x07\x7f\x9b\u202e\u2028\r\t"), (style, name)
    if "\0" in name:  # which ends a text for pandas' reader
        return None
    write_csv(frame_of(SolveRow, [row]), folder / "solves.csv")
    again = pd.read_csv(folder / "solves.csv", keep_default_na=False, na_values=[""])
    assert of_cell(again["instance"][0]) == instance.name, name
    return None


KINDS: dict[str, Try] = {"config": _config, "command": _command, "journal": _journal, "name": _name}


@pytest.mark.parametrize("seed", [2, 6, 10, 14, 18, 22])
def test_pages_of_forged_journals(seed: int, tmp_path: Path) -> None:
    """What is believed of them has a page, on which no name is markup."""
    _journal(np.random.default_rng(seed), tmp_path)
    body = build_report(read_study(tmp_path)).partition("</head>")[2].rpartition("<script>")[0]
    assert body
    assert "<script>" not in body


def _check(seeds: range, folder: Path) -> None:
    inside = folder / "inside"
    inside.mkdir()
    refused, slowest, where = dict.fromkeys(KINDS, 0), 0.0, ""
    for seed in seeds:
        kind = [*KINDS][seed % len(KINDS)]
        begun = time.process_time()
        try:
            said = KINDS[kind](np.random.default_rng(seed), inside)
        except Exception as error:
            raise AssertionError(f"{kind} of seed {seed}: {type(error).__name__}: {error}") from error
        seconds = time.process_time() - begun
        assert said is None or len(printable(said)) < 3000, (kind, seed, said)
        assert seconds < MOST_SECONDS, (kind, seed, seconds)
        refused[kind] += said is not None
        slowest, where = max((slowest, where), (seconds, f"{kind} {seed}"))
    assert all(refused[kind] for kind in ("config", "command", "journal"))
    names = {path.name for path in inside.iterdir()}
    assert names <= {"study.toml", "journal.jsonl", "solves.csv"}
    assert [path.name for path in folder.iterdir()] == ["inside"]
    print(
        f"{len(seeds):,} inputs, refused {json.dumps(refused)}, the slowest {slowest:.2f} s ({where})"
    )


def test_a_hundred_odd_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every kind some; the seed in a failure repeats it."""
    monkeypatch.chdir(tmp_path)
    _check(range(120), tmp_path)


@pytest.mark.slow
def test_ten_thousand_odd_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same at length."""
    monkeypatch.chdir(tmp_path)
    _check(range(1000, 11_000), tmp_path)
