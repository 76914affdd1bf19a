"""Which pictures of all solves there are, and that their texts name who is drawn."""

from collections.abc import Callable

import pytest
from markupsafe import Markup
from matplotlib.axes import Axes

from dispersion.report import charts as module
from dispersion.report.charts import charts
from dispersion.study.rows import SolveRow
from dispersion.study.study import Study

SolveRows = Callable[..., SolveRow]
OPEN = {"status": "time_limit", "objective": 0.2, "bound": 0.4, "gap": 0.5}
FREE = {"status": "feasible", "objective": 0.2, "bound": None, "gap": None}


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Alt texts in place of drawings: what is drawn is tested with the plots."""

    def text(ax: Axes, name: str, alt: str) -> Markup:
        return Markup(f"{name}: ") + alt

    monkeypatch.setattr(module, "inline_svg", text)


def drawn(rows: list[SolveRow]) -> dict[str, str]:
    """Alt text and caption by the picture's name."""
    found = [(*str(one.svg).split(": ", 1), one.caption) for one in charts(Study("one", rows))]
    return {name: f"{alt} {caption}" for name, alt, caption in found}


def test_who_proves_nothing_is_in_no_picture_of_proofs(solve_row: SolveRows) -> None:
    """The texts name those who are drawn, and those who are not."""
    rows = [
        row
        for where in "xy"
        for row in (
            solve_row(solver="a", instance=where),
            solve_row(solver="b", instance=where),
            solve_row(solver="open", instance=where, **OPEN),
            solve_row(solver="free", instance=where, **FREE),
        )
    ]
    found = drawn(rows)
    assert list(found) == ["profile-time", "cactus", "profile-value", "gaps", "scatter"]
    for name in ("profile-time", "cactus"):
        assert "a curve for each of a and b." in found[name]
        assert "Not drawn, since they proved nothing: open and free." in found[name]
    assert "a curve for each of a, b, open and free." in found["profile-value"]
    assert "of a, b and open." in found["gaps"]
    assert "of b against that of a" in found["scatter"]


def test_what_compares_nothing_is_left_out(solve_row: SolveRows) -> None:
    """One question, one solver, or nothing open."""
    one = solve_row(solver="a")
    assert drawn([one, solve_row(solver="b")]) == {}
    assert list(drawn([one, solve_row(solver="a", instance="y")])) == ["cactus"]
    assert drawn([]) == {}


def test_grey_is_explained_where_it_is_drawn(solve_row: SolveRows) -> None:
    """Seven solvers have a colour each; the eighth is grey, but in no picture of proofs."""
    rows = [solve_row(solver=f"s{k}", instance=where) for where in "xy" for k in range(7)]
    assert not [text for text in drawn(rows).values() if "Grey" in text]
    rows += [solve_row(solver="s7", instance=where, **FREE) for where in "xy"]
    grey = [name for name, text in drawn(rows).items() if "Grey" in text]
    assert grey == ["profile-value"]
