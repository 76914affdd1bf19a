"""Pictures of many solves at once: performance profiles and cactus plots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.ticker import FormatStrFormatter

from dispersion.study.analysis.profiles import (
    SHORTEST,
    by_question,
    performance_profiles,
    proof_seconds,
    time_ratios,
    value_ratios,
)
from dispersion.study.analysis.seeds import as_count
from dispersion.study.plotting.canvas import (
    axes_of,
    finish,
    line_style,
    plain,
    point_style,
    solver_names,
)
from dispersion.study.plotting.plot import plot
from dispersion.study.rows import SolveRow

_WIDEST = 1e4  # ratios above are of no interest


@plot("performance-profile")
def performance_profile(
    rows: Sequence[SolveRow], of: Literal["time", "value"] = "time", ax: Axes | None = None
) -> Axes:
    """Share of the questions that a solver answered within a ratio of the best (Dolan and More, 2002).

    Of "time": the time to proof over the shortest of any solver.  Of "value": the best known objective
    over the one found.  Curves start at the left with the share on which the solver is itself the best,
    and end at the right below 1 by the share that it did not answer.
    """
    ax = axes_of(ax)
    profiles = performance_profiles(time_ratios(rows) if of == "time" else value_ratios(rows))
    widest = max((p.ratios[-1] for p in profiles if p.ratios), default=1.0)
    right = max(min(widest, _WIDEST) ** 1.1, 10.0 if of == "time" else 1.05)
    looks = {name: line_style(k) for k, name in enumerate(solver_names(rows))}
    for profile in profiles:
        ratios = [1.0, *profile.ratios, right]
        shares = [profile.within(1.0), *profile.shares, profile.within(math.inf)]
        ax.step(ratios, shares, where="post", label=plain(profile.solver), **looks[profile.solver])
    if of == "time" or right > 10:
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    ax.set_xlim(1.0, right)
    ax.set_ylim(-0.03, 1.03)
    proofs, values = "time to proof / shortest time to proof", "best known objective / objective"
    title = "Performance profile: " + ("time to proof" if of == "time" else "objective")
    return finish(ax, title, proofs if of == "time" else values, "share of questions within that ratio")


@plot("cactus")
def cactus(rows: Sequence[SolveRow], ax: Axes | None = None) -> Axes:
    """Time limit that a solver would have needed for that many proofs, one curve per solver.

    What was not proven is no point: a curve ends at the number of proofs, which its label names
    with the number of questions.  Each of several seeds has an equal part of a question.  The dotted
    level is the time limit.
    """
    ax = axes_of(ax)
    most = 1
    for k, name in enumerate(solver_names(rows)):
        groups = list(by_question([row for row in rows if row.solver == name]).values())
        parts = sorted(
            (max(seconds, SHORTEST), 1 / len(group))
            for group in groups
            for row in group
            if (seconds := proof_seconds(row)) is not None
        )
        times = [seconds for seconds, _ in parts]
        proofs = list(accumulate(part for _, part in parts))
        label = f"{plain(name)} ({as_count(proofs[-1] if proofs else 0)} of {len(groups)})"
        ax.plot(proofs, times, label=label, markersize=4, **point_style(k))
        most = max(most, len(groups))
    for limit in {row.time_limit for row in rows}:
        ax.axhline(limit, color="grey", linestyle=":")
    ax.set_yscale("log")
    ax.set_xlim(0, most * 1.02)
    return finish(ax, "Cactus plot: proofs within a time", "optima proven", "time for each [s]")
