"""Tests of `benchmarks.readme`: outputs come into the README, and nothing else changes."""

from __future__ import annotations

import re

import pytest

from benchmarks.readme import README, TABLE, Part, changed, main, parts
from dispersion import InputError
from dispersion.study.solve_tables import solve_cells, summary_cells

KNOWN = parts(README.read_text(encoding="utf-8"))
TABLES = {"Every instance, every solver": solve_cells, "Solvers over all instances": summary_cells}
PRINTED = """**Other**

| a |
| --- |
| 0 |

**Values**

| a | b |
| --- | --- |
| clique | 0.8730 |
"""


def test_the_readme_has_parts_with_commands_and_outputs():
    """Quick ones and long ones; every table is one that a study prints today."""
    assert [name for name in KNOWN if not KNOWN[name].long] == ["python", "study", "small"]
    assert [name for name in KNOWN if KNOWN[name].long] == ["main", "accuracy"]
    for part in KNOWN.values():
        assert part.words[0] == "python"
        for title, table in TABLE.findall(part.text):
            heads = table.splitlines()[0].strip("| ").split(" | ")
            counted = {"instances", "seeds"} if title == "Solvers over all instances" else set()
            assert [head for head in heads if head not in counted] == TABLES[title]([])[0]
    assert all(KNOWN[name].pictures for name in ("main", "accuracy"))


def test_a_table_is_replaced_by_its_title():
    """And the words around it stay."""
    part = Part(
        "it",
        False,
        "    python -m x --one \\\n        --two\n\n**Values**\n\n| a |\n\nSo 0.8730, not 0.5.\n",
    )
    assert part.words == ["python", "-m", "x", "--one", "--two"]
    assert part.with_output(PRINTED) == part.text.replace("| a |\n", PRINTED.split("\n\n")[-1])
    with pytest.raises(InputError, match="prints no table 'Values'"):
        part.with_output("**Other**\n\n| a |\n")


def test_figures_of_sentences_must_be_printed():
    """Those that are not are named; tables and code are not sentences."""
    part = Part(
        "it", False, "**Values**\n\n| 0.1111 |\n\nFirst 0.8730, then 0.2222 and 0.2222, 10 s, 1.5.\n"
    )
    assert part.unprinted(PRINTED) == ["0.2222"]


def test_python_is_run_and_its_output_shown(tmp_path, capsys):
    """What changed is said, old and new; a second run changes nothing."""
    path = tmp_path / "README.md"
    path.write_text(
        "Before\n<!-- figures: sum -->\n```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n"
        "<!-- /figures -->\nAfter\n"
        "<!-- figures: slow, long -->\nnothing to run\n<!-- /figures -->\n"
    )
    assert main(["--readme", str(path)]) == 0
    assert capsys.readouterr().out.splitlines() == ["sum:", "  - 3", "  + 2"]
    assert re.search(r"^Before\n.*```text\n2\n```\n.*\nAfter\n", path.read_text(), re.DOTALL)
    assert main(["--readme", str(path), "--only", "sum"]) == 0
    assert capsys.readouterr().out.splitlines() == ["sum:", "  the same text"]


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("", ["--only", "sum"], "unknown part of the README 'sum'"),
        ("<!-- figures: it -->\nwords\n<!-- /figures -->", [], "holds no command and no Python"),
        (
            "<!-- figures: it -->\n```python\nraise SystemExit(3)\n```\n<!-- /figures -->",
            [],
            "ended with exit code 3",
        ),
    ],
)
def test_what_cannot_be_run_is_explained(text, options, told, tmp_path, capsys):
    """In one sentence, with exit code 2, and the README stays."""
    path = tmp_path / "README.md"
    path.write_text(text)
    assert main(["--readme", str(path), *options]) == 2
    assert told in capsys.readouterr().err
    assert path.read_text() == text


def test_changes_are_lines_old_and_new():
    """Those that are equal are left out."""
    assert changed("a\nb 1\n", "a\nb 2\n") == ["- b 1", "+ b 2"]
