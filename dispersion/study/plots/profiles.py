"""Pictures of many solves at once: performance profiles and cactus plots.

A solver with several runs of a question stands there with the one in the middle (see `middle_runs`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.ticker import FormatStrFormatter, MaxNLocator, NullFormatter, NullLocator

from dispersion.study.analysis.profiles import (
    SHORTEST,
    Profile,
    by_question,
    middle_runs,
    performance_profiles,
    proof_seconds,
    time_ratios,
    value_ratios,
)
from dispersion.study.plotting.canvas import (
    axes_of,
    decade_below,
    finish,
    line_style,
    plain,
    solver_names,
)
from dispersion.study.plotting.plot import plot
from dispersion.study.rows import SolveRow

_FINEST = 0.01  # per cent below the best; less is drawn as a part of the way from 0 to this

_MARKERS = 12  # on a curve, or a few more: it may have a step for every question


@plot("performance-profile")
def performance_profile(
    rows: Sequence[SolveRow], of: Literal["time", "value"] = "time", ax: Axes | None = None
) -> Axes:
    """Share of the questions that a solver answered within a ratio of the best (Dolan and More, 2002).

    Of "time": the time to proof over the shortest of any solver; who proved nothing has no curve.  Of
    "value": the best known objective over the one found, shown as per cent below the best known.
    Curves start at the left with the share on which the solver is itself the best, and end at the
    right below 1 by the share that it did not answer.
    """
    ax = axes_of(ax)
    names, rows = solver_names(rows), middle_runs(rows)
    timed = of == "time"
    profiles = performance_profiles(time_ratios(rows) if timed else value_ratios(rows))
    profiles.sort(key=lambda one: (-one.within(math.inf), -one.within(1.0)))
    if timed:
        profiles = [one for one in profiles if one.ratios]
    left, right = _time_axis(ax, profiles) if timed else _value_axis(ax, profiles)
    for one in profiles:
        places = [*(one.ratios if timed else map(_below, one.ratios))]
        shares = [one.within(1.0), *one.shares, one.within(math.inf)]
        few = slice(1, -1, max(1, len(places) // _MARKERS))
        look = line_style(names.index(one.solver)) | {"markersize": 4, "markevery": few}
        ax.step([left, *places, right], shares, where="post", label=plain(one.solver), **look)
    ax.set_xlim(left, right)
    ax.set_ylim(-0.03, 1.03)
    title = "Performance profile: " + ("time to proof" if timed else "objective")
    within = "this multiple of the shortest time" if timed else "this much of the best known value [%]"
    return finish(ax, title, f"within {within}", "share of questions")


def _below(ratio: float) -> float:
    """Per cent that a value is below the best, of which it is one over this ratio."""
    return 100.0 * (1.0 - 1.0 / ratio)


def _time_axis(ax: Axes, profiles: Sequence[Profile]) -> tuple[float, float]:
    """From the fastest to the slowest proof, each compared with the fastest of its question."""
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    slowest = max((one.ratios[-1] for one in profiles), default=1.0)
    if slowest > 10:
        ax.xaxis.set_minor_formatter(NullFormatter())
    return 1.0, max(slowest, 1.5) ** 1.05


def _value_axis(ax: Axes, profiles: Sequence[Profile]) -> tuple[float, float]:
    """From the best to the worst answer; logarithmic, but for what is next to the best."""
    below = [gap for one in profiles for ratio in one.ratios if (gap := _below(ratio)) > 0]
    worst = max([_FINEST, *below])
    straight = max(decade_below(min(below, default=worst)), _FINEST)
    ax.set_xscale("symlog", linthresh=straight)
    decades = [straight * 10**k for k in range(round(math.log10(100 / straight)) + 1)]
    ticks = [0.0, *(one for one in decades if one <= worst)]
    ax.set_xticks(ticks, [f"{one:g}" for one in ticks])
    ax.xaxis.set_minor_locator(NullLocator())
    return 0.0, 1.05 * worst


@plot("cactus")
def cactus(rows: Sequence[SolveRow], ax: Axes | None = None) -> Axes:
    """Time limit that a solver would have needed for that many proofs, one curve per solver.

    What was not proven is no point: a curve ends at the number of proofs, which its label names with
    the number of questions; who proved nothing has no curve.  The dotted level is the time limit, where
    it left any question of these open.
    """
    ax = axes_of(ax)
    names, rows = solver_names(rows), middle_runs(rows)
    times = {name: _proofs(rows, name) for name in names}
    provers = sorted(filter(times.get, names), key=lambda name: (-len(times[name]), sum(times[name])))
    asked = {name: len(by_question([row for row in rows if row.solver == name])) for name in provers}
    for name in provers:
        proofs = range(1, len(times[name]) + 1)
        label = f"{plain(name)} ({len(proofs)} of {asked[name]})"
        ax.plot(proofs, times[name], label=label, markersize=4, **line_style(names.index(name)))
    for limit in {row.time_limit for row in rows if row.solver in provers and _stopped(row)}:
        ax.axhline(limit, color="grey", linestyle=":")
    ax.set_yscale("log")
    ax.set_xlim(0, 1.02 * max([1, *map(len, times.values())]))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    return finish(ax, "Cactus plot: proofs within a time", "optima proven", "time for each [s]")


def _proofs(rows: Sequence[SolveRow], solver: str) -> list[float]:
    """Seconds to every proof of a solver, ascending."""
    found = [proof_seconds(row) for row in rows if row.solver == solver]
    return sorted(max(seconds, SHORTEST) for seconds in found if seconds is not None)


def _stopped(row: SolveRow) -> bool:
    return row.status == "time_limit"
