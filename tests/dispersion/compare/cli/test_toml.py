"""Tests of `dispersion.compare.cli.toml`: keys with their lines, and files made to take for ever."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispersion.compare.cli.toml import read_toml
from dispersion.errors import InputError


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", {}),
        ("\n\n# only this\n", {}),
        ("a = 1\n\n# b = 3\nb = 2\n", {"a": 1, "b": 4}),
        ("a = [\n  1, # ]\n  [2],\n]\nb = 2", {"a": 1, "b": 5}),
        ('a = """\nb = 2\n"""\nb = 2', {"a": 1, "b": 4}),
        ("a = '''\n[\n'''\nb = 2", {"a": 1, "b": 4}),
        ('a = """\\"""\n[""" # [\nb = "[\\"[" # "\nc = \'[\'', {"a": 1, "b": 3, "c": 4}),
        ("a.b = 1\na.c = 2\n[d]\na = 1", {"a": 1, "d": 3}),
        ('"k [" = {a = 1}\nb = 2', {"k [": 1, "b": 2}),
    ],
)
def test_keys_have_the_lines_where_they_begin(text: str, lines: dict[str, int], tmp_path: Path) -> None:
    """Whatever brackets, quotes and remarks stand before them."""
    path = tmp_path / "a.toml"
    path.write_text(text)
    assert read_toml(path)[1] == lines


VALUES = st.one_of(st.text(), st.integers(-(2**63), 2**63 - 1), st.booleans(), st.lists(st.text()))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.dictionaries(st.text(min_size=1), VALUES, max_size=6), multiline=st.booleans())
def test_any_file_has_a_line_for_every_key(content: dict, multiline: bool, tmp_path: Path) -> None:
    """The line begins with the key."""
    path = tmp_path / "any.toml"
    path.write_bytes(tomli_w.dumps(content, multiline_strings=multiline).encode())
    found, lines = read_toml(path)
    assert lines.keys() == found.keys() == content.keys()
    rows = path.read_text(encoding="utf-8").split("\n")
    assert sorted(lines.values()) == list(dict.fromkeys(sorted(lines.values())))
    assert all("=" in rows[line - 1] for line in lines.values())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = 1\nb =\nc = 2", "line 2, 'b =': Invalid value"),
        ("a = 1\na = 2\n", "line 2, 'a = 2': Cannot overwrite a value"),
        ("a = [\n1,\n2\nb = 3\n", "line 1, 'a = [': "),
        ("x = 1\na = " + "[" * 100_000, "line 2, 'a = [[[[[[[[[[[[[[[["),
        ("a = " + "9" * 5000, "line 1, 'a = 9999999999"),
        ("a" + ".a" * 20_000 + " = 1", "is no study: it has 20,000 dots outside of texts."),
        ("# " + "x" * 2_000_000, "is no study: it is longer than 1,048,576 bytes."),
        ("k" * 500_000 + " 1", "line 1, 'kkkkkkkkkk"),
        ("a = 1\n]" * 50_000, "line 2, ']a = 1'"),
        ("a = [" + "\n1" * 100_000, "line 1, 'a = ['"),
        ("a = [\n1" + "\n,1" * 30_000 + "\n]\nb = ?", "line 30004, 'b = ?': Invalid value"),
        ('"' * 900_000, "line 1, "),
    ],
    ids=range(12),
)
def test_what_is_wrong_is_told_once_and_soon(text: str, told: str, tmp_path: Path) -> None:
    """In one short sentence; lists of any length take a time that grows with it and no faster."""
    path = tmp_path / "a.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=re.escape(told)) as caught:
        read_toml(path)
    assert len(str(caught.value)) < 600
    assert "\n" not in str(caught.value)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """It is refused like a device."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="it is a pipe or a device, not a file"):
        read_toml(tmp_path / "pipe")
