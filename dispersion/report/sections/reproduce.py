"""How to do it all again."""

from __future__ import annotations

from dispersion.report.blocks import Block, Code, Text
from dispersion.report.command_line import command_of, quoted
from dispersion.report.section import section
from dispersion.report.words import listed
from dispersion.study.study import Study


@section("reproduce", "Reproduce", order=90)
def reproduce(study: Study) -> list[Block]:
    """The command of the study, and that of this page."""
    blocks: list[Block] = []
    if options := study.run.get("options"):
        blocks += [Text("The study, in a new folder:"), Code(command_of(options))]
        seed, several = options.get("limits", {}).get("seed"), options.get("random_seeds")
        blocks.append(
            Text(
                f"Seeds start at {seed}{_joined(study, seed, several)}.  Values and proofs "
                "are the same where no time limit was reached; times depend on the machine above.",
                "note",
            )
        )
    folder = study.run.get("folder") or study.name
    blocks += [
        Text("This page, from the folder alone:"),
        Code(f"python -m dispersion.report {quoted(str(folder))}"),
    ]
    return blocks


def _joined(study: Study, seed: object, several: object) -> str:
    """Which other seeds have joined the study, and how they do again."""
    if not isinstance(seed, int) or not isinstance(several, int):
        return ""
    asked = range(seed, seed + several)
    others = sorted({row.seed for row in study.solves if row.seed not in asked})
    if not others:
        return ""
    noun = "seed" if len(others) == 1 else "seeds"
    return (
        f"; solves with the {noun} {listed([str(one) for one in others])} joined by the same command "
        f"with --seed {others[0]} and the same --out"
    )
