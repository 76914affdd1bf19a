"""How to do it all again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dispersion.report.blocks import Block, Code, Text
from dispersion.report.command_line import command_of, quoted
from dispersion.report.section import section
from dispersion.report.words import listed
from dispersion.study.study import Study

_SAME = (
    "Values and proofs are the same where no time limit was reached; times depend on the machine above."
)


@section("reproduce", "Reproduce", order=90)
def reproduce(study: Study) -> list[Block]:
    """The command of the study, and that of this page."""
    options = study.run.get("options")
    blocks = [] if not options else _command(study, options) if "subject" in options else _call(options)
    if study.run.get("folder", study.name) is None:  # it was kept in memory only
        return blocks
    folder = study.run.get("folder") or study.name
    return [
        *blocks,
        Text("This page, from the folder alone:"),
        Code(f"python -m dispersion.report {quoted(str(folder))}"),
    ]


def _command(study: Study, options: Mapping[str, Any]) -> list[Block]:
    seed = options.get("limits", {}).get("seed")
    counts = [options.get(name) for name in ("random_seeds", "engine_seeds")]
    several = max((count for count in counts if isinstance(count, int)), default=None)
    return [
        Text("The study, in a new folder:"),
        Code(command_of(options)),
        Text(f"Seeds start at {seed}{_joined(study, seed, several)}.  {_SAME}", "note"),
    ]


def _call(options: Mapping[str, Any]) -> list[Block]:
    """The call of `run_study`; the instances are the caller's."""
    limits = options.get("limits", {})
    of_engines, repeats = options.get("engine_seeds"), options.get("repeats")
    said = {
        "objective": options.get("objective"),
        "seeds": options.get("seeds"),
        "engine_seeds": of_engines if isinstance(of_engines, list) and len(of_engines) > 1 else None,
        "repeats": None if repeats == 1 else repeats,
        "time_limit": limits.get("seconds"),
        "gap": limits.get("gap") or None,
        "threads": limits.get("threads"),
        "memory": options.get("memory"),
    }
    words = ", ".join(f"{name}={value!r}" for name, value in said.items() if value is not None)
    return [
        Text("The study, from Python:"),
        Code(f"run_study(instances, {options.get('solvers')!r}, {words})"),
        Text(_SAME, "note"),
    ]


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
