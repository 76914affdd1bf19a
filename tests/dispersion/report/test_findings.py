"""Every finding says what the rows say, no more."""

import dataclasses
from collections.abc import Callable

import pytest

from dispersion.report.findings import findings
from dispersion.study.rows import AccuracyRow, SolveRow
from dispersion.study.study import Study

Studies = Callable[..., Study]
SolveRows = Callable[..., SolveRow]
AccuracyRows = Callable[..., AccuracyRow]


def test_the_usual_study_in_five_sentences(make_study: Studies) -> None:
    """Proofs, times, what heuristics and random selections reach, and accuracies."""
    assert findings(make_study()) == [
        "Of 3 questions (an instance and a number of points to choose), within 10 s each, "
        "clique proved all; greedy and random proved none.",
        "The 3 proofs of clique took 2 s in the median, 2 s at most.",
        "Without a proof, the best known value is reached by greedy on 0 of 3 (mean score 0.500).  "
        "The score is 0 for random and 1 for the best known.",
        "The mean of 100 random selections reaches 33% of the best known value "
        "(median of 3 questions; 33% to 33%).",
        "Most accurate after BN re-estimation: at keep 0.5 clique with 50.0% "
        "(random selections: 25.0%; may be as good: l1).  "
        "Unpruned, the network has 75.0%, on 200 test images.  "
        "May be as good: the 95 % intervals overlap.",
    ]


def test_the_fastest_is_named_with_its_lead(make_study: Studies, solve_row: SolveRows) -> None:
    """Among several provers the one that won most often, where, and by what factor."""
    usual = {"build_seconds": 0.0}
    rows = [
        solve_row(solver="a", instance="x", solve_seconds=1.0, **usual),
        solve_row(solver="b", instance="x", solve_seconds=3.0, **usual),
        solve_row(solver="a", instance="y", solve_seconds=3.0, **usual),
        solve_row(solver="b", instance="y", status="time_limit", **usual),
        solve_row(solver="b", instance="z", solve_seconds=0.5, **usual),
        solve_row(solver="a", instance="z", solve_seconds=1.0, **usual),
    ]
    proofs, fastest, *_ = findings(make_study(solves=rows, accuracies=[]))
    assert "a proved all and b proved 2." in proofs
    assert fastest == (
        "The fastest was a, on 2 of the 3 with a proof; its proofs took 1 s in the median, 3 s at "
        "most.  Where both proved, b took 1.8 times as long (median of 2)."
    )


def test_equals_are_named_together(make_study: Studies, solve_row: SolveRows) -> None:
    """Several that prove all are one part of the sentence."""
    rows = [solve_row(solver=name, instance=where) for name in "ab" for where in "xy"]
    rows.append(solve_row(solver="c", instance="x"))
    text = findings(make_study(solves=rows))[0]
    assert text.endswith("within 10 s each, a and b proved all and c proved 1.")


def test_nobody_proves_and_nobody_answers(make_study: Studies, solve_row: SolveRows) -> None:
    """Failures are no winners."""
    open_ones = [solve_row(solver="a", status="time_limit", bound=0.5, gap=0.4)]
    said = findings(make_study(solves=open_ones, accuracies=[]))
    assert said[0].startswith("Of 1 question (an instance")
    assert said[0].endswith("within 10 s each, no solver proved an optimum.")
    assert said[1] == "Without a proof, the best known value is reached by a on all 1."
    failed = [solve_row(objective=None, bound=None, gap=None, status="time_limit")]
    assert findings(make_study(solves=failed, accuracies=[]))[1] == "No solver found a selection."


def test_of_many_heuristics_the_best_are_named(make_study: Studies, solve_row: SolveRows) -> None:
    """Four of them; the others are counted, with what the best of these reaches."""
    usual = {"bound": None, "gap": None, "status": "feasible"}
    rows = [
        solve_row(solver=f"h{k}", instance=str(j), objective=1.0 if j < k else 0.5, **usual)
        for k in range(6)
        for j in range(6)
    ]
    text = findings(make_study(solves=rows, accuracies=[]))[1]
    assert "reached by h5 on all 6, h4 on 5 of 6 (mean score" in text
    assert "h2 on 3 of 6" in text
    assert "and 2 others on at most 2." in text
    assert "h1" not in text


def test_random_may_win(make_study: Studies, accuracy_row: AccuracyRows) -> None:
    """An honest finding says so, and who cannot be told from it; the last recovery counts."""
    rows = [
        accuracy_row("clique", 0.3, recovery="bn"),
        accuracy_row("clique", 0.4, recovery="ft"),
        accuracy_row("random", 0.6, seed=0, recovery="ft"),
        accuracy_row("random", 0.8, seed=1, recovery="ft"),
    ]
    said = "Most accurate after fine-tuning: at keep 0.5 random with 70.0%"
    assert findings(make_study(accuracies=rows))[-1] == f"{said}.  Tested on 200 test images."
    near = [*rows, dataclasses.replace(rows[1], method="l1", top1_high=0.56)]
    assert f"{said} (may be as good: l1)." in findings(make_study(accuracies=near))[-1]


@pytest.mark.parametrize("keeps", [2, 4])
def test_several_keep_ratios_are_one_sentence(
    keeps: int, make_study: Studies, accuracy_row: AccuracyRows
) -> None:
    """So that there are five findings at most."""
    rows = [accuracy_row("clique", 0.1 * k, keep=0.1 * k) for k in range(1, keeps + 1)]
    said = findings(make_study(accuracies=rows))
    assert len(said) == 5
    assert "at keep 0.1 clique with 10.0%; at keep 0.2 clique with 20.0%" in said[-1]
