"""What a study found, in at most five sentences that can be quoted one by one."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median

from dispersion.random_baseline import normalised_value
from dispersion.report.words import count, listed, seconds
from dispersion.study.analysis.accuracy_correlation import best_known, reaches
from dispersion.study.analysis.profiles import (
    SHORTEST,
    by_question,
    middle_runs,
    proof_seconds,
    virtual_best,
)
from dispersion.study.analysis.seeds import as_count, average, counted, seeds_of
from dispersion.study.rows import RECOVERIES, AccuracyRow, SolveRow
from dispersion.study.study import Study
from dispersion.study.task import Question
from solvers.lookup import baselines

_AFTER = {name: f"after {what}" for name, what in RECOVERIES.items()} | {"raw": "as cut"}
_NEAR = "may be as good"
_MOST = 4  # names in a row; more are counted
_COMPARED = 3  # solvers whose times are held against the fastest's

Best = dict[Question, float]


def findings(study: Study) -> list[str]:
    """Who proves how much; who is fastest, and by how much; what others reach; accuracy."""
    rows = study.solves
    best = best_known(rows)
    return [
        *_proofs(rows),
        *_without_proof(rows, best),
        *_random(rows, best),
        *_accuracies(study.accuracies),
    ]


def _proofs(rows: Sequence[SolveRow]) -> list[str]:
    """Who proved how many, and who was fastest; of several seeds the run in the middle counts.

    Else chance would prove more than a run of the solver does.
    """
    proofs: dict[str, dict[Question, float]] = {row.solver: {} for row in rows}
    for row in middle_runs(rows):
        if (spent := proof_seconds(row)) is not None:
            proofs[row.solver][row.question] = max(spent, SHORTEST)
    total = len(by_question(rows))
    limits = {row.time_limit for row in rows}
    within = f", within {seconds(limits.pop())} each" if len(limits) == 1 else ""
    asked = f"Of {count(total, 'question')} (an instance and a number of points to choose){within}"
    provers = sorted(filter(proofs.get, proofs), key=lambda name: -len(proofs[name]))
    if not provers:
        chance = any(row.status == "optimal" for row in rows)
        how = " with more than half of its seeds" if chance else ""
        return [f"{asked}, no solver proved an optimum{how}."]
    alike: dict[int, list[str]] = {}
    for name in provers:
        alike.setdefault(len(proofs[name]), []).append(name)
    proved = [f"{listed(of)} proved {'all' if k == total else k}" for k, of in alike.items()]
    others = [name for name in proofs if name not in provers]
    none = f"; {listed(others)} proved none" if others else ""
    fastest = _fastest(rows, {name: proofs[name] for name in provers})
    return [f"{asked}, {listed(proved)}{none}.", fastest]


def _fastest(rows: Sequence[SolveRow], proofs: dict[str, dict[Question, float]]) -> str:
    """The solver with the fastest proof most often, and how much longer others take."""
    won = [row.solver for row in virtual_best(rows) if row.status == "optimal"]
    first = max(proofs, key=won.count)
    mine = proofs[first]
    spent = f"{seconds(median(mine.values()))} in the median, {seconds(max(mine.values()))} at most"
    if len(proofs) == 1:
        return f"The {count(len(mine), 'proof')} of {first} took {spent}."
    on = f"all {len(won)}" if won.count(first) == len(won) else f"{won.count(first)} of the {len(won)}"
    said = f"The fastest was {first}, on {on} with a proof; its proofs took {spent}."
    longer = []
    for name in [name for name in proofs if name != first]:
        ratios = [proofs[name][one] / mine[one] for one in proofs[name] if one in mine]
        if ratios:
            longer.append(f"{name} took {_times(median(ratios))} as long (median of {len(ratios)})")
    return said + (f"  Where both proved, {listed(longer[:_COMPARED])}." if longer else "")


def _times(ratio: float) -> str:
    return f"{ratio:,.0f} times" if ratio >= 10 else f"{ratio:.1f} times"


def _without_proof(rows: Sequence[SolveRow], best: Best) -> list[str]:
    """What those find that prove nothing, random selections apart; the best first."""
    if not best:
        return ["No solver found a selection."]
    random = baselines(rows[0].objective_name)
    reached: dict[str, tuple[float, str]] = {}
    for name in dict.fromkeys(row.solver for row in rows if row.solver not in random):
        mine = [row for row in rows if row.solver == name]
        if any(row.status == "optimal" for row in mine):
            continue
        if found := [row for row in mine if row.objective is not None]:
            reached[name] = _reached(found, best)
    names = sorted(reached, key=lambda name: -reached[name][0])
    said = [f"{name} on {reached[name][1]}" for name in names[:_MOST]]
    if len(names) > _MOST:
        least = as_count(reached[names[_MOST]][0])
        said.append(f"{count(len(names) - _MOST, 'other')} on at most {least}")
    score = "  The score is 0 for random and 1 for the best known." if "score" in "".join(said) else ""
    return (
        [f"Without a proof, the best known value is reached by {listed(said)}.{score}"] if said else []
    )


def _reached(mine: Sequence[SolveRow], best: Best) -> tuple[float, str]:
    """On how many questions one solver reaches the best known value, and else how far it comes."""
    reached = counted(mine, lambda row: reaches(row, best[row.question]))
    asked, seeds = len(by_question(mine)), len(seeds_of(mine))
    if reached.low == asked:
        return reached.mean, f"all {asked}" + (f" (each of {seeds} seeds)" if seeds > 1 else "")
    over = f"mean over {seeds} seeds, " if seeds > 1 else ""
    way = average(mine, lambda row: _normalised(row, best))
    far = "" if way is None else f" ({over}mean score {way.mean:.3f})"
    return reached.mean, f"{reached.text(as_count)} of {asked}{far}"


def _normalised(row: SolveRow, best: Best) -> float | None:
    assert row.objective is not None
    return normalised_value(row.objective, row.random_mean, best[row.question])


def _random(rows: Sequence[SolveRow], best: Best) -> list[str]:
    """What random selections reach: the zero of every score."""
    means = {row.question: row.random_mean for row in rows}
    shares = [means[question] / value for question, value in best.items() if value > 0]
    if not shares:
        return []
    spread = f"; {min(shares):.0%} to {max(shares):.0%}" if len(shares) > 1 else ""
    return [
        f"The mean of 100 random selections reaches {median(shares):.0%} of the best known value "
        f"(median of {count(len(shares), 'question')}{spread})."
    ]


def _accuracies(rows: Sequence[AccuracyRow]) -> list[str]:
    """The most accurate method at every keep ratio after the last recovery, and who may be as good."""
    pruned = [row for row in rows if row.method != "unpruned"]
    said: dict[str, list[str]] = {}
    for keep in dict.fromkeys(row.keep for row in pruned):
        at = [row for row in pruned if row.keep == keep]
        last = _last_recovery(at)
        best = _most_accurate([row for row in at if row.recovery == last])
        said.setdefault(_AFTER.get(last, f"after {last}"), []).append(f"at keep {keep:g} {best}")
    unpruned = [row.top1 for row in rows if row.method == "unpruned" and row.recovery == "raw"]
    if not said:
        return []
    most = "  ".join(f"Most accurate {after}: {'; '.join(parts)}." for after, parts in said.items())
    whole = f"Unpruned, the network has {unpruned[0]:.1%}, on" if unpruned else "Tested on"
    near = f"  {_NEAR.capitalize()}: the 95 % intervals overlap." if _NEAR in most else ""
    return [f"{most}  {whole} {count(rows[0].images, 'test image')}.{near}"]


def _last_recovery(rows: Sequence[AccuracyRow]) -> str:
    """The last recovery of the network that was tested after the most of them."""
    tested: dict[tuple[str, int], list[str]] = {}
    for row in rows:
        tested.setdefault((row.method, row.seed), []).append(row.recovery)
    return max(tested.values(), key=len)[-1]


def _most_accurate(rows: Sequence[AccuracyRow]) -> str:
    """By the mean over seeds; others may be as good where the 95 % intervals of their seeds overlap."""
    groups: dict[str, list[AccuracyRow]] = {}
    for row in rows:
        groups.setdefault(row.method, []).append(row)
    means = {name: fmean(row.top1 for row in group) for name, group in groups.items()}
    first, *others = sorted(means, key=lambda name: -means[name])
    low = min(row.top1_low for row in groups[first])
    near = [name for name in others if max(row.top1_high for row in groups[name]) >= low]
    aside = [f"{name} selections: {means[name]:.1%}" for name in baselines() if name in others]
    if near:
        aside.append(f"{_NEAR}: {listed(near, _MOST)}")
    return f"{first} with {means[first]:.1%}" + (f" ({'; '.join(aside)})" if aside else "")
