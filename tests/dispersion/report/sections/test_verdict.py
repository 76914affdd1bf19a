"""The verdict says what the rows say, no more."""

from collections.abc import Callable

from dispersion.report.blocks import Figures, Items, Text
from dispersion.report.findings import findings
from dispersion.report.sections.verdict import verdict
from dispersion.study.rows import SolveRow
from dispersion.study.study import Study

Studies = Callable[..., Study]
SolveRows = Callable[..., SolveRow]


def first(study: Study) -> str:
    """The paragraph before the findings."""
    [text] = [block for block in verdict(study) if isinstance(block, Text) and block.style == "lead"]
    return text.text


def test_the_findings_lead(make_study: Studies) -> None:
    """They are read first where nothing is wrong."""
    block = verdict(make_study())[0]
    assert isinstance(block, Items)
    assert (block.style, block.heading, list(block.entries)) == ("lead", "", findings(make_study()))


def test_numbers_at_a_glance(make_study: Studies) -> None:
    """Solves, proofs, time and contradictions."""
    [figures] = [block for block in verdict(make_study()) if isinstance(block, Figures)]
    assert [number for number, _ in figures.entries] == ["12", "3 / 3", "24 s", "0"]


def test_contradictions_and_ends_are_said_first(make_study: Studies) -> None:
    """What makes everything else doubtful stands before it."""
    run = {"outcome": "interrupted", "faults": ["a", "b"]}
    text = first(make_study(run=run))
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
        [note] = [block for block in verdict(make_study(solves=rows)) if isinstance(block, Text)]
        assert (note.text, note.style) == (told, "note")
    assert not [block for block in verdict(make_study(solves=[alone])) if isinstance(block, Text)]


def test_damage_is_shown_with_the_verdict(make_study: Studies) -> None:
    """What could not be read is listed beside what was found."""
    blocks = verdict(make_study(warnings=("line 7 was cut off",)))
    [items] = [block for block in blocks if isinstance(block, Items) and block.heading]
    assert items.entries == ("line 7 was cut off",)
