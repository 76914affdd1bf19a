"""What a person sees while a study works."""

import io
import logging
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from rich.console import Console

from dispersion.study import progress
from dispersion.study.logs import spoken
from dispersion.study.progress import stage


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A clock that is set by hand: ``clock.now = 10.0``."""
    made = SimpleNamespace(now=0.0)
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: made.now))
    return made


def console(terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=120)


def shown(on: Console) -> str:
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue()


@pytest.fixture
def out() -> Iterator[Console]:
    """A console that is no terminal, where what is logged is said."""
    made = console(terminal=False)
    with spoken(made):
        yield made


def test_a_log_gets_a_line_at_the_end(out: Console) -> None:
    """Without a terminal a short stage says one plain line: what it was and that all is done."""
    with stage("solving", 3, out) as steps:
        for note in "abc":
            steps.step(note)
    assert shown(out) == "solving: 3/3, last c\n"


def test_a_log_of_a_long_stage_gets_a_line_now_and_then(out: Console, clock: SimpleNamespace) -> None:
    """Without a terminal a long stage says how far it is every fifteen seconds, not at every step."""
    with stage("solving", 9, out) as steps:
        for note, clock.now in zip("abcd", (10.0, 16.0, 20.0, 32.0), strict=True):
            steps.step(note)
    assert shown(out).splitlines() == [
        "solving: 2/9, last b; about 56 s left",  # 7 more at 8 s each
        "solving: 4/9, last d; about 40 s left",
    ]


def test_each_kind_of_step_has_its_pace(clock: SimpleNamespace) -> None:
    """Quick steps say nothing about how long slow ones take: until one is done, nobody knows."""
    steps = progress.Stage("solving", ["quick"] * 3 + ["slow"] * 4)
    for clock.now in (1.0, 2.0, 3.0):
        steps.step("q", kind="quick")
        assert steps.seconds_left() is None
    clock.now = 13.0
    steps.step("s", kind="slow")
    assert steps.seconds_left() == 30.0  # 3 more at 10 s each
    clock.now = 18.0
    assert steps.seconds_left() == 25.0


def test_who_wants_to_know_gets_every_step(clock: SimpleNamespace) -> None:
    """At the level of -v each step has its line, with and without a terminal."""
    for terminal in (False, True):
        on = console(terminal)
        with spoken(on) as voice, stage("solving", 9, on) as steps:
            voice.setLevel(logging.DEBUG)
            steps.step("a")
            steps.step("b")
        assert "solving: 1/9, a" in shown(on)
        assert "solving: 2/9, b" in shown(on)


def test_who_wants_quiet_gets_it(out: Console) -> None:
    """At the level of -q not even the end is said."""
    with spoken(quiet := console(terminal=False)) as voice:
        voice.setLevel(logging.WARNING)
        with stage("solving", 1, quiet) as steps:
            steps.step("a")
    assert shown(quiet) == ""


def test_time_left_is_an_honest_guess(clock: SimpleNamespace) -> None:
    """Nothing is promised before the first step; then the mean pace so far counts, and time passes."""
    steps = progress.Stage("solving", [None] * 5)
    assert steps.left() == ""
    clock.now = 60.0
    steps.step("a")
    assert steps.left() == "about 4 min left"
    clock.now = 230.0
    assert steps.left() == "about 70 s left"
    clock.now = 900.0
    assert steps.left() == "about 0 s left"
    for note in "bcde":
        steps.step(note)
    assert steps.left() == ""


def test_what_was_found_done_promises_nothing(clock: SimpleNamespace) -> None:
    """A study that is gone on with has steps that take no time; the pace is that of the others."""
    steps = progress.Stage("testing", [None] * 10)
    for note in "abcde":
        steps.step(note, worked=False)
    assert steps.left() == ""
    clock.now = 40.0
    steps.step("f")
    steps.step("g", worked=False)
    assert steps.left() == "about 2 min left"  # three more at 40 s each


def test_the_best_gaps_are_kept_by_question() -> None:
    """Of several answers to a question the best counts; steps without a gap do not."""
    steps = progress.Stage("solving", [None] * 9)
    steps.step("greedy", of="layer1")
    assert steps.gaps() == ""
    for of, gap in (("layer1", 0.5), ("layer1", 0.25), ("layer1", 0.375), ("layer2", 0.0)):
        steps.step("kuby", of=of, gap=gap)
    assert steps.gaps() == "best gaps: 1 of 2 closed, widest 25.00%"
    steps.step("clique", of="layer1", gap=0.0)
    assert steps.gaps() == "best gaps: 2 of 2 closed"


def test_what_is_at_work_is_told(clock: SimpleNamespace) -> None:
    """Steps that have begun are told with their time, until they end; then the last one is."""
    steps = progress.Stage("solving", [None] * 2)
    assert steps.doing() == ""
    work = steps.watching([(7, "clique"), (8, "kuby")], "{} on layer1".format)
    assert next(work) == (7, "clique")
    clock.now = 3.0
    assert next(work) == (8, "kuby")
    clock.now = 5.0
    assert steps.doing() == "clique on layer1 5 s, kuby on layer1 2 s"
    steps.step("clique on layer1: optimal", key=7)
    assert steps.doing() == "kuby on layer1 2 s"
    steps.step("kuby on layer1: optimal", key=8)
    assert steps.doing() == "kuby on layer1: optimal"


def test_a_long_step_tells_how_far_it_is(out: Console, clock: SimpleNamespace) -> None:
    """Without a terminal every fifteen seconds, counted from whatever was said last."""
    with stage("testing", 2, out) as steps:
        steps.begin("a", "network a:")
        for clock.now in (5.0, 15.0, 20.0, 31.0):
            steps.tell("a", f"epoch {clock.now:g}")
        assert steps.doing() == "network a: 31 s, epoch 31"
        steps.step("network a", key="a")
        steps.begin("b", "network b:")
        assert steps.doing() == "network b: 0 s"
        steps.step("network b", key="b")
    assert shown(out).splitlines() == [
        "testing: 0/2 done, network a: 15 s, epoch 15",
        "testing: 0/2 done, network a: 31 s, epoch 31",
        "testing: 2/2, last network b",
    ]


def test_a_terminal_shows_how_far_a_step_is() -> None:
    """Beside the bar, without a line of its own."""
    on = console(terminal=True)
    with spoken(on), stage("testing", 2, on) as steps:
        steps.begin("a", "network a:")
        steps.tell("a", "epoch 1/3")
        steps.step("network b")  # the bar is drawn anew
    assert "network a: 0 s, epoch 1/3" in shown(on)


def test_a_terminal_gets_a_bar() -> None:
    """On a terminal the stage, its count, its gaps and its last step are drawn."""
    out = console(terminal=True)
    with stage("solving", 2, out) as steps:
        steps.step("greedy on features.0: feasible")
        steps.step("kuby on features.0: optimal", of="features.0", gap=0.0)
    text = shown(out)
    assert "solving" in text
    assert "2/2" in text
    assert "best gaps: 1 of 1 closed; kuby on features.0: optimal" in text


def test_what_goes_wrong_in_a_stage_passes() -> None:
    """Neither the bar nor the lines swallow an exception."""
    for terminal in (False, True):
        with pytest.raises(KeyboardInterrupt), stage("solving", 2, console(terminal)):
            raise KeyboardInterrupt
