"""What a person sees while a study works."""

import io
from types import SimpleNamespace

import pytest
from rich.console import Console

from dispersion.study import progress
from dispersion.study.progress import stage


def console(terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=100)


def shown(on: Console) -> str:
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue()


def test_a_log_gets_a_line_at_the_end() -> None:
    """Without a terminal a short stage says one plain line: what it was and that all is done."""
    out = console(terminal=False)
    with stage("solving", 3, out) as steps:
        for note in "abc":
            steps.step(note)
    assert shown(out) == "solving: 3/3, last c\n"


def test_a_log_of_a_long_stage_gets_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal a long stage says how far it is every fifteen seconds, not at every step."""
    clock = iter([0.0, 10.0, 16.0, 16.0, 20.0, 32.0, 32.0])
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    out = console(terminal=False)
    with stage("solving", 9, out) as steps:
        for note in "abcd":
            steps.step(note)
    assert shown(out) == "solving: 2/9, last b\nsolving: 4/9, last d\n"


def test_a_terminal_gets_a_bar() -> None:
    """On a terminal the stage, its count and its last step are drawn."""
    out = console(terminal=True)
    with stage("solving", 2, out) as steps:
        steps.step("greedy on features.0: feasible")
        steps.step("kuby on features.0: optimal")
    text = shown(out)
    assert "solving" in text
    assert "2/2" in text
    assert "kuby on features.0: optimal" in text


def test_what_goes_wrong_in_a_stage_passes() -> None:
    """Neither the bar nor the lines swallow an exception."""
    for terminal in (False, True):
        with pytest.raises(KeyboardInterrupt), stage("solving", 2, console(terminal)):
            raise KeyboardInterrupt
