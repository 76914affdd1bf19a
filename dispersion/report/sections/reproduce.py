"""How to do it all again."""

from __future__ import annotations

import shlex

from dispersion.report.blocks import Block, Code, Text
from dispersion.report.command_line import command_of
from dispersion.report.section import section
from dispersion.report.study import Study


@section("reproduce", "Reproduce", order=90)
def reproduce(study: Study) -> list[Block]:
    """The command of the study, and that of this page."""
    blocks: list[Block] = []
    if options := study.run.get("options"):
        blocks += [Text("The study, in a new folder:"), Code(command_of(options))]
        seed = options.get("limits", {}).get("seed")
        blocks.append(
            Text(
                f"Seeds start at {seed}.  Values and proofs come out the same wherever no time limit "
                "was met; times depend on the machine above.",
                "note",
            )
        )
    folder = study.run.get("folder") or study.name
    blocks += [
        Text("This page, from the folder alone:"),
        Code(f"python -m dispersion.report {shlex.quote(str(folder))}"),
    ]
    return blocks
