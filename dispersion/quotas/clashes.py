"""Which quotas exclude each other, if any do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dispersion.instance import Instance
from dispersion.quotas.filling import kinds_of


def clash(instance: Instance) -> str:
    """Why no selection meets all quotas of an instance, in one sentence; "" if one does.

    The quotas named exclude each other, and none of them could be left out: a smallest set, found by
    leaving out one limit after the other for as long as nothing else meets the rest (the deletion
    filter of Chinneck and Dravnieks, ORSA Journal on Computing 3(2), 1991).
    """
    if not instance.quota:
        return ""
    kinds, kind = kinds_of(instance)
    if kinds.plan() is not None:
        return ""
    least, most = kinds.least.copy(), kinds.most.copy()
    everything = np.bincount(kind, minlength=len(kinds.fewest)).astype(np.int64)
    free = replace(kinds, fewest=np.zeros_like(kinds.fewest), available=everything)
    known = free if free.plan() is None else kinds  # do they clash by themselves?
    for group in range(len(instance.quota)):
        for limits, none in (least, 0), (most, instance.n):
            kept, limits[group] = int(limits[group]), none
            if replace(known, least=least, most=most).plan() is not None:
                limits[group] = kept
    named = [
        f"{quota.group} {words} {limit}"
        for quota, low, high in zip(instance.quota, least.tolist(), most.tolist(), strict=True)
        for words, limit, none in (("at least", low, 0), ("at most", high, instance.n))
        if limit != none
    ]
    beside = "" if known is free else f", with {instance.membership}"
    return (
        f"no selection of {instance.p} points has {_listed(named)}{beside}; relax one of these quotas, "
        "or change p."
    )


def _listed(words: list[str]) -> str:
    """``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
