"""Sections of a report: what one is, and the table of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dispersion.registry import Registry
from dispersion.report.blocks import Block
from dispersion.report.study import Study

Build = Callable[[Study], Sequence[Block]]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page.

    Attributes
    ----------
    name : str
        Its anchor.
    title : str
        Its heading.
    order : int
        Sections stand by ascending order.
    build : callable
        From the study to blocks; none: the section is left out.
    """

    name: str
    title: str
    order: int
    build: Build


sections: Registry[Section] = Registry("report section", "dispersion.report.sections")


def section(name: str, title: str, order: int) -> Callable[[Build], Build]:
    """Register a function as a section of the report."""

    def register(build: Build) -> Build:
        sections.add(name, Section(name, title, order, build))
        return build

    return register
