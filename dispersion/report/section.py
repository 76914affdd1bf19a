"""Sections of a report: what one is, and the table of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dispersion.registry import Registry
from dispersion.report.blocks import Block
from dispersion.study.study import Study

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
    network_title : str or None
        Its heading where the instances are the layers of a network, if that is another.
    order : int
        Sections stand by ascending order.
    build : callable
        From the study to blocks; none: the section is left out.
    """

    name: str
    title: str
    order: int
    build: Build
    network_title: str | None = None

    def heading(self, study: Study) -> str:
        """Its heading on the page of a study."""
        return self.network_title or self.title if study.model else self.title


sections: Registry[Section] = Registry("report section", "dispersion.report.sections")


def section(
    name: str, title: str, order: int, network_title: str | None = None
) -> Callable[[Build], Build]:
    """Register a function as a section of the report."""

    def register(build: Build) -> Build:
        sections.add(name, Section(name, title, order, build, network_title))
        return build

    return register
