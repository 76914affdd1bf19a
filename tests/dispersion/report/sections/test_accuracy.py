"""Accuracies are curves over several keep ratios, and dots at one."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from markupsafe import Markup
from matplotlib.axes import Axes

from dispersion.report.blocks import Pictures
from dispersion.report.sections import accuracy as module
from dispersion.report.sections.accuracy import accuracy
from dispersion.study.rows import AccuracyRow
from dispersion.study.study import Study


def test_one_keep_ratio_is_no_curve(
    make_study: Callable[..., Study],
    accuracy_row: Callable[..., AccuracyRow],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At one: dots for every recovery that was tested; at two: curves; without tests: nothing."""

    def text(ax: Axes, name: str, alt: str) -> Markup:
        return Markup(f"{name}: ") + alt

    def drawn(study: Study) -> list[str]:
        found = [block for block in accuracy(study) if isinstance(block, Pictures)]
        return [str(one.svg) for block in found for one in block.pictures]

    monkeypatch.setattr(module, "inline_svg", text)
    study = make_study()
    more = [*study.accuracies, accuracy_row("clique", 0.5, recovery="own")]
    best = "the most accurate on top."
    assert drawn(replace(study, accuracies=more)) == [
        f"accuracy-bn: Test accuracy, BN re-estimation, with 95 % intervals, of 3 methods, {best}",
        f"accuracy-own: Test accuracy, own, with 95 % intervals, of 1 method, {best}",
    ]
    two = [*study.networks, replace(study.networks[1], keep=0.25)]
    raw, bn = drawn(replace(study, networks=two))
    assert raw.startswith("accuracy-raw: Curves")
    assert bn.startswith("accuracy-bn: Curves")
    assert drawn(replace(study, accuracies=[])) == []
