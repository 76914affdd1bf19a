"""Tests of `benchmarks.figures`: what a run found comes into the README, and nothing else changes."""

from __future__ import annotations

import json

import pytest

from benchmarks.figures import BEGIN, END, README, main, markdown, replaced, seconds
from benchmarks.questions import FINDS, PROVES, QUESTIONS, group
from dispersion import InputError


def one(question, about, name, median, **found):
    return {
        "group": group(question, about),
        "name": name,
        "stats": {"median": median},
        "extra_info": found,
    }


RUN = {
    "machine_info": {
        "python": "3.11.7",
        "cpu": "A processor",
        "cores": 2,
        "memory_gib": 8.0,
        "packages": {"numpy": "2.4.6", "absent": None},
        "threads": {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": None},
        "profile": "quick",
    },
    "commit_info": {"id": "0123456789abcdef", "dirty": True},
    "datetime": "2026-11-21T16:00:00+00:00",
    "benchmarks": [
        one(FINDS, "a layer", "test_layer[tabu]", 2.0, objective=0.25, gap=None, status="feasible"),
        one(
            PROVES, "a layer", "test_layer[clique]", 0.00125, objective=0.25, gap=0.0, status="optimal"
        ),
        one(PROVES, "all", "test_all", 30.5, instances=65, proven=64),
    ],
}


def test_tables_by_question():
    """In the order of the questions; a row says what was asked, of whom, how long, what came out."""
    text = markdown(RUN)
    assert text.splitlines()[0] == (
        "Profile quick, 2026-11-21, commit 0123456789 with uncommitted changes; A processor, 2 cores, "
        "8.0 GiB, OMP_NUM_THREADS=1; Python 3.11.7, numpy 2.4.6."
    )
    assert "| a layer | `test_layer[clique]` | 1.25 ms | 0.25, gap 0.00%, optimal |" in text
    assert "| all | `test_all` | 30.5 s | 64 of 65 proven |" in text
    assert "| a layer | `test_layer[tabu]` | 2 s | 0.25, feasible |" in text
    assert text.index("### Who proves fastest") < text.index("### Who finds best")
    assert "How time grows" not in text


@pytest.mark.parametrize(
    ("value", "told"), [(12.345, "12.3 s"), (0.5, "500 ms"), (1e-3, "1 ms"), (2.5e-5, "25 µs")]
)
def test_times_have_units(value, told):
    """Three digits and no leading zeros."""
    assert seconds(value) == told


def test_only_figures_change(tmp_path):
    """What stands around the marks stays; a second run replaces the first."""
    path, readme = tmp_path / "run.json", tmp_path / "README.md"
    path.write_text(json.dumps(RUN))
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    for _ in range(2):
        assert main([str(path), "--readme", str(readme)]) == 0
        assert readme.read_text() == f"before\n{BEGIN}\n\n{markdown(RUN)}\n\n{END}\nafter\n"


def test_the_readme_has_its_marks():
    """And it names every question."""
    text = README.read_text(encoding="utf-8")
    assert "new" in replaced(text, "new")
    assert all(f"| {question} |" in text for question in QUESTIONS)


@pytest.mark.parametrize("content", ["{}", "[]", "no", '{"machine_info": 3}'])
def test_other_files_are_refused(content, tmp_path, capsys):
    """The README stays as it is, and one line says why."""
    path, readme = tmp_path / "run.json", tmp_path / "README.md"
    path.write_text(content)
    readme.write_text(text := f"{BEGIN}{END}")
    assert main([str(path), "--readme", str(readme)]) == 2
    assert readme.read_text() == text
    assert capsys.readouterr().err.startswith("error: ")


def test_a_readme_without_marks():
    """There is nowhere to put figures."""
    with pytest.raises(InputError, match="has no lines <!-- figures: begin -->"):
        replaced("text", "figures")
