"""Where and with what the study ran."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dispersion.report.blocks import Block, Pairs
from dispersion.report.section import section
from dispersion.report.words import seconds
from dispersion.study.study import Study

_NAMES = {"cpu": "processor", "memory_gib": "memory [GiB]"}


@section("environment", "Environment", order=80)
def environment(study: Study) -> list[Block]:
    """Machine, versions, digests of what was read, and where the time went."""
    found = study.run.get("environment", {})
    entries = [(_NAMES.get(name, name), _text(value)) for name, value in _flat(found)]
    entries += [(f"{name}", _text(value)) for name, value in _flat(study.run.get("digests", {}))]
    if isinstance(network := study.run.get("network"), str):
        entries.append(("network", network))
    entries += [
        (f"time: {name}", seconds(float(s))) for name, s in study.run.get("seconds", {}).items()
    ]
    return [Pairs(entries)] if entries else []


def _flat(found: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Names and values, those of inner mappings among them."""
    pairs: list[tuple[str, Any]] = []
    for name, value in found.items():
        pairs += _flat(value) if isinstance(value, dict) else [(str(name), value)]
    return pairs


def _text(value: object) -> str:
    return "-" if value is None else str(value)
