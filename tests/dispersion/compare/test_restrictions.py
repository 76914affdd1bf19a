"""The command where points are in or out, and where groups have quotas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dispersion.study.reading import read_study


@pytest.fixture
def study(run: Callable[..., Any], tmp_path: Path) -> Callable[..., Any]:
    """Run the command on instances."""
    return lambda *arguments: run(
        *("--instance", *arguments, "--out", tmp_path / "out", "--jobs", "1"), plain=True
    )


def test_points_may_be_in_or_out(study: Callable[..., Any]) -> None:
    """Every solver, every size: rows, selections and checks are about the points that were told."""
    done = study(
        *("generate:geo:n=14,seed=2", "--p", "5", "4", "--solvers", "clique", "tabu", "kuby"),
        *("--required", "3", "0", "--excluded", "1", "--random-seeds", "1", "--recheck", "20"),
    )
    assert done.code == 0, done.err
    left = read_study(done.folder).selections
    chosen = [points for by_name in left.values() for points in by_name.values()]
    assert len(chosen) == 6
    assert all({0, 3} <= {*points} and 1 not in points for points in chosen)
    assert "--required 3 0 --excluded 1" in (done.folder / "report.html").read_text("utf-8")
    assert done.record["options"]["subject"]["required"] == [3, 0]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--required", "14"], "required holds 14; points are counted from 0 to 13"),
        (["--required", "2", "--excluded", "2"], "point 2 is both required and excluded"),
        (["--required", "1", "2", "3", "4"], "4 points are required, and p = 3 are to be chosen"),
        (["--excluded", "a"], "argument --excluded: invalid int value: 'a'"),
    ],
)
def test_points_that_cannot_be_in_or_out(
    words: list[str], message: str, study: Callable[..., Any]
) -> None:
    """One sentence, exit code 2."""
    done = study("generate:geo:n=14,p=3,seed=2", "--solvers", "greedy", *words)
    assert done.code == 2
    assert message in done.err


@pytest.fixture
def groups(tmp_path: Path) -> Path:
    """Fourteen points: three groups, of which two share points, and one point in none."""
    path = tmp_path / "groups.txt"
    path.write_text("a\nb; c\nc\n" * 4 + "\nb\n", encoding="utf-8")
    return path


def test_quotas_are_met(study: Callable[..., Any], groups: Path) -> None:
    """By every solver that takes them; the others are skipped, and proofs are derived again."""
    done = study(
        *("generate:geo:n=14,p=4,seed=2", "--solvers", "clique", "kuby", "tabu", "--random-seeds", "1"),
        *("--groups", str(groups), "--quota", "a=2", "b=1:2", "c=:1", "--recheck", "20"),
    )
    assert done.code == 0, done.err
    assert "2 confirmed" in done.err
    rows = {row.solver: row for row in read_study(done.folder).solves}
    assert rows["tabu"].status == "skipped"
    assert rows["tabu"].message.startswith("tabu knows no quotas; those that do: clique, ")
    assert rows["clique"].status == rows["kuby"].status == "optimal"
    for by_name in read_study(done.folder).selections.values():
        for points in by_name.values():
            assert sum(point in (0, 3, 6, 9) for point in points) == 2
            assert 1 <= sum(point in (1, 4, 7, 10, 13) for point in points) <= 2
    assert f"--groups {groups} --quota a=2 b=1:2 c=:1" in (done.folder / "report.html").read_text(
        "utf-8"
    )


def test_quotas_that_clash_are_an_answer(study: Callable[..., Any], groups: Path) -> None:
    """Nobody can choose: infeasible, with the quotas that exclude each other, and exit code 0."""
    words = ("generate:geo:n=14,p=4,seed=2", "--solvers", "clique", "greedy")
    done = study(*words, "--groups", str(groups), "--quota", "a=3", "b=2:", "c=:4")
    assert done.code == 0
    assert "no selection of 4 points has a at least 3 and b at least 2; relax one" in done.err
    assert {row.status for row in read_study(done.folder).solves} == {"infeasible"}


@pytest.mark.parametrize(
    ("quota", "message"),
    [
        (["a="], "a quota is written as a=2, a=2:5, a=2: or a=:5, got 'a='"),
        (["a=1", "a=2"], "group 'a' has two quotas; name one"),
        (["d=1"], "unknown group 'd'; known: a, b, c"),
        (["a=5:"], "the quota of group 'a' is at least 5, and the group has 4; lower it"),
        (["a=2:1"], "the quota of group 'a' is 2 to 1; the least must be 0 or more"),
        ([], "--groups and --quota belong together"),
        (["a=1", "--at-least", "3"], "--groups and --at-least exclude each other"),
    ],
)
def test_quotas_that_are_none(
    quota: list[str], message: str, study: Callable[..., Any], groups: Path
) -> None:
    """One sentence, exit code 2."""
    words = ["--quota", *quota] if quota else []
    p = [] if "--at-least" in quota else ["--p", "5"]
    done = study("generate:geo:n=14,seed=2", *p, "--groups", str(groups), *words)
    assert done.code == 2
    assert message in done.err
