"""Which layers of the network could not be pruned, and why."""

from __future__ import annotations

from dispersion.report.blocks import Block, Table
from dispersion.report.section import section
from dispersion.study.study import Study


@section("left-out", "Layers that are not pruned", order=25)
def left_out(study: Study) -> list[Block]:
    """One line for each; nothing where all convolutions can be pruned."""
    reasons = study.run.get("layers left out")
    if not isinstance(reasons, dict) or not reasons:
        return []
    lines = [(str(layer), f"{layer} {reason}") for layer, reason in reasons.items()]
    return [Table("Layers whose filters stay as they are", ("layer", "why"), lines, ("layer", "why"))]
