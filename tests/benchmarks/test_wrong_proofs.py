"""Tests of the table of wrong proofs: what counts as one, and a run that is resumed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks import wrong_proofs
from benchmarks.mid_size import KINDS, instance_of, kind_of
from dispersion import run_study


def test_instances_are_known_by_their_number():
    """Kinds take turns; the same number is the same instance."""
    assert [kind_of(number) for number in range(len(KINDS))] == list(KINDS)
    assert instance_of(7).digest == instance_of(7).digest != instance_of(12).digest
    assert all(35 <= instance_of(number).n <= 75 for number in range(20))


@pytest.mark.slow  # instances of that size take engines seconds
def test_a_run_prints_its_table_and_is_resumed(tmp_path, capsys):
    """Both engines agree with the prover, and nothing is solved twice."""
    asked = ["--count", "1", "--engines", "highs", "scip", "--models", "node-packing"]
    asked += ["--limit", "60", "--out", str(tmp_path / "study")]
    assert wrong_proofs.main(asked) == 0
    first = capsys.readouterr().out
    assert "| clique |  | 1 | 1 | 0 | 0 | 0 | 0 |" in first
    assert "| node-packing | HiGHS " in first
    assert first.count("| 1 | 1 | 0 | 0 | 0 | 0 |") == 3
    assert wrong_proofs.main(asked) == 0
    assert capsys.readouterr().out == first
    assert wrong_proofs.main([*asked, "--engines", "hihgs"]) == 2
    assert "unknown engine 'hihgs'; did you mean highs" in capsys.readouterr().err


def test_a_contradicted_proof_is_wrong():
    """Counted by solver, engine and version."""
    [row] = run_study(instance_of(0), ["greedy"], time_limit=10.0).solves
    named = replace(row, solver="kuby:engine=highs", engine="HiGHS 1.13.1")
    rows = [replace(named, status=status) for status in ("optimal", "contradicted", "time_limit")]
    assert wrong_proofs.table(rows) == [("kuby", "HiGHS 1.13.1", 3, 1, 1, 0, 0, 1)]
