"""The verdict says what the rows say, no more."""

import dataclasses
from collections.abc import Callable

from dispersion.report.blocks import Figures, Items, Text
from dispersion.report.sections.verdict import verdict
from dispersion.study.rows import AccuracyRow, SolveRow
from dispersion.study.study import Study

Studies = Callable[..., Study]
SolveRows = Callable[..., SolveRow]


def said(study: Study) -> str:
    """The paragraph."""
    [paragraph] = [block for block in verdict(study) if isinstance(block, Text)]
    assert paragraph.style == "lead"
    return paragraph.text


def test_the_usual_study_in_words(make_study: Studies) -> None:
    """Proofs, times, what heuristics and random selections reach, and accuracies."""
    text = said(make_study())
    for sentence in (
        "Of 3 questions (an instance and a number of points to choose), clique proved all; "
        "greedy and random proved none.",
        "A proof took 2 s in the median, 2 s at most.",
        "Without a proof, greedy reaches the best known value on 0 of 3, with a mean score of 0.50",
        "The mean of 100 random selections reaches 33% of the best known value (median; 33% to 33%).",
        "At keep 0.5, after BN re-estimation, clique is the most accurate with 50.0%; random "
        "selections have 25.0%; by the 95 % intervals, l1 may be as good.",
        "Unpruned, the network has 75.0%, on 200 test images.",
    ):
        assert sentence in text


def test_numbers_at_a_glance(make_study: Studies) -> None:
    """Solves, proofs, time and contradictions."""
    [figures] = [block for block in verdict(make_study()) if isinstance(block, Figures)]
    assert [number for number, _ in figures.entries] == ["12", "3 / 3", "24 s", "0"]


def test_the_fastest_is_named_with_its_share(make_study: Studies, solve_row: SolveRows) -> None:
    """Among several provers the one that won most often, and where somebody else did."""
    rows = [
        solve_row(solver="a", instance="x", solve_seconds=1.0),
        solve_row(solver="b", instance="x", solve_seconds=2.0),
        solve_row(solver="a", instance="y", solve_seconds=3.0),
        solve_row(solver="b", instance="y", status="time_limit"),
        solve_row(solver="b", instance="z", solve_seconds=0.5),
        solve_row(solver="a", instance="z", solve_seconds=0.75),
    ]
    text = said(make_study(solves=rows, accuracies=[]))
    assert "a proved all and b proved 2." in text
    assert "The fastest was a, on 2 of the 3 with a proof; its proofs took 1.5 s in the" in text
    assert "most accurate" not in text


def test_nobody_proves_and_nobody_answers(make_study: Studies, solve_row: SolveRows) -> None:
    """Failures are no winners."""
    open_ones = [solve_row(solver="a", status="time_limit", bound=0.5, gap=0.4)]
    text = said(make_study(solves=open_ones, accuracies=[]))
    assert "Of 1 question (an instance" in text
    assert "no solver proved an optimum within the time limit." in text
    assert "Without a proof, a reaches the best known value on all 1." in text
    failed = [solve_row(objective=None, bound=None, gap=None, status="time_limit")]
    assert "No solver found a selection." in said(make_study(solves=failed, accuracies=[]))


def test_contradictions_and_ends_are_said_first(make_study: Studies) -> None:
    """What makes everything else doubtful stands before it."""
    run = {"outcome": "interrupted", "faults": ["a", "b"]}
    text = said(make_study(run=run))
    assert text.startswith("2 FAILs: read the section on what is wrong first.  The study is inter")


def test_shared_machines_are_said(make_study: Studies, solve_row: SolveRows) -> None:
    """How many of the times are overestimated; nothing where none is."""
    alone, beside = solve_row(), solve_row(shared=True)
    on = "measured while other solves ran on the same machine, and therefore overestimated."
    for rows, told in (
        ([beside, beside], f"All times were {on}"),
        ([alone, beside], f"1 of the 2 times was {on}"),
        ([alone, beside, beside], f"2 of the 3 times were {on}"),
    ):
        assert told in said(make_study(solves=rows))
    assert "overestimated" not in said(make_study(solves=[alone]))


def test_random_may_win(make_study: Studies, accuracy_row: Callable[..., AccuracyRow]) -> None:
    """An honest verdict says so, and who cannot be told from it; the last recovery counts."""
    rows = [
        accuracy_row("clique", 0.3, recovery="bn"),
        accuracy_row("clique", 0.4, recovery="ft"),
        accuracy_row("random", 0.6, seed=0, recovery="ft"),
        accuracy_row("random", 0.8, seed=1, recovery="ft"),
    ]
    text = said(make_study(accuracies=rows))
    assert "At keep 0.5, after fine-tuning, random is the most accurate with 70.0%." in text
    near = [*rows, dataclasses.replace(rows[1], method="l1", top1_high=0.56)]
    assert "with 70.0%; by the 95 % intervals, l1 may be as good." in said(make_study(accuracies=near))


def test_damage_is_shown_with_the_verdict(make_study: Studies) -> None:
    """What could not be read is listed beside what was found."""
    blocks = verdict(make_study(warnings=("line 7 was cut off",)))
    [items] = [block for block in blocks if isinstance(block, Items)]
    assert items.entries == ("line 7 was cut off",)
