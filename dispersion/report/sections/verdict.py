"""What the study found, in one paragraph and a few numbers."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median

from dispersion.random_baseline import normalised_value
from dispersion.report.blocks import Block, Figures, Items, Text
from dispersion.report.section import section
from dispersion.report.sections.contradictions import faults_of
from dispersion.report.words import count, listed, seconds
from dispersion.study.analysis.accuracy_correlation import best_known, reaches
from dispersion.study.analysis.profiles import (
    by_question,
    middle_runs,
    proof_seconds,
    total_seconds,
    virtual_best,
)
from dispersion.study.analysis.seeds import as_count, average, counted, seeds_of
from dispersion.study.analysis.skips import skipped_lines
from dispersion.study.rows import RECOVERIES, AccuracyRow, SolveRow
from dispersion.study.study import Study
from dispersion.study.task import Question
from solvers.lookup import baselines

_AFTER = {name: f"after {what}" for name, what in RECOVERIES.items()} | {"raw": "as cut"}


@section("verdict", "Verdict", order=10)
def verdict(study: Study) -> list[Block]:
    """One paragraph, and the numbers in it that matter most."""
    outcome = study.run.get("outcome", "unknown")
    faults = faults_of(study)
    said = []
    if faults:
        said.append(f"{count(len(faults), 'FAIL')}: read the section on what is wrong first.")
    if outcome in ("running", "interrupted"):
        said.append(f"The study is {outcome}; the page shows what was finished by then.")
    damaged = [Items("Damaged, and therefore left out:", study.warnings)] if study.warnings else []
    skips = skipped_lines(study.solves)
    left_out = [Items("Skipped; these count as not solved:", skips)] if skips else []
    if not study.solves:
        return [Text("  ".join([*said, "No solve was finished."]), "lead"), *damaged]
    said += [_proofs(study.solves), *_values(study.solves), *_random(study.solves)]
    said += _budget(study)
    said += _accuracies(study.accuracies)
    said += _shared(study.solves)
    return [Text("  ".join(said), "lead"), *damaged, *left_out, Figures(_figures(study, len(faults)))]


def _figures(study: Study, faults: int) -> list[tuple[str, str]]:
    best = virtual_best(study.solves)
    proven = sum(row.status == "optimal" for row in best)
    return [
        (f"{len(study.solves):,}", "solves"),
        (f"{proven} / {len(best)}", "optima proven"),
        (seconds(sum(map(total_seconds, study.solves))), "total solving time"),
        (str(faults), "FAIL" if faults == 1 else "FAILs"),
    ]


def _proofs(rows: Sequence[SolveRow]) -> str:
    """Who proved how many, and who was fastest."""
    proven: dict[str, set[Question]] = {row.solver: set() for row in rows}
    for row in middle_runs(rows):  # of several seeds, or chance would prove more than a run of it does
        if row.status == "optimal":
            proven[row.solver].add(row.question)
    total = len(by_question(rows))
    asked = f"{count(total, 'question')} (an instance and a number of points to choose)"
    provers = sorted((name for name in proven if proven[name]), key=lambda name: -len(proven[name]))
    if not provers:
        chance = any(row.status == "optimal" for row in rows)
        how = "with more than half of its seeds" if chance else "within the time limit"
        return f"Of {asked}, no solver proved an optimum {how}."
    counts = {name: "all" if len(proven[name]) == total else str(len(proven[name])) for name in provers}
    others = [name for name in proven if name not in provers]
    return (
        f"Of {asked}, {listed([f'{name} proved {counts[name]}' for name in provers])}"
        + (f"; {listed(others)} proved none" if others else "")
        + f".  {_fastest(rows, provers)}"
    )


def _fastest(rows: Sequence[SolveRow], provers: Sequence[str]) -> str:
    won = [row.solver for row in virtual_best(rows) if row.status == "optimal"]
    first = max(provers, key=won.count)
    found = [proof_seconds(row) for row in rows if row.solver == first]
    times = [time for time in found if time is not None]
    spent = f"{seconds(median(times))} in the median, {seconds(max(times))} at most"
    if len(provers) == 1:
        return f"A proof took {spent}."
    on = "all" if won.count(first) == len(won) else f"{won.count(first)} of the {len(won)}"
    return f"The fastest was {first}, on {on} with a proof; its proofs took {spent}."


def _values(rows: Sequence[SolveRow]) -> list[str]:
    """What those find that prove nothing, random selections apart."""
    best = best_known(rows)
    if not best:
        return ["No solver found a selection."]
    said = []
    random = baselines(rows[0].objective_name)
    for name in dict.fromkeys(row.solver for row in rows if row.solver not in random):
        mine = [row for row in rows if row.solver == name and row.objective is not None]
        if not mine or any(row.status == "optimal" for row in mine):
            continue
        said.append(f"Without a proof, {name} reaches the best known value on {_reached(mine, best)}.")
    return said


def _reached(mine: Sequence[SolveRow], best: dict[Question, float]) -> str:
    """On how many questions one solver reaches the best known value, and else how far it comes."""
    reached = counted(mine, lambda row: reaches(row, best[row.question]))
    asked, seeds = len(by_question(mine)), len(seeds_of(mine))
    if reached.low == asked:
        return f"all {asked}" + (f", with each of {seeds} seeds" if seeds > 1 else "")
    over = f" (the mean over {seeds} seeds)" if seeds > 1 else ""
    way = average(mine, lambda row: _normalised(row, best))
    far = "" if way is None else f", with a mean score of {way.mean:.2f} (0 = random, 1 = best known)"
    return f"{reached.text(as_count)} of {asked}{over}{far}"


def _normalised(row: SolveRow, best: dict[Question, float]) -> float | None:
    assert row.objective is not None
    return normalised_value(row.objective, row.random_mean, best[row.question])


def _random(rows: Sequence[SolveRow]) -> list[str]:
    """What random selections reach: the zero of every gap."""
    means = {row.question: row.random_mean for row in rows}
    shares = [means[question] / value for question, value in best_known(rows).items() if value > 0]
    if not shares:
        return []
    return [
        f"The mean of 100 random selections reaches {median(shares):.0%} of the best known value "
        f"(median; {min(shares):.0%} to {max(shares):.0%})."
    ]


def _shared(rows: Sequence[SolveRow]) -> list[str]:
    """How many times are overestimated because other solves ran beside them."""
    shared = sum(row.shared for row in rows)
    if not shared:
        return []
    which = "All times were" if shared == len(rows) else f"{shared} of the {len(rows)} times "
    which += "" if shared == len(rows) else "was" if shared == 1 else "were"
    return [
        f"{which} measured while other solves ran on the same machine, and therefore overestimated."
    ]


def _budget(study: Study) -> list[str]:
    """What "keep" means where a budget was divided among the layers."""
    budget = study.run.get("options", {}).get("subject", {}).get("budget")
    if not budget:
        return []
    return [f"On this page, keep is the share of {budget[0].partition('=')[0]} that remains."]


def _accuracies(rows: Sequence[AccuracyRow]) -> list[str]:
    """The most accurate method at every keep ratio after the last recovery, and who may be as good."""
    pruned = [row for row in rows if row.method != "unpruned"]
    said = []
    for keep in dict.fromkeys(row.keep for row in pruned):
        at = [row for row in pruned if row.keep == keep]
        last = _last_recovery(at)
        best = _best([row for row in at if row.recovery == last])
        said.append(f"At keep {keep:g}, {_AFTER.get(last, f'after {last}')}, {best}")
    unpruned = [row.top1 for row in rows if row.method == "unpruned" and row.recovery == "raw"]
    if said and unpruned:
        tested = count(rows[0].images, "test image")
        said.append(f"Unpruned, the network has {unpruned[0]:.1%}, on {tested}.")
    return said


def _last_recovery(rows: Sequence[AccuracyRow]) -> str:
    """The last recovery of the network that was tested after the most of them."""
    tested: dict[tuple[str, int], list[str]] = {}
    for row in rows:
        tested.setdefault((row.method, row.seed), []).append(row.recovery)
    return max(tested.values(), key=len)[-1]


def _best(rows: Sequence[AccuracyRow]) -> str:
    """By the mean over seeds; others may be as good where the 95 % intervals of their seeds overlap."""
    groups: dict[str, list[AccuracyRow]] = {}
    for row in rows:
        groups.setdefault(row.method, []).append(row)
    means = {name: fmean(row.top1 for row in group) for name, group in groups.items()}
    first = max(means, key=means.__getitem__)
    low = min(row.top1_low for row in groups[first])
    near = [
        name for name in means if max(row.top1_high for row in groups[name]) >= low and name != first
    ]
    said = f"{first} is the most accurate with {means[first]:.1%}"
    for name in baselines():
        if name in means and name != first:
            said += f"; {name} selections have {means[name]:.1%}"
    if near:
        said += f"; by the 95 % intervals, {listed(near)} may be as good"
    return said + "."
