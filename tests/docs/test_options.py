"""``--help``, the README and the page of options agree."""

from __future__ import annotations

import argparse
import inspect
import re
import shlex
from pathlib import Path

import pytest

from dispersion.compare.cli.command_line import parse
from dispersion.compare.cli.parser import parser
from dispersion.objectives import objectives
from docs._extensions.command_lines import PARSERS, described
from solvers import solve

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
ELSEWHERE = {  # pytest's, pip's, PAVER's
    *("--benchmark-only", "--profile", "--index-url", "--no-deps", "--target", "--optfileisrunname")
}
STATED = {  # what the README says of its runs without an option for it, and what that option is then
    "cuts half of the filters of every layer": ("keep", ["0.5"]),
    "at most 5 s per solve": ("time_limit", 5.0),
    "One thread": ("threads", 1),
    "run with three seeds": ("random_seeds", 3),
}


def known_options() -> set[str]:
    """Of all our commands, the benchmarks' too."""
    benchmarks = (ROOT / "benchmarks").glob("*.py")
    found = {
        option for path in benchmarks for option in OPTION.findall(path.read_text(encoding="utf-8"))
    }
    for made in (make() for make in PARSERS.values()):
        found |= {option for action in made._actions for option in action.option_strings}
    return found | ELSEWHERE


def shown_default(text: str) -> str | None:
    """What the help of an option says its default is; the last such remark counts."""
    found = re.findall(r"\(default: ([^()]*(?:\([^()]*\))?[^()]*)\)", text)
    return found[-1] if found else None


def written(action: argparse.Action) -> str | None:
    """An option's default as one writes it; `None` where a default is nothing, and is described."""
    if action.default in (None, False, argparse.SUPPRESS):
        return None
    if isinstance(action.default, list):
        return " ".join(map(str, action.default))
    return str(action.default)


def plain(text: str) -> str:
    """Text without marks, escapes and line ends, to compare by words."""
    return " ".join(re.sub(r"[\\`]", "", text).split())


def settings(made: argparse.ArgumentParser) -> list[argparse.Action]:
    """Everything that can be left out."""
    others = ("help", "version", "list")
    return [a for a in made._actions if a.option_strings and not a.required and a.dest not in others]


@pytest.mark.parametrize("command", list(PARSERS))
def test_help_says_every_default(command):
    """Each option that takes a value names its default, and it is the one that the parser has."""
    made = PARSERS[command]()
    for action in settings(made):
        text = made._get_formatter()._expand_help(action)
        shown = shown_default(text)
        assert shown is not None or action.nargs == 0, (
            f"{action.option_strings} does not say its default"
        )
        if (default := written(action)) is not None:
            assert shown == default, action.option_strings


@pytest.mark.parametrize("command", list(PARSERS))
def test_the_page_says_what_help_says(command, monkeypatch):
    """Names, arguments, texts and defaults of all options stand on the page as in ``--help``."""
    monkeypatch.setenv("COLUMNS", "100000")  # lines that are not broken
    made = PARSERS[command]()
    helped = plain(made.format_help())
    page = plain(described(PARSERS[command]()))
    for action in settings(made):
        for option in action.option_strings:
            assert option in helped
            assert option in page
        text = plain(made._get_formatter()._expand_help(action))
        assert text in page
        assert text in helped


def test_options_of_readme_and_pages_exist():
    """No text speaks of an option that there is not."""
    known = known_options()
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.rst")]:
        unknown = set(OPTION.findall(path.read_text(encoding="utf-8"))) - known
        assert not unknown, path.name


def commands() -> list[str]:
    """Every ``python -m dispersion.compare ...`` of README and pages, in a line or in a block."""
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.rst")]
    text = "\n".join([README, *pages]).replace("\\\n", " ")
    found = re.findall(r"python -m dispersion\.compare[^`\n]*", text)
    commands = [re.split(r"\s{2,}#|&&", command)[0].strip() for command in found]
    elsewhere = "mysolvers:", "--list "  # run by test_code.py; prints and ends
    return [command for command in commands if not any(text in command for text in elsewhere)]


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_commands_of_readme_and_pages_are_understood(command, tmp_path, monkeypatch):
    """Names of options, and values that can be checked without files; a config may be empty."""
    words = shlex.split(command)[3:]
    monkeypatch.chdir(tmp_path)
    if "--config" in words:
        path = tmp_path / words[words.index("--config") + 1]
        path.parent.mkdir(exist_ok=True)
        path.touch()
    parse(words)


def test_defaults_that_the_readme_states():
    """What it says of runs without an option for it is that option's default."""
    made, text = parser(), " ".join(README.split())
    for said, (name, value) in STATED.items():
        assert said in text
        assert made.get_default(name) == value, said
    assert inspect.signature(solve).parameters["solver"].default is None
    for objective in objectives:
        assert f"`{objectives[objective].default_solver}` (default)" in text
