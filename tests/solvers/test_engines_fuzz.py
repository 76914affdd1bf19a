"""Every exact max-min solver against our prover, at sizes where engines have proved wrong optima.

As a script it makes many solves, one a line of a log, and goes on where that log ends::

    python tests/solvers/test_engines_fuzz.py --solves 2000 --seconds 3 --log fuzz.jsonl
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from benchmarks.mid_size import KINDS, instance_of, kind_of
from dispersion import Solution, Status, contradictions
from solvers import Guarantee, list_solvers, solve

PROVER = "clique"
ENGINES = [
    info.name
    for info in list_solvers("max-min")
    if info.guarantee is Guarantee.EXACT and info.name != PROVER
]
SEEDS = 0, 1, 2
QUICK = 8, 11, 30, 47, 49  # one of each kind


class Case(NamedTuple):
    """One solve: an instance by its number, a solver and its seed."""

    number: int
    solver: str
    seed: int


def cases() -> Iterator[Case]:
    """Every engine and seed on one instance after the other, without end."""
    for number in itertools.count():
        for solver, seed in itertools.product(ENGINES, SEEDS):
            yield Case(number, solver, seed)


class Held:
    """Holds answers against the proven optimum of the prover, which is solved for once an instance."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._number, self._proof = seconds, -1, None

    def against(self, case: Case) -> tuple[Solution, list[str]]:
        """The answer to a case, and every reason why it cannot be true."""
        instance = instance_of(case.number)
        if case.number != self._number:
            self._number, self._proof = case.number, solve(instance, PROVER, time_limit=600.0)
            assert self._proof.status is Status.OPTIMAL, (case, self._proof)
        answer = solve(instance, case.solver, seed=case.seed, time_limit=self._seconds)
        wrong = contradictions(instance, [self._proof, answer])
        if answer.status is Status.ERROR:
            wrong.append(f"{case.solver} failed: {answer.message}")
        return answer, wrong


def fuzz(solves: int, seconds: float, log: Path) -> list[str]:
    """Make so many solves in all, those that stand in `log` among them; returns what is wrong."""
    lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    done = {(line["number"], line["solver"], line["seed"]) for line in lines}
    faults = [fault for line in lines for fault in line["wrong"]]
    held = Held(seconds)
    with log.open("a") as file:
        for case in itertools.islice(cases(), solves):
            if tuple(case) in done:
                continue
            answer, wrong = held.against(case)
            faults += [f"{case}: {fault}" for fault in wrong]
            line = {
                **case._asdict(),
                "kind": kind_of(case.number),
                "status": answer.status.value,
                "wrong": wrong,
            }
            line["seconds"] = round(answer.build_seconds + answer.solve_seconds, 3)
            file.write(json.dumps(line) + "\n")
            file.flush()
    return faults


@pytest.mark.parametrize("solver", ENGINES)
def test_engines_agree_with_the_prover(solver):
    """On an instance of each kind that all of them solve within a second or two."""
    held = Held(seconds=600.0)
    assert {kind_of(number) for number in QUICK} == set(KINDS)
    for seed, number in enumerate(QUICK):
        answer, wrong = held.against(Case(number, solver, seed))
        assert wrong == []
        assert answer.status is Status.OPTIMAL


def test_a_wrong_optimum_is_noticed(monkeypatch):
    """What HiGHS 1.13.1 did: a bound, and an optimum, below what the prover attains."""
    case, held = Case(QUICK[0], ENGINES[0], 0), Held(seconds=600.0)
    right, _ = held.against(case)
    instance = instance_of(case.number)
    worse = replace(solve(instance, "random"), solver="misled", status=Status.OPTIMAL)
    worse = replace(worse, bound=worse.objective)
    assert worse.objective < right.objective
    monkeypatch.setattr(sys.modules[__name__], "solve", lambda *_, **__: worse)
    _, wrong = held.against(case)
    assert wrong == [
        f"misled proved that nothing exceeds {worse.bound!r}, clique found {right.objective!r}"
    ]


@pytest.mark.slow
def test_engines_agree_with_the_prover_in_two_thousand_solves(tmp_path):
    assert fuzz(2000, 3.0, tmp_path / "fuzz.jsonl") == []


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--solves", type=int, default=2000, help="how many in all (default: 2000)")
    parser.add_argument("--seconds", type=float, default=3.0, help="for each (default: 3)")
    parser.add_argument("--log", type=Path, required=True, help="one line of JSON a solve")
    given = parser.parse_args()
    found = fuzz(given.solves, given.seconds, given.log)
    print(f"{given.solves} solves, {len(found)} wrong", *found, sep="\n")
